import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OwnerTracker, type ExplainedEnd } from "../../src/owners/owner-tracker.ts";
import type { SessionEvent, SessionOperation } from "../../src/owners/session-event.ts";
import type { LifeCycleEvent } from "../../src/sessions/life-cycle.ts";
import type { Session } from "../../src/sessions/session.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const EPOCH_MS = Date.UTC(2026, 0, 1);
const DELAY_MS = 15 * MINUTE_MS;
const REQUEST_INTERVAL_MS = 5 * SECOND_MS;
const POLL_INTERVAL_MS = MINUTE_MS;
const PAGE = 50;
const TARGET = { key: "target", workgroup: "etl", engineVersion: "" };

/** A session of a random world; times are milliseconds since the beginning. */
interface WorldSession {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  /** When its StartSession is visible, after its start; undefined for an event that is missing. */
  readonly startVisibleAfterMs: number | undefined;
  readonly isTwice: boolean;
  /** When its TerminateSession is visible, after its end; undefined for an idle timeout. */
  readonly endVisibleAfterMs: number | undefined;
}

interface WorldEvent extends SessionEvent {
  readonly atMs: number;
  readonly visibleMs: number;
}

const arbitrarySession = fc.record({
  startMs: fc.integer({ min: -20 * HOUR_MS, max: 2 * HOUR_MS }),
  lifeMs: fc.integer({ min: 10 * SECOND_MS, max: 30 * HOUR_MS }),
  startVisibleAfterMs: fc.option(fc.integer({ min: 0, max: DELAY_MS }), { nil: undefined, freq: 10 }),
  isTwice: fc.boolean(),
  endVisibleAfterMs: fc.option(fc.integer({ min: 0, max: DELAY_MS }), { nil: undefined }),
});

const arbitraryWorld: fc.Arbitrary<readonly WorldSession[]> = fc
  .array(arbitrarySession, { minLength: 1, maxLength: 60 })
  .map((sessions) =>
    sessions.map(({ lifeMs, ...session }, index): WorldSession => {
      return { ...session, id: `s${index}`, endMs: session.startMs + lifeMs };
    }),
  );

/** The window in which the end of one is looked up ends just before what belongs to the other. */
const ALMOST_TOGETHER: readonly WorldSession[] = [13_889, 10_000].map((endMs, index) => ({
  id: `s${index}`,
  startMs: 0,
  endMs,
  startVisibleAfterMs: undefined,
  isTwice: false,
  endVisibleAfterMs: undefined,
}));

const callerOf = (id: string, operation: SessionOperation) => ({ arn: "", name: `${operation} of ${id}` });

function eventsOf(world: readonly WorldSession[]): readonly WorldEvent[] {
  return world.flatMap(({ id, startMs, endMs, startVisibleAfterMs, endVisibleAfterMs, isTwice }) => {
    const event = (operation: SessionOperation, atMs: number, visibleMs: number): WorldEvent => {
      return { operation, sessionId: id, caller: callerOf(id, operation), atMs, visibleMs };
    };
    const starts =
      startVisibleAfterMs === undefined
        ? []
        : [event("StartSession", startMs, startMs + startVisibleAfterMs)];
    // A session is TERMINATING for a moment before it ends.
    const ends =
      endVisibleAfterMs === undefined
        ? []
        : [event("TerminateSession", endMs - 20 * SECOND_MS, endMs + endVisibleAfterMs)];
    return [...starts, ...(isTwice ? starts : []), ...ends];
  });
}

/** Runs a tracker through a random world for some hours: polls, and lookups at their rate. */
class Run {
  readonly tracker = new OwnerTracker({ delayMs: DELAY_MS, minRetryMs: 15 * SECOND_MS });
  readonly ends: ExplainedEnd[] = [];
  /** When each session's owner was known first. */
  readonly foundMs = new Map<string, number>();
  readonly requestsMs: number[] = [];
  readonly #world: readonly WorldSession[];
  readonly #events: readonly WorldEvent[];
  #nowMs = 0;

  constructor(world: readonly WorldSession[]) {
    this.#world = world;
    this.#events = eventsOf(world).toSorted((a, b) => b.atMs - a.atMs);
  }

