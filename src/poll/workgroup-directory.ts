import type { CallContext } from "../athena/aws-calls.ts";
import type { WorkgroupSummary } from "../athena/parse.ts";
import { withContext, type PollFailure, type WorkOptions } from "./poll.ts";

/** The workgroups of an account's region, or why they could not be listed. */
export type Listing = { readonly value: readonly WorkgroupSummary[] } | { readonly failure: PollFailure };

/** Lists an account's region's workgroups, one listing at a time: whoever asks meanwhile gets the same answer. */
export class Directory {
  readonly #list: (context: CallContext) => Promise<readonly WorkgroupSummary[]>;
  readonly #options: Omit<WorkOptions, "hasPermit">;
  #pending: Promise<Listing> | undefined;
  #latest: Listing | undefined;
  #readAtMs = -Infinity;

  constructor(
    list: (context: CallContext) => Promise<readonly WorkgroupSummary[]>,
    options: Omit<WorkOptions, "hasPermit">,
  ) {
    this.#list = list;
    this.#options = options;
  }

  /** A listing that is at most `maxAgeMs` old. Never rejects. */
  async read(maxAgeMs: number): Promise<Listing> {
    const ageMs = this.#options.clock.monotonicMs() - this.#readAtMs;
    if (this.#latest !== undefined && ageMs <= maxAgeMs) return this.#latest;
    this.#pending ??= this.#readNow();
    return this.#pending;
  }

  async #readNow(): Promise<Listing> {
    const { result } = await withContext({ ...this.#options, hasPermit: false }, this.#list);
    this.#pending = undefined;
    this.#latest = result;
    this.#readAtMs = this.#options.clock.monotonicMs();
    return result;
  }
}
