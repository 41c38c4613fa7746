import { setMaxListeners } from "node:events";
import type { CallContext } from "../src/athena/aws-calls.ts";
import type { SessionPage } from "../src/athena/parse.ts";
import { systemClock } from "../src/clock.ts";
import { renderWorkgroup } from "../src/metrics/families.ts";
import type { RenderOptions } from "../src/metrics/family.ts";
import { Permits } from "../src/poll/permits.ts";
import { poll, type SessionCalls } from "../src/poll/poll.ts";
import { Board } from "../src/snapshot/board.ts";
import { hash } from "../src/targets/hash.ts";
import type { Region, Target } from "../src/targets/account-region.ts";
import { ACCOUNT_ID, type FleetSize, REGION, sessionsOf, workgroupNames } from "./fleet.ts";

const MINUTE_MS = 60_000;
/** High enough that nothing waits: what is measured is work, not the rate limit. */
const UNLIMITED_PER_SECOND = 1e6;

const OPTIONS: RenderOptions = { sessionLabels: ["description"] };

const region: Region = {
  key: `|${REGION}`,
  accountName: "",
  accountId: ACCOUNT_ID,
  region: REGION,
  selections: [{ include: [], exclude: [] }],
  discoveryIntervalMs: 5 * MINUTE_MS,
};

/** A board of a fleet, and polls of it: all that the daemon does for a poll, less deciding whose turn it is. */
export class WatchedFleet {
  readonly board: Board<readonly string[]>;
  readonly #targets: readonly Target[];
  readonly #signal = new AbortController().signal;
  readonly #permits = new Permits(UNLIMITED_PER_SECOND, systemClock);
  #next = 0;

  /** `sessionLimit`: how many sessions of a workgroup have series of their own. */
  constructor(size: FleetSize, sessionLimit: number) {
    setMaxListeners(0, this.#signal);
    this.board = new Board([region], {
      clock: systemClock,
      idleThresholdsSeconds: [900, 3600, 14_400],
      pollIntervalMs: MINUTE_MS,
      staleAfterMs: 5 * MINUTE_MS,
      showsDetails: false,
      sessionLimits: { perWorkgroup: sessionLimit, total: Infinity },
      render: (view) => renderWorkgroup(view, OPTIONS),
    });
    this.#targets = workgroupNames(size).map((workgroup) => ({
      key: `${region.key}|${workgroup}`,
      workgroup,
      engineVersion: "PySpark engine version 3",
    }));
    this.board.applyDiscovery(region, { accountId: ACCOUNT_ID, targets: this.#targets });
  }

  async pollAll(calls: SessionCalls): Promise<void> {
    for (const target of this.#targets) await this.#poll(target, calls);
  }

  /** Polls the workgroup whose turn it is. Rejects where a poll fails: a failed one would be cheaper. */
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
    const result = await poll(target.workgroup, this.board.trackerOf(region, target), time, calls, {
      clock: systemClock,
      permits: this.#permits,
      deadlineMs: MINUTE_MS,
      signal: this.#signal,
      hasPermit: true,
    });
    if ("failure" in result.outcome) throw new Error(`a poll failed: ${result.outcome.failure.message}`);
    this.board.applyPoll(region, target, result, MINUTE_MS);
  }
}

/** Answers of Athena from memory, for what is to be measured without the calls. */
export function remembered(size: FleetSize): SessionCalls {
  return {
    async listSessions(
      { workgroup, stateFilter },
      context: CallContext,
    ): Promise<SessionPage & { readonly requestedAtMs: number }> {
      await context.permit();
      const sessions = stateFilter === undefined ? sessionsOf(workgroup, size) : [];
      return { sessions, requestedAtMs: systemClock.wallMs() };
    },
    async getSessionStatus(sessionId) {
      throw new Error(`no session ends here, but ${sessionId} was looked up`);
    },
    async getSession(sessionId) {
      throw new Error(`no details are wanted here, but ${sessionId} was asked for`);
    },
  };
}
