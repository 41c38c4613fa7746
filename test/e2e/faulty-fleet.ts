import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { AccountOptions } from "../../src/simulator/account.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import { type Exporter, startExporter } from "./exporter.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { ACCOUNT_ID, KEY, REGION, ROLE } from "./test-simulator.ts";

export const OTHER_ACCOUNT_ID = "222222222222";
/** An account whose role cannot be assumed. */
export const LOCKED_ACCOUNT_ID = "333333333333";
export const OTHER_REGION = "us-east-1";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ENGINE = "PySpark engine version 3";
/** The exporter reads at most five pages of ended sessions per listing, so that ENDED_SESSIONS do not fit. */
const PAGE_SIZE = 4;
const ENDED_SESSIONS = 30;

const role = (accountId: string, regions: readonly string[]) => ({
  role_arn: `arn:aws:iam::${accountId}:role/${ROLE.name}`,
  external_id: ROLE.externalId,
  regions,
});
const CONFIG = {
  poll: { interval: "1s", rate_limit: 1000, reconcile_interval: "1s" },
  accounts: [
    { regions: [REGION, OTHER_REGION] },
    role(OTHER_ACCOUNT_ID, [REGION]),
    { ...role(LOCKED_ACCOUNT_ID, [REGION]), workgroups: ["etl"] },
  ],
  sessions: { details: true, per_session: { limit: 6 } },
};

/** A simulated fleet to inject faults into, and the exporters that poll it. */
export interface FaultyFleet {
  readonly simulator: Simulator;
  /** Two exporters that poll the same workgroups. */
  readonly exporters: readonly [Exporter, Exporter];
  /** Causes every kind of failure; to be called after successful polls of both exporters. */
  readonly injectFaults: () => Promise<void>;
}

/** Starts several accounts and regions with sessions of all kinds, and two exporters that poll all of them. */
export async function startFaultyFleet(): Promise<FaultyFleet> {
  const simulator = await startSimulator({ clock: systemClock, accounts: accounts(Date.now()) });
  onTestFinished(() => simulator.close());
  const path = join(await temporaryFolder(), "config.yaml");
  await writeFile(path, JSON.stringify(CONFIG));
  const { environment } = simulator;
  const start = async () => (await startExporter([`--config.file=${path}`], { environment })).untilReady();
  const exporters = await Promise.all([start(), start()]);
  const injectFaults = async () => {
    injectWorkgroupFaults(simulator);
    await writeFile(path, "poll: {intervall: 1s}");
    for (const { program } of exporters) program.signal("SIGHUP");
  };
  return { simulator, exporters, injectFaults };
}

function injectWorkgroupFaults({ fleet, faults, settings }: Simulator): void {
  const place = { workgroup: "etl" };
  const nowMs = systemClock.wallMs();
  const start = () => fleet.addSession(place, { state: "BUSY", atMs: nowMs });
  fleet.moveSession(place, start(), "DEGRADED", nowMs, "Session has no healthy coordinators");
  fleet.moveSession(place, start(), "FAILED", nowMs, "out of memory");
  for (let count = 0; count < ENDED_SESSIONS; count++) {
    fleet.moveSession(place, start(), "TERMINATED", nowMs, "Session was terminated per request");
  }
  endIdleSession(fleet, nowMs);
  start();
  settings.pageSize = PAGE_SIZE;
  faults.add({ kind: "access-denied", workgroup: "locked" });
  faults.add({ kind: "throttled", workgroup: "slow" });
}

/** Ends a session that the exporters have seen idle. */
function endIdleSession(fleet: Simulator["fleet"], nowMs: number): void {
  const etl = fleet
    .truth(nowMs)
    .find((truth) => truth.accountId === ACCOUNT_ID && truth.region === REGION && truth.workgroup === "etl");
  const idle = etl?.active.find(({ state }) => state === "IDLE");
  if (idle === undefined) throw new Error("no idle session to end");
  fleet.moveSession({ workgroup: "etl" }, idle.id, "TERMINATED", nowMs, "Session was terminated per request");
}

function accounts(nowMs: number): readonly AccountOptions[] {
  const idle = (minutes: number) => ({
    state: "IDLE" as const,
    atMs: nowMs - minutes * MINUTE_MS,
    startMs: nowMs - 26 * HOUR_MS,
    description: `notebook of ${minutes} minutes`,
    maxDpus: 20,
  });
  const workgroup = (name: string, sessions: AccountOptions["regions"][string][number]["sessions"] = []) => ({
    name,
    engine: ENGINE,
    sessions,
  });
  const etl = workgroup("etl", [
    ...[1, 20, 50, 90, 300, 600].map(idle),
    {
      state: "BUSY",
      atMs: nowMs - 13 * HOUR_MS,
      startMs: nowMs - 14 * HOUR_MS,
      description: "backfill",
      maxDpus: 20,
    },
    { state: "CREATING", atMs: nowMs - 30 * MINUTE_MS, description: "stuck" },
  ]);
  const locked = workgroup("locked", [idle(30)]);
  const others = [workgroup("slow"), workgroup("note.books", [idle(5)])];
  return [
    {
      id: ACCOUNT_ID,
      keys: [KEY],
      regions: { [REGION]: [etl, locked, ...others], [OTHER_REGION]: [workgroup("etl", [idle(2)])] },
    },
    { id: OTHER_ACCOUNT_ID, roles: [ROLE], regions: { [REGION]: [workgroup("etl", [idle(70)])] } },
    { id: LOCKED_ACCOUNT_ID, regions: { [REGION]: [workgroup("etl")] } },
  ];
}
