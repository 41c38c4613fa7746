import { vi } from "vitest";
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

/** Properties are many runs, and the machine may be busy. */
vi.setConfig({ testTimeout: 60_000 });

/** The product's default. */
export const INTERVAL_MS = 60_000;
export const EPOCH_MS = Date.UTC(2026, 0, 1);
export const WORKGROUP = "etl";

const CURSORS_KEPT = 1000;

/** One poll that was committed, and what it cost. */
export interface CommittedPoll {
  readonly findings: Findings;
  readonly calls: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Polls one workgroup of the simulator on virtual time, without a socket: what the pure part of the exporter does. */
export class SimulatedPolls {
  readonly workgroup: SimulatedWorkgroup;
  readonly settings: SimulatorSettings;
  /** Passes with every call. */
  callMs = 0;
  nowMs = EPOCH_MS;
  tracker: Tracker = newTracker;
  /** Ids that an answer of a committed poll showed alive. */
  readonly shownAlive = new Set<string>();
  /** Ids that an answer of the latest poll showed, alive or not. */
  shown = new Set<string>();
  readonly #random: Random;
  readonly #cursors = new Map<string, Cursor>();
  #tokens = 0;

  constructor(fleet: Fleet, seed: number, settings: Partial<SimulatorSettings> = {}) {
    this.workgroup = fleet.workgroup({ workgroup: WORKGROUP });
    this.settings = { ...defaultSettings(), ...settings };
    this.#random = seededRandom(seed, "answers of simulated polls");
  }

  /** One complete poll; its findings are taken over. */
  poll(): CommittedPoll {
    const fromMs = this.nowMs;
    const { findings, calls } = this.#converse(Infinity);
    if (findings === undefined) throw new Error("a poll without a limit on its calls did not end");
    this.tracker = findings.tracker;
    for (const id of this.tracker.living.keys()) this.shownAlive.add(id);
    return { findings, calls, fromMs, toMs: this.nowMs };
  }

  /** A poll that fails at its call number `calls`, or after its last: nothing that it found is taken over. */
  failPoll(calls: number): void {
    this.#converse(calls);
  }

  waitMs(ms: number): void {
    this.nowMs += ms;
  }

  #converse(mostCalls: number): { findings: Findings | undefined; calls: number } {
    this.shown = new Set();
    const conversation = planPoll(this.tracker, {
      nowMonotonicMs: this.nowMs - EPOCH_MS,
      pollIntervalMs: INTERVAL_MS,
      reconcileIntervalMs: 10 * INTERVAL_MS,
      isScarce: false,
      maxDetailCalls: 0,
      phase: 3,
    });
    let step = conversation.next();
    let calls = 0;
    while (step.done !== true) {
      if (calls === mostCalls) return { findings: undefined, calls };
      calls += 1;
      step = conversation.next(this.#answer(step.value));
      this.nowMs += this.callMs;
    }
    return { findings: step.value, calls };
  }

  #answer(call: Call): Answer {
    return call.operation === "ListSessions" ? this.#list(call) : this.#lookUp(call.sessionId);
  }

  #list({ stateFilter, nextToken }: Call & { operation: "ListSessions" }): Answer {
    const cursor = nextToken === undefined ? {} : this.#cursors.get(nextToken);
    if (cursor === undefined) throw new Error("the poll used a token that it was not given");
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
      sessions: sessions.map(({ session, status }) => toSession(session, status, true)),
      ...(next !== undefined && { nextToken: this.#issue(next) }),
      requestedAtMs: this.nowMs,
    };
  }

  #lookUp(id: string): Answer {
    if (this.settings.denials.some(({ operation }) => operation === "GetSessionStatus"))
      return { kind: "denied" };
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

/** Lookups tell neither description nor engine. */
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