  run(durationMs: number): this {
    const seen = new Set<string>();
    for (let pollMs = 0; pollMs <= durationMs; pollMs += POLL_INTERVAL_MS) {
      this.#lookUpUntil(pollMs);
      this.#nowMs = pollMs;
      for (const session of this.#world) {
        if (seen.has(session.id) && session.endMs <= pollMs && session.endMs > pollMs - POLL_INTERVAL_MS) {
          const isExplained = this.tracker.explainEnd(TARGET, endOf(session), this.#now());
          expect(isExplained).toBe(true);
        }
      }
      const active = this.#world.filter(({ startMs, endMs }) => startMs <= pollMs && endMs > pollMs);
      for (const { id } of active) seen.add(id);
      this.tracker.polled(TARGET, active.map(toSession), this.#now());
    }
    return this;
  }

  #now() {
    return { awsMs: EPOCH_MS + this.#nowMs, monotonicMs: this.#nowMs };
  }

  #lookUpUntil(endMs: number): void {
    for (;;) {
      const dueMs = Math.max(this.tracker.dueMs(EPOCH_MS + this.#nowMs), this.#nowMs);
      if (dueMs >= endMs) return;
      this.#nowMs = dueMs;
      const began = this.#now();
      const lookup = this.tracker.nextLookup(began);
      if (lookup === undefined) throw new Error("a lookup is due, and there is none");
      const { fromMs, toMs } = lookup.window;
      expect(fromMs).toBeLessThanOrEqual(toMs);
      for (let start = 0; ; start += PAGE) {
        this.requestsMs.push(this.#nowMs);
        const visible = this.#events.filter(
          ({ operation, atMs, visibleMs }) =>
            operation === lookup.operation &&
            EPOCH_MS + atMs >= fromMs &&
            EPOCH_MS + atMs <= toMs &&
            visibleMs <= this.#nowMs,
        );
        const { owners, ends } = this.tracker.apply(visible.slice(start, start + PAGE));
        for (const { sessionId, owner } of owners) {
          expect(owner).toEqual(callerOf(sessionId, "StartSession"));
          expect(this.foundMs.has(sessionId)).toBe(false);
          this.foundMs.set(sessionId, this.#nowMs);
        }
        this.ends.push(...ends);
        this.#nowMs += REQUEST_INTERVAL_MS;
        if (start + PAGE >= visible.length) break;
      }
      this.ends.push(...this.tracker.lookedUp(lookup.operation, lookup.window, fromMs, began));
    }
  }
}

function toSession({ id, startMs }: WorldSession): Session {
  return { id, state: "IDLE", startMs: EPOCH_MS + startMs, description: "", engineVersion: "" };
}

function endOf(session: WorldSession): LifeCycleEvent {
  const { startMs, endMs } = session;
  return {
    kind: "ended",
    endState: "TERMINATED",
    session: { ...toSession({ ...session, startMs }), state: "TERMINATED", endMs: EPOCH_MS + endMs },
    idleSeconds: 1200,
  };
}

describe("in random worlds with late, missing and duplicate events", () => {
  test("every active session gets its own owner soon after its event is visible, and no other", () => {
    fc.assert(
      fc.property(arbitraryWorld, (world) => {
        const run = new Run(world).run(3 * HOUR_MS);
        for (const { id, startMs, endMs, startVisibleAfterMs } of world) {
          const foundMs = run.foundMs.get(id);
          if (startVisibleAfterMs === undefined) {
            expect(foundMs).toBeUndefined();
            continue;
          }
          // Known from the next poll on, looked up again after at most a quarter of its age, and other lookups come first.
          const visibleMs = Math.max(startMs + startVisibleAfterMs, startMs, 0);
          const latestMs = visibleMs + POLL_INTERVAL_MS + 0.3 * (visibleMs - startMs) + 3 * MINUTE_MS;
          if (latestMs > Math.min(endMs, 3 * HOUR_MS) - POLL_INTERVAL_MS) continue;
          expect(foundMs).toBeLessThanOrEqual(latestMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("every end of a session is told once: by its caller, or as an idle timeout if there was no call", () => {
    fc.assert(
      fc.property(arbitraryWorld, (world) => {
        const run = new Run(world).run(3 * HOUR_MS);
        const told = run.ends.map(({ event }) => event.session.id);
        expect(new Set(told).size).toBe(told.length);
        for (const { event, endedBy } of run.ends) {
          const session = world.find(({ id }) => id === event.session.id);
          const isCall = session?.endVisibleAfterMs !== undefined;
          expect(endedBy).toEqual(isCall ? callerOf(event.session.id, "TerminateSession") : "idle_timeout");
        }
        const due = world.filter(({ startMs, endMs }) => {
          const firstPollMs = Math.max(0, Math.ceil(startMs / POLL_INTERVAL_MS) * POLL_INTERVAL_MS);
          return endMs > firstPollMs && endMs < 3 * HOUR_MS - 1.5 * DELAY_MS;
        });
        expect(told).toEqual(expect.arrayContaining(due.map(({ id }) => id)));
        const left = run.tracker.close();
        expect(left.every(({ endedBy }) => endedBy === undefined)).toBe(true);
        expect(run.tracker.close()).toEqual([]);
      }),
      { numRuns: 60, examples: [[ALMOST_TOGETHER]] },
    );
  });

  test("nothing is looked up while every active session has its owner", () => {
    fc.assert(
      fc.property(arbitraryWorld, (sessions) => {
        const world = sessions.map((session) => ({
          ...session,
          startMs: Math.min(session.startMs, -HOUR_MS),
          endMs: 100 * HOUR_MS,
          startVisibleAfterMs: 0,
        }));
        const run = new Run(world).run(3 * HOUR_MS);
        expect(run.foundMs.size).toBe(world.length);
        expect(Math.max(...run.requestsMs)).toBeLessThan(
          world.length * REQUEST_INTERVAL_MS + POLL_INTERVAL_MS,
        );
        expect(run.requestsMs.length).toBeLessThanOrEqual(world.length);
      }),
      { numRuns: 60 },
    );
  });
});

test("a session whose event never shows up is looked up ever more rarely, and never given up", () => {
  const never = { startVisibleAfterMs: undefined, isTwice: false, endVisibleAfterMs: undefined };
  const run = new Run([{ ...never, id: "s", startMs: 0, endMs: 1000 * HOUR_MS }]).run(48 * HOUR_MS);
  const inHour = (hour: number) =>
    run.requestsMs.filter((ms) => ms >= hour * HOUR_MS && ms < (hour + 1) * HOUR_MS).length;
  expect(inHour(0)).toBeLessThan(25);
  expect(inHour(24)).toBe(1);
  expect(inHour(46)).toBeGreaterThanOrEqual(1);
});

test("an event that CloudTrail no longer has is not looked up, and an older one of a window neither", () => {
  const tracker = new OwnerTracker({ delayMs: DELAY_MS, minRetryMs: 1000 });
  const now = { awsMs: EPOCH_MS, monotonicMs: 0 };
  const ageMs = 90 * 24 * HOUR_MS;
  const old = { id: "old", state: "IDLE", description: "", engineVersion: "" } as const;
  tracker.polled(
    TARGET,
    [
      { ...old, startMs: EPOCH_MS - ageMs },
      { ...old, id: "no start" },
    ],
    now,
  );
  expect(tracker.dueMs(now.awsMs)).toBe(Infinity);
  expect(tracker.wereStartsLookedUp(now.awsMs)).toBe(true);
  tracker.polled(TARGET, [{ ...old, id: "nearly", startMs: EPOCH_MS - ageMs + 1000 }], now);
  expect(tracker.nextLookup(now)?.window.fromMs).toBe(EPOCH_MS - ageMs);
});

test("an end is not taken for an idle timeout if the pages ended before its window, or the session was not idle", () => {
  const tracker = new OwnerTracker({ delayMs: 1000, minRetryMs: 1000 });
  const world = { id: "s", startMs: -HOUR_MS, endMs: 0 };
  const session: WorldSession = { ...world, startVisibleAfterMs: 0, isTwice: false, endVisibleAfterMs: 0 };
  const now = { awsMs: EPOCH_MS + HOUR_MS, monotonicMs: HOUR_MS };
  const { idleSeconds: _idle, ...busy } = endOf({ ...session, id: "busy" });
  tracker.explainEnd(TARGET, endOf(session), now);
  tracker.explainEnd(TARGET, busy, now);
  const window = { fromMs: EPOCH_MS - HOUR_MS, toMs: EPOCH_MS + MINUTE_MS };
  const idsAndCauses = (ends: readonly ExplainedEnd[]) =>
    ends.map(({ event, endedBy }) => [event.session.id, endedBy]);
  expect(idsAndCauses(tracker.lookedUp("TerminateSession", window, window.fromMs, now))).toEqual([
    ["s", "idle_timeout"],
    ["busy", undefined],
  ]);
  tracker.explainEnd(TARGET, endOf(session), now);
  const cutShort = tracker.lookedUp("TerminateSession", window, EPOCH_MS - MINUTE_MS, now);
  expect(idsAndCauses(cutShort)).toEqual([["s", undefined]]);
});

test("an end is told without cause if lookups fail until CloudTrail would have shown its event", () => {
  const tracker = new OwnerTracker({ delayMs: DELAY_MS, minRetryMs: 1000 });
  const session: WorldSession = {
    id: "s",
    startMs: -HOUR_MS,
    endMs: 0,
    startVisibleAfterMs: 0,
    isTwice: false,
    endVisibleAfterMs: 0,
  };
  tracker.explainEnd(TARGET, endOf(session), { awsMs: EPOCH_MS, monotonicMs: 0 });
  expect(tracker.lookupFailed(EPOCH_MS + DELAY_MS - 1)).toEqual([]);
  expect(tracker.lookupFailed(EPOCH_MS + DELAY_MS)).toMatchObject([{ event: { session: { id: "s" } } }]);
  expect(tracker.close()).toEqual([]);
});

test("targets that are no longer polled are forgotten, and their ends told", () => {
  const tracker = new OwnerTracker({ delayMs: DELAY_MS, minRetryMs: 1000 });
  const now = { awsMs: EPOCH_MS, monotonicMs: 0 };
  const world: WorldSession = {
    id: "s",
    startMs: -HOUR_MS,
    endMs: 0,
    startVisibleAfterMs: 0,
    isTwice: false,
    endVisibleAfterMs: 0,
  };
  tracker.polled(TARGET, [toSession({ ...world, id: "other" })], now);
  tracker.explainEnd(TARGET, endOf(world), now);
  expect(tracker.retain([TARGET])).toEqual([]);
  expect(tracker.retain([]).map(({ event }) => event.session.id)).toEqual(["s"]);
  expect(tracker.dueMs(now.awsMs)).toBe(Infinity);
});

test("sessions that started within half an hour of each other share a lookup, the latest first", () => {
  const never = { startVisibleAfterMs: undefined, isTwice: false, endVisibleAfterMs: undefined };
  const startsMs = [-10, -10.3, -10.6, -20, -30].map((hours) => hours * HOUR_MS);
  const world = startsMs.map((startMs, index) => ({ ...never, id: `s${index}`, startMs, endMs: HOUR_MS }));
  const run = new Run(world).run(10 * MINUTE_MS);
  expect(run.requestsMs).toEqual([0, 5000, 10_000]);
});

test("a session that starts in the future, by a clock that was corrected, is looked up again later", () => {
  const tracker = new OwnerTracker({ delayMs: DELAY_MS, minRetryMs: 15 * SECOND_MS });
  const session = toSession({
    id: "s",
    startMs: 0,
    endMs: HOUR_MS,
    startVisibleAfterMs: 0,
    isTwice: false,
    endVisibleAfterMs: 0,
  });
  tracker.polled(TARGET, [session], { awsMs: EPOCH_MS, monotonicMs: 0 });
  const corrected = { awsMs: EPOCH_MS - HOUR_MS, monotonicMs: MINUTE_MS };
  const lookup = tracker.nextLookup(corrected);
  if (lookup === undefined) throw new Error("there is no lookup");
  tracker.lookedUp(lookup.operation, lookup.window, lookup.window.fromMs, corrected);
  expect(tracker.dueMs(corrected.awsMs)).toBe(MINUTE_MS + 15 * SECOND_MS);
});
