import {
  hasEnded,
  type Session,
  type SessionDetails,
  type SessionState,
} from "../../src/sessions/session.ts";
import type { Answer, Call, StateFilter, TimedAnswer } from "../../src/sessions/call.ts";
import { planPoll, type Findings } from "../../src/sessions/plan.ts";
import { RECONCILIATION_FILTERS } from "../../src/sessions/reconciliation.ts";
import { newTracker, type Tracker } from "../../src/sessions/tracker.ts";

export const NOON = Date.UTC(2026, 0, 1, 12);
export const MINUTE = 60_000;
/** Number of polls within which each reconciliation listing is made once. */
export const RECONCILIATION_POLLS = 4 * 8;

/** A fake of Athena for the polls of one workgroup, with sessions that tests set. */
export class FakeAthena {
  readonly sessions = new Map<string, Session>();
  readonly calls: string[] = [];
  /** States that unfiltered listings omit. */
  readonly hidden = new Set<SessionState>();
  /** Ids that all listings omit. */
  readonly dropped = new Set<string>();
  /** Ids that listings omit and lookups do not find. */
  readonly unknown = new Set<string>();
  readonly details = new Map<string, Partial<SessionDetails>>();
  doDetailsFail = false;
  /** Ids that GetSession does not find. */
  readonly withoutDetails = new Set<string>();
  /** Error of the estimate of AWS' clock. */
  clockErrorMs = 0;
  pageSize = 100;
  /** Duration of every call. */
  callMs = 0;
  nowMs = NOON;

  /** Sets the state of a session as of now; a session that does not exist starts now. */
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

  /** Answers, and then `callMs` pass. */
  timedAnswer(call: Call): TimedAnswer {
    const time = { sentAtMs: this.nowMs - NOON, awsOffsetMs: NOON + this.clockErrorMs };
    const answer = this.answer(call);
    this.nowMs += this.callMs;
    return { answer, ...time };
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
      page: {
        sessions: listed.slice(from, from + this.pageSize),
        ...(!isLast && { nextToken: String(from + this.pageSize) }),
      },
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
    if (this.doDetailsFail) return { kind: "no_details", reason: "access_denied" };
    const session = this.sessions.get(id);
    if (session === undefined || this.withoutDetails.has(id)) return { kind: "not_found" };
    return { kind: "session", session, details: { executionRole: "", ...this.details.get(id) } };
  }

  #lookUp(id: string): Answer {
    this.calls.push(`GetSessionStatus ${id}`);
    const session = this.sessions.get(id);
    return session === undefined || this.unknown.has(id)
      ? { kind: "not_found" }
      : { kind: "session", session };
  }
}

/** Polls the fake once a minute, as the exporter does. */
export class Poller {
  tracker: Tracker = newTracker;
  reconcileIntervalMs = 10 * MINUTE;
  isScarce = false;
  maxDetailCalls = 0;
  readonly #athena: FakeAthena;

  constructor(athena: FakeAthena) {
    this.#athena = athena;
  }

  /**
   * Polls a minute after the previous poll; the calls of this poll are then in `athena.calls`. `filters`: what it lists beside the
   * unfiltered listing, where not what is due.
   */
  poll(filters?: readonly StateFilter[]): Findings {
    this.#athena.calls.length = 0;
    this.#athena.nowMs += MINUTE;
    const plan = planPoll(this.tracker, {
      nowMonotonicMs: this.#athena.nowMs - NOON,
      pollIntervalMs: MINUTE,
      reconcileIntervalMs: this.reconcileIntervalMs,
      isScarce: this.isScarce,
      maxDetailCalls: this.maxDetailCalls,
      phase: 7,
      ...(filters !== undefined && { filters }),
    });
    let step = plan.next();
    while (step.done !== true) step = plan.next(this.#athena.timedAnswer(step.value));
    this.tracker = step.value.tracker;
    return step.value;
  }

  /** The number of active sessions by state; states without sessions are omitted. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { state } of this.tracker.active.values()) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }
}

/** A workgroup that was polled once, after `prepare`; the poll left no listing to later ones. */
export function polledOnce(prepare: (athena: FakeAthena) => void = () => {}): {
  athena: FakeAthena;
  poller: Poller;
} {
  const athena = new FakeAthena();
  prepare(athena);
  const poller = new Poller(athena);
  poller.poll(RECONCILIATION_FILTERS);
  return { athena, poller };
}
