import { AthenaClient, ListSessionsCommand } from "@aws-sdk/client-athena";
import { Athena } from "../src/athena/athena.ts";
import { OwnCredentials } from "../src/athena/own-credentials.ts";
import { systemClock } from "../src/clock.ts";
import { WorkgroupSegments } from "../src/exposition/workgroup-segments.ts";
import { WORKGROUP_FAMILIES } from "../src/metrics/workgroup-lines.ts";
import { ExporterMetrics } from "../src/metrics/exporter-metrics.ts";
import { type FleetSize, REGION, workgroupNames } from "./fleet.ts";
import type { RunningRole } from "./running-role.ts";
import { PolledFleet } from "./polled-fleet.ts";

export interface PollerQuestion {
  readonly rounds: number;
  readonly pollsARound: number;
}

/** CPU time of one poll, in milliseconds, a number a round. */
export interface PollerAnswer {
  readonly bareMs: readonly number[];
  readonly exporterMs: readonly number[];
}

const SESSION_LIMIT = 100;
const PAGE = 100;

/** Polls in turns as the exporter does, and as a bare loop of the SDK does. */
export async function start(size: FleetSize): Promise<RunningRole<true, PollerQuestion, PollerAnswer>> {
  const exporter = await exporterPolls(size);
  const bare = bareListings(size);
  return {
    ready: true,
    async answer({ rounds, pollsARound }) {
      const bareMs: number[] = [];
      const exporterMs: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        bareMs.push(await cpuMs(bare, pollsARound));
        exporterMs.push(await cpuMs(exporter, pollsARound));
      }
      return { bareMs, exporterMs };
    },
  };
}

/** All of a poll: API calls, tracking sessions, the snapshot, and its text. */
async function exporterPolls(size: FleetSize): Promise<() => Promise<void>> {
  const metrics = new ExporterMetrics({ version: "", revision: "", nodeVersion: process.version }, () => {});
  const fleet = new PolledFleet(size, SESSION_LIMIT, new WorkgroupSegments(WORKGROUP_FAMILIES, systemClock));
  const { key } = fleet.accountRegion;
  metrics.addAccountRegion(key, fleet.accountRegion, ["ListSessions"]);
  const athena = new Athena({
    region: REGION,
    ownCredentials: new OwnCredentials(systemClock),
    timeoutMs: 10_000,
    version: "bench",
    clock: systemClock,
    observer: (attempt) => metrics.recordAttempt(key, attempt),
  });
  await fleet.pollAll(athena);
  return () => fleet.pollNext(athena);
}

function bareListings(size: FleetSize): () => Promise<void> {
  const client = new AthenaClient({ region: REGION });
  const names = workgroupNames(size);
  let next = 0;
  return async () => {
    const { Sessions: sessions } = await client.send(
      new ListSessionsCommand({ WorkGroup: names[next % names.length], MaxResults: PAGE }),
    );
    next += 1;
    if (sessions?.length !== size.sessions) throw new Error("a listing is not what it should be");
  };
}

async function cpuMs(work: () => Promise<void>, times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < times; count += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}
