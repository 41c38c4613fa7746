import { drawDenial, drawFaults } from "./draw-faults.ts";
import { drawSession, drawStarts } from "./draw-sessions.ts";
import {
  drawBehaviour,
  drawFilter,
  drawRateLimit,
  drawReload,
  drawSettings,
  drawTags,
  roleOf,
  type Site,
} from "./draw-settings.ts";
import type {
  AccountSettings,
  Behaviour,
  ClockStepItem,
  Item,
  RotationItem,
  Settings,
  WorkgroupItem,
  World,
} from "./history.ts";
import { Random } from "./random.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Before the world begins there were sessions for so long. */
const PAST_MS = 6 * HOUR;

const ACCOUNTS = ["111111111111", "222222222222", "333333333333"] as const;
const REGIONS = ["eu-west-1", "us-east-1"] as const;
const NAMES = ["etl", "adhoc", "notebooks", "etl-2", "Ld_job.s", "sql-reports", "auto-engine"] as const;

/** Worlds of lower seeds stay as they were when those that failed were pinned; from here on, some intervals are longer. */
export const FIRST_FRESH_SEED = 2 ** 28;

/** A world out of a seed: its configuration and its history. */
export function drawWorld(seed: number): World {
  const random = new Random(seed);
  const ownAccount = ACCOUNTS[0];
  const defaultRegion = REGIONS[0];
  const behaviour = drawBehaviour(random.fork("behaviour"));
  const accounts = drawAccounts(random.fork("accounts"));
  const drawn = drawSettings(random.fork("settings"), accounts);
  const settings = seed < FIRST_FRESH_SEED ? drawn : lengthen(random.fork("long interval"), drawn);
  const durationMs = drawDurationMs(random.fork("duration"), settings.intervalMs ?? MINUTE);
  const rotations = drawRotations(random.fork("rotations"), durationMs);
  const sites = sitesOf(accounts, ownAccount, defaultRegion, rotations);
  const workgroups = sites.flatMap((site) =>
    drawWorkgroups(random.fork(`${site.account} ${site.region}`), site, durationMs),
  );
  const largest = Math.max(...sites.map((site) => workgroups.filter((one) => isAt(one, site)).length));
  const operations = drawOperations(random.fork("operations"), durationMs, accounts, ownAccount);
  const isSharded = random.fork("shards").weighted({ one: 85, several: 15 }) === "several";
  const shards = isSharded ? random.fork("shard count").integer(2, 3) : 1;
  const mostShards = Math.max(
    shards,
    ...operations.map((item) => (item.kind === "restart" ? item.shards : 1)),
  );
  return {
    seed,
    durationMs,
    ownAccount,
    defaultRegion,
    shards,
    behaviour,
    settings: {
      ...settings,
      ...drawRateLimit(random.fork("rate limit"), settings, { workgroups: largest, shards: mostShards }),
    },
    items: [
      ...workgroups,
      ...workgroups.flatMap((workgroup) => drawLives(random.fork(workgroup.id), workgroup, durationMs)),
      ...drawTrouble(random.fork("trouble"), durationMs, sites),
      ...rotations,
      ...drawSteps(random.fork("steps"), durationMs, behaviour),
      ...operations,
    ],
  };
}

function lengthen(random: Random, settings: Settings): Settings {
  const isLong = settings.intervalMs === 5 * MINUTE && random.chance(0.7);
  return isLong ? { ...settings, intervalMs: 15 * MINUTE } : settings;
}

/** Worlds are about as much work each: hours at short intervals, days at long ones. */
function drawDurationMs(random: Random, intervalMs: number): number {
  const hours = 2 + 7.6 * (intervalMs / MINUTE);
  return Math.round(hours * (0.6 + 0.8 * random.fraction())) * HOUR;
}

function drawAccounts(random: Random): AccountSettings[] {
  const kind = random.weighted({ none: 30, own: 25, "own and role": 20, roles: 12, regions: 13 });
  const own: AccountSettings = { regions: [] };
  const role: AccountSettings = {
    role: roleOf(ACCOUNTS[1]),
    regions: random.chance(0.5) ? [] : [REGIONS[1]],
  };
  const accounts = {
    none: [],
    own: [own],
    "own and role": [own, role],
    roles: [role, { role: roleOf(ACCOUNTS[2]), regions: [REGIONS[0]] }],
    regions: [{ regions: [...REGIONS] }],
  }[kind];
  return accounts.map((account) => drawAccountSelection(random, account));
}

function drawAccountSelection(random: Random, account: AccountSettings): AccountSettings {
  const kind = random.weighted({ all: 60, named: 10, filtered: 15, tagged: 15 });
  if (kind === "named") return { ...account, workgroups: ["etl", "adhoc", "etl-2"] };
  if (kind === "filtered") return drawFilter(random, account);
  return kind === "tagged" ? drawTags(random, account) : account;
}

function drawRotations(random: Random, durationMs: number): RotationItem[] {
  if (!random.chance(0.2)) return [];
  return Array.from({ length: random.integer(1, 2) }, () => ({
    kind: "rotation" as const,
    atMs: random.integer(HOUR, durationMs - HOUR),
    account: random.pick(ACCOUNTS),
  }));
}

/** Every account and region that is ever read. */
function sitesOf(
  accounts: readonly AccountSettings[],
  ownAccount: string,
  defaultRegion: string,
  rotations: readonly RotationItem[],
): Site[] {
  const entries: readonly AccountSettings[] = accounts.length > 0 ? accounts : [{ regions: [] }];
  const owners = [ownAccount, ...rotations.map(({ account }) => account)];
  const sites = entries.flatMap(({ role, regions }) =>
    (regions.length > 0 ? regions : [defaultRegion]).flatMap((region) =>
      (role === undefined ? owners : ACCOUNTS.filter((account) => roleOf(account) === role)).map(
        (account) => ({ account, region }),
      ),
    ),
  );
  return [...new Map(sites.map((site) => [`${site.account} ${site.region}`, site])).values()];
}

