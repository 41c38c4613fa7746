import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LifeCycleCounters, LifeCycleEvent } from "../../src/sessions/life-cycle.ts";
import type { Tracker } from "../../src/sessions/tracker.ts";
import { type Behaviour, QUIET } from "../../src/simulator/behaviour.ts";
import { Fleet } from "../../src/simulator/fleet.ts";
import { RECONCILIATION_POLLS } from "./fake-athena.ts";
import { isEnded, type SimulatedSession } from "../../src/simulator/session.ts";
import { type SuccessfulPoll, EPOCH_MS, SimulatedPolls, WORKGROUP } from "./simulated-polls.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const POLLS = 60;

/** Some sessions last for several polls, some for less than one. */
const MANY_CHANGES: Behaviour = {
  ...QUIET,
  arrivalsPerHour: 40,
  calculations: { min: 1, max: 4 },
  failAtStartShare: 0.1,
  failLaterShare: 0.1,
  degradeShare: 0.15,
  degradedMs: { min: MINUTE_MS, max: 60 * MINUTE_MS },
  idleTimeoutMs: 10 * MINUTE_MS,
  terminatingMs: { min: 2000, max: 6 * MINUTE_MS },
};

const scenarios = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  listsDegraded: fc.boolean(),
  listsTerminating: fc.boolean(),
  pageSize: fc.constantFrom(3, 20, 100),
  emptyPageShare: fc.constantFrom(0, 0.3),
  dropShare: fc.constantFrom(0, 0, 0.05),
  lagMs: fc.constantFrom(0, 30_000, 100_000),
  callMs: fc.constantFrom(0, 300),
  intervalMs: fc.constantFrom(30_000, MINUTE_MS, 4 * MINUTE_MS),
  isScarce: fc.boolean(),
  /** Error of the estimate of AWS' clock at the first poll. */
  firstClockErrorMs: fc.constantFrom(0, 0, HOUR_MS, -HOUR_MS),
  /** The call at which every other poll fails. */
  failures: fc.array(fc.nat({ max: 6 }), { maxLength: POLLS / 2 }),
  /** All polls in this range fail. */
  outage: fc.record({ from: fc.nat({ max: POLLS }), polls: fc.nat({ max: 25 }) }),
});
type Scenario = typeof scenarios extends fc.Arbitrary<infer Value> ? Value : never;

function fleetWith(behaviour: Behaviour, seed: number): Fleet {
  const workgroup = {
    name: WORKGROUP,
    engine: "PySpark engine version 3",
    behaviour,
    warmUpMs: 90 * MINUTE_MS,
    history: 300,
  };
  return new Fleet([{ id: "111111111111", regions: { "eu-west-1": [workgroup] } }], seed, EPOCH_MS);
}

/**
 * Makes the first poll. It shows every change so far, because a change that it misses may or may not be counted. For the same reason nothing
 * changes within the resolution of AWS' clock before it.
 */
function baseline(scenario: Scenario): SimulatedPolls {
  const { listsDegraded, listsTerminating, pageSize, emptyPageShare, dropShare, lagMs } = scenario;
  const settings = { listsDegraded, listsTerminating, pageSize };
  const polls = new SimulatedPolls(fleetWith(MANY_CHANGES, scenario.seed), scenario.seed, settings);
  while (changesBetween(polls, polls.nowMs - 2000, polls.nowMs) > 0) polls.waitMs(1000);
  polls.isScarce = scenario.isScarce;
  polls.clockErrorMs = scenario.firstClockErrorMs;
  polls.poll();
  polls.clockErrorMs = 0;
  polls.waitMs(lagMs);
  Object.assign(polls.settings, { emptyPageShare, dropShare, lagMs });
  polls.callMs = scenario.callMs;
  polls.intervalMs = scenario.intervalMs;
  return polls;
}

function changesBetween({ workgroup }: SimulatedPolls, fromMs: number, toMs: number): number {
  workgroup.advance(toMs);
  return workgroup.sessions.flatMap((session) =>
    session.changesUntil(toMs).filter(({ atMs }) => atMs >= fromMs),
  ).length;
}

