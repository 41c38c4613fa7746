import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { Failure } from "../failure.ts";
import { QuotaReader, type QuotaCalls, type QuotaResult } from "../poll/quota-reader.ts";
import type { Board } from "../snapshot/board.ts";
import type { AccountRegion } from "../targets/account-region.ts";

/** Receives the outcomes of readings of quotas. */
export interface QuotasListener {
  /** Quotas were read, or could not be. */
  quotasRead(accountRegion: AccountRegion, failure: Failure | undefined): void;
}

interface QuotasParts {
  readonly calls: QuotaCalls;
  readonly board: Board;
  readonly listener: QuotasListener;
  readonly clock: Clock;
  /** How long the first reading waits, so that those of many accounts and regions are not all at once. */
  readonly startDelayMs: number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/** AWS' quotas on DPUs in one account and region, where the configuration has them read. What was read last stays while readings fail. */
export class DpuQuotas {
  readonly #parts: QuotasParts;
  #config: Config;
  #accountRegion: AccountRegion;
  #end: AbortController | undefined;
  #wasTried = false;

  constructor(config: Config, accountRegion: AccountRegion, parts: QuotasParts) {
    this.#parts = parts;
    this.#config = config;
    this.#accountRegion = accountRegion;
    this.#follow();
  }

  applyConfig(config: Config, accountRegion: AccountRegion): void {
    this.#config = config;
    this.#accountRegion = accountRegion;
    this.#follow();
  }

  /** Whether quotas were read once, or could not be. */
  wasTried(): boolean {
    return this.#wasTried || !this.#config.quotas;
  }

  #follow(): void {
    const isReading = this.#end !== undefined;
    if (this.#config.quotas === isReading) return;
    if (isReading) {
      this.#end?.abort(new Error("quotas are no longer read"));
      this.#end = undefined;
      this.#parts.board.setDpuQuotas(this.#accountRegion, undefined);
      return;
    }
    const { calls, clock, signal, startDelayMs } = this.#parts;
    this.#end = new AbortController();
    const reader = new QuotaReader(calls, (result) => this.#read(result), {
      clock,
      signal: AbortSignal.any([signal, this.#end.signal]),
      deadlineMs: () => this.#config.poll.deadlineMs,
    });
    reader.start(startDelayMs);
  }

  #read(result: QuotaResult): void {
    this.#wasTried = true;
    const { board, listener } = this.#parts;
    if ("value" in result) board.setDpuQuotas(this.#accountRegion, result.value);
    listener.quotasRead(this.#accountRegion, "failure" in result ? result.failure : undefined);
  }
}
