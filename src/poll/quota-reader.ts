import type { Athena } from "../athena/athena.ts";
import type { Clock } from "../clock.ts";
import type { Failure } from "../failure.ts";
import { DPU_QUOTAS } from "../targets/dpu-quota.ts";
import { withCallContext } from "./call-context.ts";
import { Permits } from "./permits.ts";

/** The API calls that read quotas. */
export type QuotaCalls = Pick<Athena, "listQuotas">;

/** The quotas on DPUs by their names, as far as AWS has them; or why they could not be read. */
export type QuotaResult = { readonly value: ReadonlyMap<string, number> } | { readonly failure: Failure };

export interface QuotaReaderOptions {
  readonly clock: Clock;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** Of one reading, retries included. */
  readonly deadlineMs: () => number;
}

/** AWS changes quotas rarely. */
const INTERVAL_MS = 3_600_000;
/** A failed reading is tried again after this, then after twice as long, up to the interval. */
const FIRST_RETRY_MS = 60_000;
/** Service Quotas has limits of its own, so this takes nothing from polls. */
const REQUESTS_PER_SECOND = 1;

/** Reads the quotas on DPUs of an account and region once an hour. */
export class QuotaReader {
  readonly #calls: QuotaCalls;
  readonly #told: (result: QuotaResult) => void;
  readonly #options: QuotaReaderOptions;
  readonly #permits: Permits;
  #failures = 0;
  #cancel = (): void => {};

  /** `told` is called after each reading. */
  constructor(calls: QuotaCalls, told: (result: QuotaResult) => void, options: QuotaReaderOptions) {
    this.#calls = calls;
    this.#told = told;
    this.#options = options;
    this.#permits = new Permits(REQUESTS_PER_SECOND, options.clock);
    options.signal.addEventListener("abort", () => this.#cancel(), { once: true });
  }

  start(delayMs: number): void {
    this.#cancel = this.#options.clock.after(delayMs, () => void this.#read());
  }

  async #read(): Promise<void> {
    const { clock, signal, deadlineMs } = this.#options;
    const { result } = await withCallContext(
      { clock, signal, deadlineMs: deadlineMs(), permits: this.#permits, hasPermit: false },
      async (context) => {
        const set = dpuQuotas(await this.#calls.listQuotas("ListServiceQuotas", context));
        if (set.size === DPU_QUOTAS.length) return set;
        const defaults = await this.#calls.listQuotas("ListAWSDefaultServiceQuotas", context);
        return new Map([...dpuQuotas(defaults), ...set]);
      },
    );
    if (signal.aborted) return;
    this.#failures = "failure" in result ? this.#failures + 1 : 0;
    this.#told(result);
    const retryMs = FIRST_RETRY_MS * 2 ** (this.#failures - 1);
    const delayMs = this.#failures === 0 ? INTERVAL_MS : Math.min(retryMs, INTERVAL_MS);
    this.#cancel = clock.after(delayMs, () => void this.#read());
  }
}

function dpuQuotas(quotas: ReadonlyMap<string, number>): Map<string, number> {
  return new Map(
    DPU_QUOTAS.flatMap(({ name }) => {
      const value = quotas.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