/** Returns the states of a session during a time span; empty if it had not started. */
function statesDuring(session: SimulatedSession, fromMs: number, toMs: number): readonly string[] {
  const before = session.changesUntil(fromMs).at(-1);
  const during = session.changesUntil(toMs).filter(({ atMs }) => atMs > fromMs);
  return [...(before ? [before] : []), ...during].map(({ state }) => state);
}

/** Expects each session that was shown to have a state that it had during the poll, and no ended session to be active. */
function expectCorrectStates(polls: SimulatedPolls, { fromMs, toMs }: SuccessfulPoll): void {
  const { active } = polls.tracker;
  const seesFromMs = fromMs - polls.settings.lagMs;
  const wrong: unknown[] = [];
  for (const session of polls.workgroup.sessions) {
    const { id } = session.traits;
    const states = statesDuring(session, seesFromMs, toMs);
    const tracked = active.get(id)?.state;
    const wasShown = polls.shownActive.has(id) || polls.shown.has(id);
    const mayBeAbsent =
      !wasShown || states.length === 0 || states.includes("TERMINATED") || states.includes("FAILED");
    if (tracked === undefined ? !mayBeAbsent : !states.includes(tracked)) wrong.push({ id, tracked, states });
  }
  expect(wrong).toEqual([]);
}

/** Expects each active session that is not tracked to be in a state that unfiltered listings omit, and never to have been tracked. */
function expectUntrackedAreHidden(polls: SimulatedPolls, { toMs }: SuccessfulPoll): void {
  const { settings, tracker, shownActive } = polls;
  const wrong = polls.workgroup.sessions.flatMap((session) => {
    const { id } = session.traits;
    const state = session.statusAt(toMs)?.state;
    if (state === undefined || isEnded(state) || tracker.active.has(id)) return [];
    const isHidden =
      (state === "DEGRADED" && !settings.listsDegraded) ||
      (state === "TERMINATING" && !settings.listsTerminating);
    return isHidden && !shownActive.has(id) ? [] : [{ id, state }];
  });
  expect(wrong).toEqual([]);
}

/** Expects that no ended session is active again, and that no outdated listing changes a session. */
function expectNoRegression(before: Tracker, after: Tracker): void {
  const wrong = [...after.active.values()].filter(({ session }) => {
    const earlier = before.active.get(session.id)?.session ?? before.ended.get(session.id);
    return (
      before.ended.get(session.id) !== undefined ||
      (earlier?.lastModifiedMs ?? 0) > (session.lastModifiedMs ?? 0)
    );
  });
  expect(wrong).toEqual([]);
}

function counterValues(counters: LifeCycleCounters): number[] {
  const { started, ended, degraded, sessionSeconds, idleDpuSeconds, truncatedListings } = counters;
  return [
    started,
    degraded,
    idleDpuSeconds,
    truncatedListings,
    ...Object.values(ended),
    ...Object.values(sessionSeconds),
  ];
}

/** Expects that no event occurs twice and no counter decreases. */
class EventLedger {
  readonly #seen = new Set<string>();
  #numbers: number[] = [];

