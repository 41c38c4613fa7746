import {
  hasEnded,
  type Session,
  type SessionDetails,
  type SessionState,
} from "../../src/sessions/session.ts";
import type { Answer, Call } from "../../src/sessions/call.ts";
import { planPoll, type Findings } from "../../src/sessions/plan.ts";
import { newTracker, type Tracker } from "../../src/sessions/tracker.ts";

export const NOON = Date.UTC(2026, 0, 1, 12);
export const MINUTE = 60_000;

/** Athena as one workgroup's polls see it: scripted sessions, answered at once. */
export class FakeAthena {
  readonly sessions = new Map<string, Session>();
  readonly calls: string[] = [];
  readonly hidden = new Set<SessionState>();
  readonly dropped = new Set<string>();
  readonly unknown = new Set<string>();
  readonly details = new Map<string, Partial<SessionDetails>>();
  areDetailsUnanswered = false;
  isLookupDenied = false;
  pageSize = 100;
  nowMs = NOON;

  /** Puts a session into a state now; it starts now if it is not there yet. */
  put(id: string, state: SessionState, fields: Partial<Session> = {}): void {
    const known = this.sessions.get(id);
    this.sessions.set(id, {
      id,
      description: "",
      engineVersion: "",
      startMs: known?.startMs ?? this.nowMs,
      ...(state === "IDLE" && { idleSinceMs: this.nowMs }),
      ...(hasEnded(state) && { endMs: this.nowMs }),
      lastModifiedMs: this.nowMs,
      state,
      ...fields,
    });
  }

  answer(call: Call): Answer {
    if (call.operation === "GetSessionStatus") return this.#lookUp(call.sessionId);
    if (call.operation === "GetSession") return this.#getSession(call.sessionId);
    this.calls.push(call.stateFilter ?? "unfiltered");
    const from = Number(call.nextToken ?? 0);
    const listed = this.#listed(call.stateFilter);
    const isLast = from + this.pageSize >= listed.length;
    return {
      kind: "page",
      sessions: listed.slice(from, from + this.pageSize),
      requestedAtMs: this.nowMs,
      ...(!isLast && { nextToken: String(from + this.pageSize) }),
    };
  }

  #listed(filter: SessionState | undefined): Session[] {
    return [...this.sessions.values()]
      .filter(({ id }) => !this.dropped.has(id) && !this.unknown.has(id))
      .filter(({ state }) =>
        filter === undefined ? !hasEnded(state) && !this.hidden.has(state) : state === filter,
      )
      .sort((a, b) => (b.startMs ?? 0) - (a.startMs ?? 0));
  }

  #getSession(id: string): Answer {
    this.calls.push(`GetSession ${id}`);
    if (this.areDetailsUnanswered) return { kind: "unanswered" };
    const session = this.sessions.get(id);
    if (session === undefined) return { kind: "not_found" };
    return { kind: "session", session, details: { executionRole: "", ...this.details.get(id) } };
  }

  #lookUp(id: string): Answer {
    this.calls.push(`GetSessionStatus ${id}`);
    if (this.isLookupDenied) return { kind: "denied" };
    const session = this.sessions.get(id);
    return session === undefined || this.unknown.has(id)
      ? { kind: "not_found" }
      : { kind: "session", session };
  }
}

/** Polls the fake once a minute, as the daemon would. */
export class Poller {
  tracker: Tracker = newTracker;
  reconcileIntervalMs = 10 * MINUTE;
  isScarce = false;
  maxDetailCalls = 0;
  readonly #athena: FakeAthena;

  constructor(athena: FakeAthena) {
    this.#athena = athena;
  }

  /** One poll, a minute after the last; the calls it made are in `athena.calls`. */
  poll(): Findings {
    this.#athena.calls.length = 0;
    this.#athena.nowMs += MINUTE;
    const conversation = planPoll(this.tracker, {
      nowMonotonicMs: this.#athena.nowMs - NOON,
      pollIntervalMs: MINUTE,
      reconcileIntervalMs: this.reconcileIntervalMs,
      isScarce: this.isScarce,
      maxDetailCalls: this.maxDetailCalls,
      phase: 7,
    });
    let step = conversation.next();
    while (step.done !== true) step = conversation.next(this.#athena.answer(step.value));
    this.tracker = step.value.tracker;
    return step.value;
  }

  /** How many live in each state that any lives in. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { state } of this.tracker.living.values()) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }
}

/** A workgroup that was polled once, after `prepare`. */
export function watched(prepare: (athena: FakeAthena) => void = () => {}): {
  athena: FakeAthena;
  poller: Poller;
} {
  const athena = new FakeAthena();
  prepare(athena);
  const poller = new Poller(athena);
  poller.poll();
  return { athena, poller };
}
