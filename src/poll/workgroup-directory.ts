import type { CallContext } from "../athena/api-calls.ts";
import type { WorkgroupSummary } from "../athena/read-response.ts";
import { withCallContext, type WorkLimits, type WorkResult } from "./call-context.ts";

/** The workgroups of an account and region, or why they could not be listed. */
export type WorkgroupListing = WorkResult<readonly WorkgroupSummary[]>;

/** Lists the workgroups of an account and region, one listing at a time: concurrent readers share one. */
export class WorkgroupDirectory {
  readonly #list: (context: CallContext) => Promise<readonly WorkgroupSummary[]>;
  readonly #limits: () => WorkLimits;
  #pending: Promise<WorkgroupListing> | undefined;
  #latest: WorkgroupListing | undefined;
  #readAtMs = -Infinity;

  constructor(
    list: (context: CallContext) => Promise<readonly WorkgroupSummary[]>,
    limits: () => WorkLimits,
  ) {
    this.#list = list;
    this.#limits = limits;
  }

  /** A listing that is at most `maxAgeMs` old. Never rejects. */
  async read(maxAgeMs: number): Promise<WorkgroupListing> {
    const ageMs = this.#limits().clock.monotonicMs() - this.#readAtMs;
    if (this.#latest !== undefined && ageMs <= maxAgeMs) return this.#latest;
    this.#pending ??= this.#readNow();
    return this.#pending;
  }

  /** Forgets the latest listing. */
  clear(): void {
    this.#latest = undefined;
  }

  async #readNow(): Promise<WorkgroupListing> {
    const limits = this.#limits();
    const { result } = await withCallContext(limits, this.#list);
    this.#pending = undefined;
    this.#latest = result;
    this.#readAtMs = limits.clock.monotonicMs();
    return result;
  }
}
