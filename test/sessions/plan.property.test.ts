import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LifeCycleCounters } from "../../src/sessions/life-cycle.ts";
import type { LifeCycleEvent } from "../../src/sessions/event.ts";
import type { Tracker } from "../../src/sessions/tracker.ts";
import { type Behaviour, QUIET } from "../../src/simulator/behaviour.ts";
import { Fleet } from "../../src/simulator/fleet.ts";
import { isEnded, type SimulatedSession } from "../../src/simulator/session.ts";
import { type CommittedPoll, EPOCH_MS, INTERVAL_MS, SimulatedPolls, WORKGROUP } from "./simulated-polls.ts";

const MINUTE_MS = 60_000;
/** Every filter has its turn within so many polls. */
const SWEEP_POLLS = 24;
const POLLS = 60;

/** Some sessions live for a few polls, some for less than one; whoever is DEGRADED is so for a whole sweep. */
const LIVELY: Behaviour = {
  ...QUIET,
  arrivalsPerHour: 40,
  calculations: { min: 1, max: 4 },
  failAtStartShare: 0.1,
  failLaterShare: 0.1,
  degradeShare: 0.15,
  degradedMs: { min: 40 * MINUTE_MS, max: 60 * MINUTE_MS },
  idleTimeoutMs: 10 * MINUTE_MS,
  terminatingMs: { min: 2000, max: 3 * MINUTE_MS },
};

const worlds = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  listsDegraded: fc.boolean(),
  listsTerminating: fc.boolean(),
  pageSize: fc.constantFrom(3, 20, 100),
  emptyPageShare: fc.constantFrom(0, 0.3),
  dropShare: fc.constantFrom(0, 0.05),
  lagMs: fc.constantFrom(0, 30_000, 100_000),
  callMs: fc.constantFrom(0, 300),
  /** At which call every other poll fails. */
  failures: fc.array(fc.nat({ max: 6 }), { maxLength: POLLS / 2 }),
});
type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

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

/** The first poll sees a calm Athena: what it does not show is no event, so that the truth could not be told. */
function baseline(world: World): SimulatedPolls {
  const { listsDegraded, listsTerminating, pageSize, emptyPageShare, dropShare, lagMs } = world;
  const settings = { listsDegraded, listsTerminating, pageSize };
  const polls = new SimulatedPolls(fleetWith(LIVELY, world.seed), world.seed, settings);
  polls.poll();
  polls.waitMs(lagMs);
  Object.assign(polls.settings, { emptyPageShare, dropShare, lagMs });
  polls.callMs = world.callMs;
  return polls;
}

/** Which states a session was in at some time of a span; empty where it was not yet there. */
function statesDuring(session: SimulatedSession, fromMs: number, toMs: number): readonly string[] {
  const before = session.changesUntil(fromMs).at(-1);
  const during = session.changesUntil(toMs).filter(({ atMs }) => atMs > fromMs);
  return [...(before ? [before] : []), ...during].map(({ state }) => state);
}

/** Everyone who was ever shown is in a state that it was in during the poll, and nobody lives that had ended before. */
function expectLivingAreRight(polls: SimulatedPolls, { fromMs, toMs }: CommittedPoll): void {
  const { living } = polls.tracker;
  const seesFromMs = fromMs - polls.settings.lagMs;
  const wrong: unknown[] = [];
  for (const session of polls.workgroup.sessions) {
    const { id } = session.traits;
    const states = statesDuring(session, seesFromMs, toMs);
    const tracked = living.get(id)?.state;
    const wasShown = polls.shownAlive.has(id) || polls.shown.has(id);
    const mayBeAbsent = !wasShown || states.length === 0 || states.some((state) => isEnded(state as never));
    if (tracked === undefined ? !mayBeAbsent : !states.includes(tracked)) wrong.push({ id, tracked, states });
  }
  expect(wrong).toEqual([]);
}

/** Who lives and is not shown can only be somebody that an unfiltered listing hides, and that no poll ever saw. */
function expectHiddenAreUnseen(polls: SimulatedPolls, { toMs }: CommittedPoll): void {
  const { settings, tracker, shownAlive } = polls;
  const wrong = polls.workgroup.sessions.flatMap((session) => {
    const { id } = session.traits;
    const state = session.statusAt(toMs)?.state;
    if (state === undefined || isEnded(state) || tracker.living.has(id)) return [];
    const isHidden =
      (state === "DEGRADED" && !settings.listsDegraded) ||
      (state === "TERMINATING" && !settings.listsTerminating);
    return isHidden && !shownAlive.has(id) ? [] : [{ id, state }];
  });
  expect(wrong).toEqual([]);
}