function isAt({ account, region }: WorkgroupItem, site: Site): boolean {
  return account === site.account && region === site.region;
}

function drawWorkgroups(random: Random, { account, region }: Site, durationMs: number): WorkgroupItem[] {
  const count = random.pick([1, 1, 1, 1, 1, 2, 2, 3, 4]);
  const names = NAMES.filter(() => random.chance(0.6)).slice(0, count);
  return (names.length > 0 ? names : NAMES.slice(0, 1)).flatMap((name) => {
    const isSpark = name !== "sql-reports" && (name !== "auto-engine" || random.chance(0.5));
    const spark = random.pick(["PySpark engine version 3", "Apache Spark version 3.5", "AUTO", ""]);
    const engineVersion = isSpark
      ? spark
      : name === "auto-engine"
        ? random.pick(["AUTO", ""])
        : "Athena engine version 3";
    const tags: Record<string, string> = random.pick([
      {},
      { team: "data" },
      { team: "data", env: "prod" },
      { team: 'with "quotes"\n' },
    ]);
    const workgroup = { kind: "workgroup" as const, account, region, name, engineVersion, isSpark, tags };
    const id = `${account} ${region} ${name}`;
    return drawSpans(random, durationMs).map((span, index) => ({
      ...workgroup,
      id: `${id} ${index}`,
      ...span,
    }));
  });
}

/** When a workgroup is there: mostly always, sometimes deleted, created late, or deleted and created anew. */
function drawSpans(
  random: Random,
  durationMs: number,
): { readonly fromMs: number; readonly untilMs: number }[] {
  const early = random.integer(HOUR, durationMs / 2);
  const late = early + random.magnitude(MINUTE, durationMs / 3);
  const kind = random.weighted({ always: 80, created: 6, deleted: 6, recreated: 8 });
  return {
    always: [{ fromMs: -Infinity, untilMs: Infinity }],
    created: [{ fromMs: early, untilMs: Infinity }],
    deleted: [{ fromMs: -Infinity, untilMs: early }],
    recreated: [
      { fromMs: -Infinity, untilMs: early },
      { fromMs: late, untilMs: Infinity },
    ],
  }[kind];
}

function drawLives(random: Random, workgroup: WorkgroupItem, durationMs: number): Item[] {
  if (!workgroup.isSpark) return [];
  const meanMs = random.pick([30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR]);
  const fromMs = Math.max(workgroup.fromMs, -PAST_MS);
  const untilMs = Math.min(workgroup.untilMs, durationMs);
  const prefix = `${workgroup.id.replaceAll(" ", "-")}-`;
  const sessions = drawStarts(random, fromMs, untilMs, meanMs).map((startMs, index) =>
    drawSession(random, workgroup.id, `${prefix}${index}`, startMs),
  );
  if (!random.chance(0.2)) return sessions;
  return [...sessions, { kind: "mass end", workgroup: workgroup.id, atMs: random.integer(fromMs, untilMs) }];
}

function drawTrouble(random: Random, durationMs: number, sites: readonly Site[]): Item[] {
  const faults = random.chance(0.15) ? 0 : random.integer(1, Math.ceil(durationMs / (2 * HOUR)));
  const denials = random.chance(0.3) ? random.integer(1, 2) : 0;
  return [
    ...drawFaults(random, faults, durationMs, sites, NAMES),
    ...Array.from({ length: denials }, () =>
      drawDenial(random, random.integer(0, durationMs), random.pick(sites)),
    ),
  ];
}

function drawSteps(random: Random, durationMs: number, { lagMs }: Behaviour): ClockStepItem[] {
  const step = { kind: "clock step" as const };
  const wall = random.chance(0.25)
    ? Array.from({ length: random.integer(1, 3) }, () => ({
        ...step,
        clock: "wall" as const,
        atMs: random.integer(0, durationMs),
        byMs: random.pick([-HOUR, HOUR, -5 * SECOND, 5 * SECOND, 90 * SECOND, 40 * HOUR]),
      }))
    : [];
  // Backwards at most so far that a listing which lags as well is not older than two minutes.
  const backMs = -random.integer(1, Math.min(60 * SECOND, 110 * SECOND - lagMs));
  const aws = random.chance(0.1)
    ? [
        {
          ...step,
          clock: "aws" as const,
          atMs: random.integer(0, durationMs),
          byMs: random.pick([backMs, -backMs, HOUR]),
        },
      ]
    : [];
  return [...wall, ...aws];
}

function drawOperations(
  random: Random,
  durationMs: number,
  accounts: readonly AccountSettings[],
  ownAccount: string,
): Item[] {
  const reloads = random.chance(0.5) ? random.integer(1, 4) : 0;
  const restarts = random.chance(0.3) ? random.integer(1, 2) : 0;
  return [
    ...Array.from({ length: reloads }, () =>
      drawReload(random, random.integer(MINUTE, durationMs - MINUTE), accounts, ownAccount),
    ),
    ...Array.from({ length: restarts }, () => ({
      kind: "restart" as const,
      atMs: random.integer(30 * MINUTE, durationMs - 30 * MINUTE),
      downMs: random.magnitude(SECOND, 20 * MINUTE),
      shards: random.pick([1, 1, 1, 1, 2, 3]),
    })),
  ];
}
