import * as fc from "fast-check";
import { Fleet } from "../../src/simulator/fleet.ts";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import type { SessionOptions } from "../../src/simulator/workgroup.ts";
import { EPOCH_MS, INTERVAL_MS, SimulatedPolls, WORKGROUP } from "./simulated-polls.ts";

export const LIVING = ["CREATING", "CREATED", "IDLE", "BUSY", "TERMINATING", "DEGRADED"] as const;
export const ACTIVE = ["CREATING", "CREATED", "IDLE", "BUSY"] as const;
export const PLACE = { workgroup: WORKGROUP };

/** Both answers to what nobody knows of unfiltered listings. */
export const unknowns = fc.record({ listsDegraded: fc.boolean(), listsTerminating: fc.boolean() });

/** A workgroup into which nothing starts by itself, with a long history. */
export function calm(
  settings: Partial<SimulatorSettings>,
  { sessions = [], history = 2000 }: { sessions?: readonly SessionOptions[]; history?: number } = {},
) {
  const workgroup = { name: WORKGROUP, engine: "PySpark engine version 3", history, sessions };
  const fleet = new Fleet([{ id: "111111111111", regions: { "eu-west-1": [workgroup] } }], 1, EPOCH_MS);
  return { fleet, polls: new SimulatedPolls(fleet, 1, settings) };
}

/** Sessions of some minutes' age, in these states in turn; their ids are "session 0" and so on. */
export function started(count: number, states: readonly SessionOptions["state"][]): SessionOptions[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `session ${index}`,
    state: states[index % states.length] ?? "IDLE",
    startMs: EPOCH_MS - 600_000 - index * 1000,
    atMs: EPOCH_MS - 300_000,
  }));
}

/** Polls so many times, an interval apart. */
export function totalCalls(polls: SimulatedPolls, count: number): number {
  let calls = 0;
  for (let index = 0; index < count; index++) {
    polls.waitMs(INTERVAL_MS);
    calls += polls.poll().calls;
  }
  return calls;
}