/** What was known of a session gives way to what is later only: nobody rises, and no state returns from a late listing. */
function expectNothingGoesBack(before: Tracker, after: Tracker): void {
  const wrong = [...after.living.values()].filter(({ session }) => {
    const earlier = before.living.get(session.id)?.session ?? before.ended.get(session.id);
    return before.ended.has(session.id) || (earlier?.lastModifiedMs ?? 0) > (session.lastModifiedMs ?? 0);
  });
  expect(wrong).toEqual([]);
}

function numbers(counters: LifeCycleCounters): number[] {
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

/** No event twice, no counter backwards. */
class EventLedger {
  readonly #seen = new Set<string>();
  #numbers: number[] = [];

  add({ findings }: CommittedPoll): void {
    const { events, tracker } = findings;
    const twice = events.map(eventKey).filter((key) => this.#seen.has(key) || !this.#seen.add(key));
    expect(twice).toEqual([]);
    const before = this.#numbers;
    this.#numbers = numbers(tracker.counters);
    expect(before.filter((value, index) => (this.#numbers[index] ?? 0) < value)).toEqual([]);
  }

  has(kind: LifeCycleEvent["kind"], id: string): boolean {
    return this.#seen.has(`${kind} ${id}`);
  }
}

function eventKey({ kind, session }: LifeCycleEvent): string {
  return `${kind} ${session.id}`;
}

/** Polls once an interval; those whose number is a failure's fail at the call that it names. */
function pollOn(polls: SimulatedPolls, failures: readonly number[], ledger: EventLedger): void {
  for (let index = 0; index < POLLS; index++) {
    polls.waitMs(INTERVAL_MS);
    const failsAt = index % 2 === 1 ? failures[(index - 1) / 2] : undefined;
    if (failsAt !== undefined) {
      polls.failPoll(failsAt);
      continue;
    }
    const before = polls.tracker;
    const poll = polls.poll();
    ledger.add(poll);
    expectLivingAreRight(polls, poll);
    expectNothingGoesBack(before, polls.tracker);
    if (polls.settings.lagMs + polls.settings.dropShare + polls.callMs === 0)
      expectHiddenAreUnseen(polls, poll);
  }
}

/** Time stands still, and Athena is itself again, until every reconciling listing had its turn. */
function settle(polls: SimulatedPolls, ledger: EventLedger): void {
  Object.assign(polls.settings, { lagMs: 0, dropShare: 0 });
  polls.callMs = 0;
  for (let index = 0; index < SWEEP_POLLS; index++) ledger.add(polls.poll());
}

/** What truly happened after the baseline, of the sessions that `isMeant`. */
function happened(polls: SimulatedPolls, isMeant: (id: string) => boolean) {
  const { baselineMs } = polls.tracker;
  const entered = (state: string) =>
    polls.workgroup.sessions.filter((session) => {
      const first = session.changesUntil(polls.nowMs).find((change) => change.state === state);
      return first !== undefined && first.atMs > baselineMs && isMeant(session.traits.id);
    }).length;
  return {
    started: entered("CREATING"),
    TERMINATED: entered("TERMINATED"),
    FAILED: entered("FAILED"),
    degraded: entered("DEGRADED"),
  };
}

function counted({ tracker: { counters } }: SimulatedPolls) {
  const { started, degraded, ended } = counters;
  return { started, TERMINATED: ended.TERMINATED, FAILED: ended.FAILED, degraded };
}

describe("polls of a moving workgroup", () => {
  test("every state is right at every poll, and every event is counted once, whatever Athena's day", () => {
    const property = fc.property(worlds, (world) => {
      const polls = baseline(world);
      const ledger = new EventLedger();
      pollOn(polls, world.failures, ledger);
      settle(polls, ledger);
      const isComplete = world.dropShare === 0 && polls.tracker.counters.truncatedListings === 0;
      const all = happened(polls, () => true);
      if (isComplete) expect(counted(polls)).toEqual(all);
      const surely = happened(polls, (id) => polls.shownAlive.has(id));
      for (const [name, value] of Object.entries(counted(polls))) {
        expect(value).toBeLessThanOrEqual(all[name as keyof typeof all]);
        expect(value).toBeGreaterThanOrEqual(surely[name as keyof typeof surely]);
      }
      expect(polls.tracker.counters.ended.UNKNOWN).toBe(0);
    });
    fc.assert(property, { numRuns: 60 });
  });
});