  add({ findings }: SuccessfulPoll): void {
    const { events, tracker } = findings;
    const twice = events.map(eventKey).filter((key) => this.#seen.has(key) || !this.#seen.add(key));
    expect(twice).toEqual([]);
    const before = this.#numbers;
    this.#numbers = counterValues(tracker.counters);
    expect(before.filter((value, index) => (this.#numbers[index] ?? 0) < value)).toEqual([]);
  }

  has(kind: LifeCycleEvent["kind"], id: string): boolean {
    return this.#seen.has(`${kind} ${id}`);
  }
}

function eventKey({ kind, session }: LifeCycleEvent): string {
  return `${kind} ${session.id}`;
}

/** Polls once an interval; some polls fail. */
function pollRepeatedly(polls: SimulatedPolls, { failures, outage }: Scenario, ledger: EventLedger): void {
  for (let index = 0; index < POLLS; index++) {
    polls.waitMs(polls.intervalMs);
    const isOutage = index >= outage.from && index < outage.from + outage.polls;
    const failsAt = isOutage ? 0 : index % 2 === 1 ? failures[(index - 1) / 2] : undefined;
    if (failsAt !== undefined) {
      polls.failPoll(failsAt);
      continue;
    }
    const before = polls.tracker;
    const poll = polls.poll();
    ledger.add(poll);
    expectCorrectStates(polls, poll);
    expectNoRegression(before, polls.tracker);
    if (polls.settings.lagMs + polls.settings.dropShare + polls.callMs === 0)
      expectUntrackedAreHidden(polls, poll);
  }
}

/** Polls with complete listings, while no time passes, until each reconciliation listing has been made. */
function settle(polls: SimulatedPolls, ledger: EventLedger): void {
  Object.assign(polls.settings, { lagMs: 0, dropShare: 0 });
  polls.callMs = 0;
  for (let index = 0; index < RECONCILIATION_POLLS; index++) ledger.add(polls.poll());
}

/** Returns the number of events that occurred after the first poll in the sessions that `isIncluded` selects. */
function actualEvents(polls: SimulatedPolls, isIncluded: (session: SimulatedSession) => boolean) {
  const baselineMs = EPOCH_MS + polls.tracker.baselineMonotonicMs;
  const entered = (state: string) =>
    polls.workgroup.sessions.filter((session) => {
      const first = session.changesUntil(polls.nowMs).find((change) => change.state === state);
      return first !== undefined && first.atMs > baselineMs && isIncluded(session);
    }).length;
  return {
    started: entered("CREATING"),
    TERMINATED: entered("TERMINATED"),
    FAILED: entered("FAILED"),
    degraded: entered("DEGRADED"),
  };
}

/**
 * Whether the end of a session may remain uncounted: the first poll omitted it, no later poll showed it as active, and it is further back
 * in the history than the two pages that are read of the sessions that started before the first poll.
 */
function mayBeUncounted(polls: SimulatedPolls, session: SimulatedSession): boolean {
  const { tracker, settings, shownActive, workgroup, nowMs } = polls;
  const first = session.statusAt(EPOCH_MS + tracker.baselineMonotonicMs)?.state;
  const wasHidden =
    (first === "DEGRADED" && !settings.listsDegraded) ||
    (first === "TERMINATING" && !settings.listsTerminating);
  const endState = session.statusAt(nowMs)?.state;
  const listedBefore = workgroup.sessions.filter(
    (other) => other.startMs > session.startMs && other.statusAt(nowMs)?.state === endState,
  ).length;
  // Empty pages count as pages.
  const twoPages = settings.emptyPageShare > 0 ? settings.pageSize : 2 * settings.pageSize;
  return wasHidden && !shownActive.has(session.traits.id) && listedBefore >= twoPages;
}

function countedEvents({ tracker: { counters } }: SimulatedPolls) {
  const { started, degraded, ended } = counters;
  return { started, TERMINATED: ended.TERMINATED, FAILED: ended.FAILED, degraded };
}

describe("polls of a busy workgroup", () => {
  test("show the correct state of every session and count every start and end exactly once, whichever polls fail", () => {
    const property = fc.property(scenarios, (scenario) => {
      const polls = baseline(scenario);
      const ledger = new EventLedger();
      pollRepeatedly(polls, scenario, ledger);
      settle(polls, ledger);
      const { degraded, ...startsAndEnds } = countedEvents(polls);
      const atMost = actualEvents(polls, () => true);
      const atLeast = actualEvents(polls, ({ traits: { id } }) => polls.shownActive.has(id));
      if (scenario.dropShare === 0 && polls.tracker.counters.truncatedListings === 0) {
        const { degraded: _, ...expected } = actualEvents(
          polls,
          (session) => ledger.has("ended", session.traits.id) || !mayBeUncounted(polls, session),
        );
        expect(startsAndEnds).toEqual(expected);
      }
      for (const [name, value] of Object.entries(startsAndEnds)) {
        expect(value).toBeLessThanOrEqual(atMost[name as keyof typeof atMost]);
        expect(value).toBeGreaterThanOrEqual(atLeast[name as keyof typeof atLeast]);
      }
      // A DEGRADED state that ends before any poll shows it is not counted.
      expect(degraded).toBeLessThanOrEqual(atMost.degraded);
      expect(degraded).toBeGreaterThanOrEqual(
        actualEvents(polls, ({ traits: { id } }) => polls.shownDegraded.has(id)).degraded,
      );
      expect(polls.tracker.counters.ended.UNKNOWN).toBe(0);
    });
    fc.assert(property, { numRuns: 100 });
  });
});
