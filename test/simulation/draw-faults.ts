import { FAULT_TYPES, OPERATIONS, type FaultItem, type Operation } from "./history.ts";
import type { Random } from "./random.ts";
import type { Site } from "./draw-settings.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const WEIGHTS: Readonly<Record<Operation, number>> = {
  ListSessions: 40,
  GetSessionStatus: 20,
  GetSession: 8,
  ListWorkGroups: 18,
  ListTagsForResource: 5,
  GetCallerIdentity: 10,
};

/** One outage, from a single request to an hour; some of everything, some of one operation somewhere. */
function drawFault(
  random: Random,
  fromMs: number,
  sites: readonly Site[],
  workgroups: readonly string[],
): FaultItem {
  const type = random.pick(FAULT_TYPES);
  const isEverywhere = random.chance(0.2);
  const site = random.pick(sites);
  const operation = random.chance(0.25) ? undefined : random.weighted(WEIGHTS);
  return {
    kind: "fault",
    type,
    fromMs,
    untilMs: fromMs + drawDurationMs(random),
    share: random.chance(0.7) ? 1 : random.pick([0.05, 0.3, 0.7]),
    ...(!isEverywhere && { account: site.account, region: site.region }),
    ...(operation !== undefined && { operation }),
    ...(operation === "ListSessions" && random.chance(0.4) && { workgroup: random.pick(workgroups) }),
    ...(operation === "ListSessions" && random.chance(0.2) && { laterPagesOnly: true as const }),
  };
}

/** A few faults that every operation has to meet, however short a run is. */
export function drawFaults(
  random: Random,
  count: number,
  durationMs: number,
  sites: readonly Site[],
  workgroups: readonly string[],
): FaultItem[] {
  return Array.from({ length: count }, () =>
    drawFault(random, random.integer(0, durationMs - 1), sites, workgroups),
  );
}

/** A permission that is missing for hours. */
export function drawDenial(random: Random, fromMs: number, site: Site): FaultItem {
  return {
    kind: "fault",
    type: "access_denied",
    fromMs,
    untilMs: fromMs + random.magnitude(10 * MINUTE, 3 * HOUR),
    share: 1,
    account: site.account,
    region: site.region,
    operation: random.pick(OPERATIONS),
  };
}

function drawDurationMs(random: Random): number {
  return random.chance(0.3) ? random.magnitude(100, 10 * SECOND) : random.magnitude(10 * SECOND, HOUR);
}
