import { setMaxListeners } from "node:events";
import { systemClock } from "../src/clock.ts";
import { fileSchema } from "../src/config/file/schema.ts";
import { toThresholdConfig } from "../src/config/thresholds.ts";
import { Permits } from "../src/poll/permits.ts";
import { poll, type SessionCalls } from "../src/poll/poll.ts";
import { Board, type BoardListener } from "../src/snapshot/board.ts";
import type { AccountRegion, Target } from "../src/targets/account-region.ts";
import { accountRegionsOf } from "../src/targets/expand.ts";
import { hash } from "../src/targets/shard.ts";
import { ACCOUNT_ID, type FleetSize, REGION, sessionsOf, workgroupNames } from "./fleet.ts";

const MINUTE_MS = 60_000;
/** High enough that nothing waits: what is measured is work, not the rate limit. */
const UNLIMITED_PER_SECOND = 1e6;

const ACCOUNT = {
  name: "",
  regions: [REGION],
  discovery: { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 5 * MINUTE_MS },
};

/** The board of a fleet, and polls of it: all that the daemon does for a poll, except deciding which workgroup is next. */
export class PolledFleet {
  readonly board: Board;
  readonly accountRegion: AccountRegion;
  readonly #targets: readonly Target[];
  readonly #signal = new AbortController().signal;
  readonly #permits = new Permits(UNLIMITED_PER_SECOND, systemClock);
  #next = 0;

  /**
   * @param sessionLimit how many sessions of a workgroup have per-session series
   * @param listener of the board
   */
  constructor(size: FleetSize, sessionLimit: number, listener: BoardListener) {
    setMaxListeners(0, this.#signal);
    const [accountRegion] = accountRegionsOf([ACCOUNT], REGION);
    if (accountRegion === undefined) throw new Error("the fleet has no account and region");
    this.accountRegion = accountRegion;
    const options = {
      idleThresholdsSeconds: [900, 3600, 14_400],
      thresholds: toThresholdConfig(fileSchema.parse({}).thresholds),
      pollIntervalMs: MINUTE_MS,
      staleAfterMs: 5 * MINUTE_MS,
      showsDetails: false,
      showsDurations: true,
      dpuHourUsd: 0.35,
      sessionLimits: { perWorkgroup: sessionLimit, total: Infinity },
    };
    this.board = new Board([accountRegion], options, systemClock, listener);
    this.#targets = workgroupNames(size).map((workgroup) => ({
      key: `${accountRegion.key}|${workgroup}`,
      workgroup,
      engineVersion: "PySpark engine version 3",
    }));
    this.board.applyDiscovery(accountRegion, { accountId: ACCOUNT_ID, targets: this.#targets });
  }

  async pollAll(calls: SessionCalls): Promise<void> {
    for (const target of this.#targets) await this.#poll(target, calls);
  }

  /** Polls the next workgroup in turn. Rejects where a poll fails: a failed one would be cheaper. */
  async pollNext(calls: SessionCalls): Promise<void> {
    const target = this.#targets[this.#next % this.#targets.length];
    this.#next += 1;
    if (target !== undefined) await this.#poll(target, calls);
  }

  async #poll(target: Target, calls: SessionCalls): Promise<void> {
    const time = {
      nowMonotonicMs: systemClock.monotonicMs(),
      pollIntervalMs: MINUTE_MS,
      reconcileIntervalMs: 10 * MINUTE_MS,
      isScarce: false,
      maxDetailCalls: 0,
      phase: hash(target.key),
    };
    const tracker = this.board.trackerOf(this.accountRegion, target);
    const result = await poll(target.workgroup, tracker, time, calls, {
      clock: systemClock,
      permits: this.#permits,
      deadlineMs: MINUTE_MS,
      signal: this.#signal,
      hasPermit: true,
    });
    if ("failure" in result.outcome) throw new Error(`a poll failed: ${result.outcome.failure.message}`);
    this.board.applyPoll(this.accountRegion, target, result, MINUTE_MS);
  }
}

/** Answers of Athena from memory, to measure what is not the API calls. */
export function answersFromMemory(size: FleetSize): SessionCalls {
  return {
    async listSessions({ workgroup, stateFilter }, context) {
      await context.permit();
      const sessions = stateFilter === undefined ? sessionsOf(workgroup, size) : [];
      return { sessions };
    },
    nowMs: () => systemClock.wallMs(),
    async getSessionStatus(sessionId) {
      throw new Error(`no session of the fleet ends, but ${sessionId} was looked up`);
    },
    async getSession(sessionId) {
      throw new Error(`the benchmark reads no details, but ${sessionId} was requested`);
    },
  };
}
