import type { Session } from "../../src/sessions/session.ts";
import type { Answer, Call } from "../../src/sessions/call.ts";
import { type Findings, planPoll } from "../../src/sessions/plan.ts";
import { newTracker, type Tracker } from "../../src/sessions/tracker.ts";
import type { Fleet } from "../../src/simulator/fleet.ts";
import { keptStatus, listPage } from "../../src/simulator/listing.ts";
import { type Random, seededRandom } from "../../src/simulator/random.ts";
import type { SessionStatus, SimulatedSession } from "../../src/simulator/session.ts";
import { defaultSettings, type SimulatorSettings } from "../../src/simulator/settings.ts";
import type { Cursor } from "../../src/simulator/token.ts";
import type { SimulatedWorkgroup } from "../../src/simulator/workgroup.ts";

/** The default of poll.interval. */
export const INTERVAL_MS = 60_000;
export const EPOCH_MS = Date.UTC(2026, 0, 1);
export const WORKGROUP = "etl";

const CURSORS_KEPT = 1000;

/** A successful poll, with its number of calls and its time span. */
export interface SuccessfulPoll {
  readonly findings: Findings;
  readonly calls: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Polls one workgroup of the simulator on virtual time, without a network. */
export class SimulatedPolls {
  readonly workgroup: SimulatedWorkgroup;
  readonly settings: SimulatorSettings;
  /** Duration of every call. */
  callMs = 0;
  /** Error of the estimate of AWS' clock. */
  clockErrorMs = 0;
  /** Whether the rate limit is too low for a complete first poll. */
  isScarce = false;
  intervalMs = INTERVAL_MS;
  nowMs = EPOCH_MS;
  tracker: Tracker = newTracker;
  /** Ids of sessions that were active after a successful poll. */
  readonly shownActive = new Set<string>();
  /** Ids that a response of the latest poll showed, active or ended. */
  shown = new Set<string>();
  /** Ids of sessions that were DEGRADED after a successful poll. */
  readonly shownDegraded = new Set<string>();
  readonly #random: Random;
  readonly #cursors = new Map<string, Cursor>();
  #tokens = 0;

  constructor(fleet: Fleet, seed: number, settings: Partial<SimulatorSettings> = {}) {
    this.workgroup = fleet.workgroup({ workgroup: WORKGROUP });
    this.settings = { ...defaultSettings(), ...settings };
    this.#random = seededRandom(seed, "answers of simulated polls");
  }

  /** Makes a complete poll and keeps its findings. */
  poll(): SuccessfulPoll {
    const fromMs = this.nowMs;
    const { findings, calls } = this.#run(Infinity);
    if (findings === undefined) throw new Error("a poll without a limit on its calls did not end");
    this.tracker = findings.tracker;
    for (const [id, { state }] of this.tracker.active) {
      this.shownActive.add(id);
      if (state === "DEGRADED") this.shownDegraded.add(id);
    }
    return { findings, calls, fromMs, toMs: this.nowMs };
  }

  /** Makes a poll that fails at call number `calls`, or after its last call, and discards its findings. */
  failPoll(calls: number): void {
    this.#run(calls);
  }

  waitMs(ms: number): void {
    this.nowMs += ms;
  }

  #run(maxCalls: number): { findings: Findings | undefined; calls: number } {
    this.shown = new Set();
    const plan = planPoll(this.tracker, {
      nowMonotonicMs: this.nowMs - EPOCH_MS,
      pollIntervalMs: this.intervalMs,
      reconcileIntervalMs: 10 * INTERVAL_MS,
      isScarce: this.isScarce,
      maxDetailCalls: 0,
      phase: 3,
    });
    let step = plan.next();
    let calls = 0;
    while (step.done !== true) {
      if (calls === maxCalls) return { findings: undefined, calls };
      calls += 1;
      step = plan.next({
        answer: this.#answer(step.value),
        sentAtMs: this.nowMs - EPOCH_MS,
        awsOffsetMs: EPOCH_MS + this.clockErrorMs,
      });
      this.nowMs += this.callMs;
    }
    return { findings: step.value, calls };
  }

  #answer(call: Call): Answer {
    return call.operation === "ListSessions" ? this.#list(call) : this.#lookUp(call.sessionId);
  }

  #list({ stateFilter, nextToken }: Call & { operation: "ListSessions" }): Answer {
    const cursor = nextToken === undefined ? {} : this.#cursors.get(nextToken);
    if (cursor === undefined) throw new Error("the poll used a token that no response contained");
    const request = {
      workgroup: this.workgroup,
      stateFilter,
      limit: this.settings.pageSize,
      cursor,
      nowMs: this.nowMs,
    };
    const { sessions, next } = listPage(request, this.settings, this.#random);
    for (const { session } of sessions) this.shown.add(session.traits.id);
    return {
      kind: "page",
      page: {
        sessions: sessions.map(({ session, status }) => toSession(session, status, true)),
        ...(next !== undefined && { nextToken: this.#issue(next) }),
      },
    };
  }

  #lookUp(id: string): Answer {
    const session = this.workgroup.find(id);
    const status = session && keptStatus(session, this.nowMs, this.settings.retentionMs);
    if (session === undefined || status === undefined) return { kind: "not_found" };
    return { kind: "session", session: toSession(session, status, false) };
  }

  #issue(cursor: Cursor): string {
    this.#tokens += 1;
    this.#cursors.set(`token-${this.#tokens}`, cursor);
    this.#cursors.delete(`token-${this.#tokens - CURSORS_KEPT}`);
    return `token-${this.#tokens}`;
  }
}

/** GetSessionStatus returns neither description nor engine version. */
function toSession({ traits }: SimulatedSession, status: SessionStatus, isListed: boolean): Session {
  const { state, reason, startMs, lastModifiedMs, idleSinceMs, endMs } = status;
  return {
    id: traits.id,
    state,
    startMs,
    lastModifiedMs,
    ...(reason !== undefined && { stateReason: reason }),
    ...(idleSinceMs !== undefined && { idleSinceMs }),
    ...(endMs !== undefined && { endMs }),
    description: isListed ? (traits.description ?? "") : "",
    engineVersion: isListed ? traits.engineVersion : "",
  };
}
