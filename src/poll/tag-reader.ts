import pLimit from "p-limit";
import type { CallContext } from "../athena/aws-calls.ts";
import type { Tags } from "../athena/parse.ts";
import type { Permits } from "./permits.ts";
import { withContext, type PollFailure, type WorkOptions } from "./poll.ts";

/** So many are read before whoever waits for them sees what there is. */
const PORTION = 20;
/** Few: polls go first, and each that waits gets a permit after some patience. */
const CONCURRENCY = 2;

interface Known {
  readonly tags: Tags;
  readonly readAtMs: number;
}

type ListTags = (accountId: string, workgroup: string, context: CallContext) => Promise<Tags>;

export interface TagReaderOptions extends Omit<WorkOptions, "hasPermit" | "permits"> {
  readonly permits: Permits;
}

/** What is known of the tags of an account's region's workgroups. A call each, so they are asked for rarely, and last. */
export class TagReader {
  readonly #list: ListTags;
  readonly #options: Omit<WorkOptions, "hasPermit">;
  readonly #known = new Map<string, Known>();

  constructor(list: ListTags, { permits, ...options }: TagReaderOptions) {
    this.#list = list;
    this.#options = { ...options, permits: { take: (signal) => permits.takeSpare(signal) } };
  }

  /** Undefined while they were never read. */
  tagsOf(workgroup: string): Tags | undefined {
    return this.#known.get(workgroup)?.tags;
  }

  /** Forgets everything. */
  clear(): void {
    this.#known.clear();
  }

  /**
   * Reads a portion of the tags of these workgroups that were never read or are older than `maxAgeMs`, and forgets those of all
   * others. A failure ends it, and what was known stays. `isUnfinished`: there is more to read. Never rejects.
   */
  async read(
    accountId: string,
    workgroups: readonly string[],
    maxAgeMs: number,
  ): Promise<{ readonly isUnfinished: boolean; readonly failure?: PollFailure }> {
    const wanted = new Set(workgroups);
    for (const name of this.#known.keys()) if (!wanted.has(name)) this.#known.delete(name);
    const due = this.#due(workgroups, maxAgeMs);
    const limit = pLimit(CONCURRENCY);
    let failure: PollFailure | undefined;
    const readOne = async (name: string): Promise<void> => {
      if (failure === undefined) failure = await this.#readNow(accountId, name);
    };
    await Promise.all(due.slice(0, PORTION).map((name) => limit(readOne, name)));
    return failure === undefined ? { isUnfinished: due.length > PORTION } : { isUnfinished: false, failure };
  }

  /** The longest unread first. */
  #due(workgroups: readonly string[], maxAgeMs: number): string[] {
    const nowMs = this.#options.clock.monotonicMs();
    const readAtMs = (name: string): number => this.#known.get(name)?.readAtMs ?? -Infinity;
    return workgroups
      .filter((name) => nowMs - readAtMs(name) >= maxAgeMs)
      .sort((a, b) => (readAtMs(a) < readAtMs(b) ? -1 : Number(readAtMs(a) > readAtMs(b))));
  }

  async #readNow(accountId: string, workgroup: string): Promise<PollFailure | undefined> {
    const { result } = await withContext({ ...this.#options, hasPermit: false }, (context) =>
      this.#list(accountId, workgroup, context),
    );
    // One that was deleted since it was listed fails for itself only.
    const isGone = "failure" in result && ["not_found", "invalid_request"].includes(result.failure.reason);
    if ("failure" in result && !isGone) return result.failure;
    const tags = "value" in result ? result.value : (this.tagsOf(workgroup) ?? new Map<string, string>());
    this.#known.set(workgroup, { tags, readAtMs: this.#options.clock.monotonicMs() });
    return undefined;
  }
}
