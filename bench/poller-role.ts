import { setTimeout as sleep } from "node:timers/promises";
import { AthenaClient, ListSessionsCommand } from "@aws-sdk/client-athena";
import { keepHeapSmall } from "../src/app/heap.ts";
import { Athena } from "../src/athena/athena.ts";
import { OwnCredentials } from "../src/athena/own-credentials.ts";
import { systemClock } from "../src/clock.ts";
import { ExporterMetrics } from "../src/metrics/exporter-metrics.ts";
import { type FleetSize, REGION, workgroupNames } from "./fleet.ts";
import type { RunningRole } from "./running-role.ts";
import { startServedFleet } from "./served-fleet.ts";

export interface PollerSettings {
  readonly size: FleetSize;
  /** As the exporter polls, or as a loop of the SDK's command lists sessions. */
  readonly as: "exporter" | "bare";
}

export interface PollerQuestion {
  readonly polls: number;
}

/** User and system CPU time of one poll, in milliseconds. */
export interface PollerAnswer {
  readonly cpuMs: number;
}

/** Polls, one after the other. */
interface Poller {
  poll(): Promise<void>;
  /** Resolves when the work that polls have caused is done. */
  settle(): Promise<void>;
}

const SESSION_LIMIT = 100;
const PAGE = 100;
/** Text is compressed when it has not changed for a while. */
const COMPRESSION_MS = 700;

export async function start({
  size,
  as,
}: PollerSettings): Promise<RunningRole<true, PollerQuestion, PollerAnswer>> {
  const poller = as === "exporter" ? await exporterPoller(size) : barePoller(size);
  return {
    ready: true,
    async answer({ polls }) {
      const before = process.cpuUsage();
      for (let count = 0; count < polls; count += 1) await poller.poll();
      await poller.settle();
      const { user, system } = process.cpuUsage(before);
      return { cpuMs: (user + system) / 1000 / polls };
    },
  };
}

/** All of a poll: API calls, tracking sessions, the snapshot, its text, and its compression. */
async function exporterPoller(size: FleetSize): Promise<Poller> {
  keepHeapSmall();
  const metrics = new ExporterMetrics({ version: "", revision: "", nodeVersion: process.version }, () => {});
  const { fleet, settle } = startServedFleet(size, SESSION_LIMIT, metrics, fail);
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
  return {
    poll: () => fleet.pollNext(athena),
    async settle() {
      await settle();
      await sleep(COMPRESSION_MS);
    },
  };
}

function barePoller(size: FleetSize): Poller {
  const client = new AthenaClient({ region: REGION });
  const names = workgroupNames(size);
  let next = 0;
  return {
    async poll() {
      const { Sessions: sessions } = await client.send(
        new ListSessionsCommand({ WorkGroup: names[next % names.length], MaxResults: PAGE }),
      );
      next += 1;
      if (sessions?.length !== size.sessions) throw new Error("a listing is not what it should be");
    },
    settle: () => sleep(COMPRESSION_MS),
  };
}

function fail(error: unknown): never {
  throw error;
}
