import { describe, expect, test } from "vitest";
import { type Behaviour, QUIET } from "../../src/simulator/behaviour.ts";
import { COUNTED_STATES } from "../../src/sessions/session.ts";
import { SESSION_STATES } from "../../src/simulator/session.ts";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import type { WorkgroupTruth } from "../../src/simulator/truth.ts";
import { SteppedClock } from "./stepped-clock.ts";
import { SPARK, startWorld, type World } from "./world.ts";

const STEP_MS = 300;
const STEPS = 12;
/** Each of the four reconciliation listings has its turn within so many polls: one listing in eight polls. */
const SWEEP_POLLS = 34;
const WORKGROUPS = ["etl", "notebooks"];

/** Lives of some seconds; who is DEGRADED is so until the end. */
const HASTY: Behaviour = {
  ...QUIET,
  arrivalsPerHour: 6 * 3600,
  creatingMs: { min: 50, max: 400 },
  createdMs: { min: 50, max: 200 },
  calculations: { min: 1, max: 3 },
  busyMs: { min: 100, max: 800 },
  pauseMs: { min: 50, max: 500 },
  failAtStartShare: 0.1,
  failLaterShare: 0.15,
  degradeShare: 0.2,
  degradedMs: { min: 60_000, max: 60_000 },
  idleTimeoutMs: 600,
  terminatingMs: { min: 50, max: 600 },
};

const DAYS: readonly Partial<SimulatorSettings>[] = [
  { listsDegraded: true, listsTerminating: true },
  { listsDegraded: false, listsTerminating: true, unknownSessionError: "InvalidRequestException" },
  { listsDegraded: true, listsTerminating: false, pageSize: 7 },
  { listsDegraded: false, listsTerminating: false, pageSize: 10, emptyPageShare: 0.3 },
  {
    listsDegraded: false,
    listsTerminating: false,
    unknownSessionError: "InvalidRequestException",
    pageSize: 3,
  },
];

interface Setting {
  readonly world: World;
  readonly clock: SteppedClock;
  /** Ids that an unfiltered listing showed alive; of the others it may hide what is DEGRADED or TERMINATING. */
  readonly shown: Set<string>;
  readonly baselineMs: number;
}

async function startMoving(settings: Partial<SimulatorSettings>, seed: number): Promise<Setting> {
  const clock = new SteppedClock();
  const atMs = clock.wallMs();
  const sessions = SESSION_STATES.map((state) => ({ state, atMs: atMs - 60_000, startMs: atMs - 120_000 }));
  const workgroups = WORKGROUPS.map((name) => ({
    name,
    engine: SPARK,
    behaviour: HASTY,
    sessions,
    history: 150,
  }));
  const world = await startWorld({ clock, seed, settings, workgroups, poll: { intervalMs: 10 } });
  const setting = { world, clock, shown: new Set<string>(), baselineMs: atMs };
  await step(setting, 0);
  return setting;
}

/** Steps the clock, and waits until every workgroup was polled after the step; the fleet stands still meanwhile. */
async function step({ world, clock }: Setting, ms: number): Promise<void> {
  const successes = (workgroup: string) =>
    world.pollsOf(workgroup).filter(({ outcome }) => "findings" in outcome).length;
  clock.step(ms);
  const before = new Map(WORKGROUPS.map((workgroup) => [workgroup, successes(workgroup)]));
  // The next poll to end may have begun before the step; the one after that has not.
  await world.until("every workgroup polled after the step", () =>
    WORKGROUPS.every((workgroup) => successes(workgroup) >= (before.get(workgroup) ?? 0) + 2),
  );
}

function truthOf({ world, clock, baselineMs }: Setting, workgroup: string): WorkgroupTruth {
  const truth = world.simulator.fleet
    .truth(clock.wallMs(), baselineMs)
    .find((truth) => truth.workgroup === workgroup);
  if (truth === undefined) throw new Error(`the simulator has no workgroup ${workgroup}`);
  return truth;
}

/** The states that the board tells, and those that are so, of every session that an answer may have shown. */
function statesOf(setting: Setting, workgroup: string) {
  const { listsDegraded, listsTerminating } = setting.world.simulator.settings;
  const isHidden = (state: string) =>
    (state === "DEGRADED" && !listsDegraded) || (state === "TERMINATING" && !listsTerminating);
  const snapshot = setting.world.view(workgroup).snapshot;
  const told = new Map(snapshot?.rows.map(({ id, state }) => [id, state]));
  const { active } = truthOf(setting, workgroup);
  for (const { id, state } of active) if (!isHidden(state)) setting.shown.add(id);
  const known = active.filter(({ id }) => setting.shown.has(id) || told.has(id));
  return { told, true: new Map(known.map(({ id, state }) => [id, state])), counts: snapshot?.sessions };
}

function countByState(states: ReadonlyMap<string, string>) {
  return Object.fromEntries(
    COUNTED_STATES.map((state) => [state, [...states.values()].filter((other) => other === state).length]),
  );
}

function seriesTwice(world: World): string[] {
  const series = world
    .boardLines()
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.slice(0, line.lastIndexOf(" ")));
  return series.filter((name, index) => series.indexOf(name) !== index);
}

describe.each(DAYS.map((settings, index) => ({ settings, seed: index + 1 })))(
  "a fleet that moves, with $settings",
  ({ settings, seed }) => {
    test("is shown as it is at every poll, and every start, end and degradation is counted once", async () => {
      const setting = await startMoving(settings, seed);
      const { world } = setting;
      for (let index = 0; index < STEPS; index++) {
        for (const workgroup of WORKGROUPS) {
          const { told, true: isTrue, counts } = statesOf(setting, workgroup);
          expect(told).toEqual(isTrue);
          expect(counts).toEqual(countByState(isTrue));
        }
        expect(seriesTwice(world)).toEqual([]);
        await step(setting, STEP_MS);
      }
      await Promise.all(WORKGROUPS.map(async (workgroup) => world.nextPolls(workgroup, SWEEP_POLLS)));
      for (const workgroup of WORKGROUPS) {
        const { started, terminated, failed, degraded } = truthOf(setting, workgroup).since;
        expect(started).toBeGreaterThan(5);
        expect(world.view(workgroup).counters).toMatchObject({
          started,
          degraded,
          ended: { TERMINATED: terminated, FAILED: failed, UNKNOWN: 0 },
          truncatedListings: 0,
        });
      }
    });
  },
);
