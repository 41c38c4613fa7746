import * as fc from "fast-check";
import { Fleet } from "../../src/simulator/fleet.ts";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import type { SessionOptions } from "../../src/simulator/workgroup.ts";
export { ACTIVE_STATES } from "../../src/sessions/session.ts";
import { EPOCH_MS, INTERVAL_MS, SimulatedPolls, WORKGROUP } from "./simulated-polls.ts";

/** The active states that every unfiltered listing includes. */
export const ALWAYS_LISTED = ["CREATING", "CREATED", "IDLE", "BUSY"] as const;
export const LOCATION = { workgroup: WORKGROUP };

/** AWS does not document whether unfiltered listings include DEGRADED and TERMINATING sessions, so tests cover both. */
export const undocumentedSettings = fc.record({
  listsDegraded: fc.boolean(),
  listsTerminating: fc.boolean(),
});

/** A workgroup whose sessions change only when tests change them, with a long history of ended sessions. */
export function staticWorkgroup(
  settings: Partial<SimulatorSettings>,
  { sessions = [], history = 2000 }: { sessions?: readonly SessionOptions[]; history?: number } = {},
) {
  const workgroup = { name: WORKGROUP, engine: "PySpark engine version 3", history, sessions };
  const fleet = new Fleet([{ id: "111111111111", regions: { "eu-west-1": [workgroup] } }], 1, EPOCH_MS);
  return { fleet, polls: new SimulatedPolls(fleet, 1, settings) };
}

/** Sessions that started some minutes ago, in the given states in turn, with the ids "session 0", "session 1", and so on. */
export function startedSessions(count: number, states: readonly SessionOptions["state"][]): SessionOptions[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `session ${index}`,
    state: states[index % states.length] ?? "IDLE",
    startMs: EPOCH_MS - 600_000 - index * 1000,
    atMs: EPOCH_MS - 300_000,
  }));
}

/** Polls `count` times, an interval apart, and returns the number of requests. */
export function totalCalls(polls: SimulatedPolls, count: number): number {
  let calls = 0;
  for (let index = 0; index < count; index++) {
    polls.waitMs(INTERVAL_MS);
    calls += polls.poll().calls;
  }
  return calls;
}
