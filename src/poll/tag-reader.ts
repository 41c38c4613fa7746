import pLimit from "p-limit";
import type { CallContext } from "../athena/api-calls.ts";
import type { WorkgroupTags } from "../athena/athena.ts";
import type { Failure } from "../failure.ts";
import { withCallContext, type WorkLimits } from "./call-context.ts";

/** Discovery publishes what is known after this many workgroups. */
const BATCH_SIZE = 20;
/** Few, because polls go first. */
const CONCURRENCY = 2;

interface KnownTags {
  readonly tags: WorkgroupTags;
  readonly readAtMs: number;
}

type ListTags = (accountId: string, workgroup: string, context: CallContext) => Promise<WorkgroupTags>;

/** The tags of the workgroups of an account and region. They take a request each, so they are read rarely, and last. */
export class TagReader {
  readonly #list: ListTags;
  readonly #limits: () => WorkLimits;
  readonly #known = new Map<string, KnownTags>();

  constructor(list: ListTags, limits: () => WorkLimits) {
    this.#list = list;
    this.#limits = limits;
  }

  /** Undefined while they were never read. */
  tagsOf(workgroup: string): WorkgroupTags | undefined {
    return this.#known.get(workgroup)?.tags;
  }

  /** Forgets everything. */
  clear(): void {
    this.#known.clear();
  }

  /**
   * Reads a batch of the tags of these workgroups that were never read or are older than `maxAgeMs`, and forgets those of all
   * others. A failure ends the batch, and what was known stays. `isUnfinished`: there is more to read. Never rejects.
   */
  async readBatch(
    accountId: string,
    workgroups: readonly string[],
    maxAgeMs: number,
  ): Promise<{ readonly isUnfinished: boolean; readonly failure?: Failure }> {
    const wanted = new Set(workgroups);
    for (const name of this.#known.keys()) if (!wanted.has(name)) this.#known.delete(name);
    const due = this.#due(workgroups, maxAgeMs);
    const limit = pLimit(CONCURRENCY);
    let failure: Failure | undefined;
    const readOne = async (name: string): Promise<void> => {
      if (failure === undefined) failure = await this.#read(accountId, name);
    };
    await Promise.all(due.slice(0, BATCH_SIZE).map((name) => limit(readOne, name)));
    return failure === undefined
      ? { isUnfinished: due.length > BATCH_SIZE }
      : { isUnfinished: false, failure };
  }

  /** Those never read or read the longest ago, first. */
  #due(workgroups: readonly string[], maxAgeMs: number): string[] {
    const nowMs = this.#limits().clock.monotonicMs();
    const readAtMs = (name: string): number => this.#known.get(name)?.readAtMs ?? -Infinity;
    return workgroups
      .filter((name) => nowMs - readAtMs(name) >= maxAgeMs)
      .sort((a, b) => (readAtMs(a) < readAtMs(b) ? -1 : Number(readAtMs(a) > readAtMs(b))));
  }

  async #read(accountId: string, workgroup: string): Promise<Failure | undefined> {
    const limits = this.#limits();
    const { result } = await withCallContext(limits, (context) => this.#list(accountId, workgroup, context));
    // A workgroup that was deleted since it was listed is no failure of the others.
    const isGone = "failure" in result && ["not_found", "invalid_request"].includes(result.failure.reason);
    if ("failure" in result && !isGone) return result.failure;
    const tags = "value" in result ? result.value : (this.tagsOf(workgroup) ?? new Map<string, string>());
    this.#known.set(workgroup, { tags, readAtMs: limits.clock.monotonicMs() });
    return undefined;
  }
}
