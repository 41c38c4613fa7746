import type { AccountSettings, Behaviour, ReloadItem, ReloadKind, Settings } from "./history.ts";
import type { Random } from "./random.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Where the world's sessions are: an account in a region, and whether a role reads it. */
export interface Site {
  readonly account: string;
  readonly region: string;
}

export function roleOf(account: string): string {
  return `arn:aws:iam::${account}:role/exporter`;
}

/** The account of a role that `roleOf` made. */
export function accountOf(role: string): string {
  return role.slice("arn:aws:iam::".length, "arn:aws:iam::".length + 12);
}

/** How Athena behaves in one world. */
export function drawBehaviour(random: Random): Behaviour {
  const slowestMs = random.pick([50, 200, 200, 1000]);
  return {
    listsDegraded: random.chance(0.5),
    listsTerminating: random.chance(0.5),
    lagMs: random.chance(0.5) ? 0 : random.magnitude(SECOND, 45 * SECOND),
    pageSize: random.pick([3, 10, 25, 100, 100, 100]),
    shortPages: random.chance(0.3) ? 0.2 : 0,
    repeats: random.chance(0.3) ? 0.3 : 0,
    unknownIdReason: random.pick(["invalid_request", "not_found"]),
    remembersDeleted: random.chance(0.5),
    latencyMs: [10, slowestMs],
  };
}

/** The configuration at the start of a world. */
export function drawSettings(random: Random, accounts: readonly AccountSettings[]): Settings {
  const intervalMs = drawIntervalMs(random);
  return {
    ...(intervalMs !== undefined && { intervalMs }),
    ...(random.chance(0.3) && { concurrency: random.pick([1, 2, 4]) }),
    ...(random.chance(0.3) && { timeoutMs: 5 * SECOND, deadlineMs: 20 * SECOND }),
    ...(random.chance(0.4) && { reconcileIntervalMs: random.magnitude(2 * MINUTE, 30 * MINUTE) }),
    ...(random.chance(0.4) && { staleAfterMs: random.magnitude(MINUTE, 15 * MINUTE) }),
    ...(random.chance(0.4) && { discoveryIntervalMs: random.magnitude(MINUTE, 15 * MINUTE) }),
    ...(accounts.length > 0 && { accounts }),
    ...drawThresholds(random),
    ...(random.chance(0.3) && drawPerSession(random)),
    ...(random.chance(0.3) && { details: true }),
  };
}

/** Undefined for the default, a minute. Long ones are drawn more often, as their days cost less. */
function drawIntervalMs(random: Random): number | undefined {
  return random.pick([
    15 * SECOND,
    30 * SECOND,
    undefined,
    undefined,
    ...Array.from({ length: 3 }, () => 2 * MINUTE),
    ...Array.from({ length: 10 }, () => 5 * MINUTE),
  ]);
}

/** Absent for the default, else one that suffices, or one that does not, for the workgroups of one account and region. */
export function drawRateLimit(
  random: Random,
  { intervalMs = MINUTE, discoveryIntervalMs = 5 * MINUTE }: Settings,
  { workgroups, shards }: { readonly workgroups: number; readonly shards: number },
): Pick<Settings, "rateLimit"> {
  const kind = random.weighted({ default: 60, sufficient: 20, insufficient: 20 });
  if (kind === "default") return {};
  // Discovery goes first, so that nothing is ever polled where the limit does not even suffice for its few requests.
  const forDiscovery = (3 * SECOND) / Math.min(discoveryIntervalMs, 5 * MINUTE);
  const forPolls = ((kind === "sufficient" ? 4 : 0.6) * workgroups * SECOND) / intervalMs;
  return { rateLimit: Math.max(0.01, Math.round((forPolls + forDiscovery) * shards * 1000) / 1000) };
}

function drawThresholds(random: Random): Pick<Settings, "idleThresholdsSeconds"> {
  if (random.chance(0.5)) return {};
  return { idleThresholdsSeconds: random.pick([[60], [30, 600, 3600], [1], [900, 1800, 3600, 14400]]) };
}

function drawPerSession(
  random: Random,
): Pick<Settings, "perSessionEnabled" | "perSessionLimit" | "perSessionTotalLimit"> {
  if (random.chance(0.2)) return { perSessionEnabled: false };
  return {
    perSessionLimit: random.pick([1, 3, 100]),
    perSessionTotalLimit: random.pick([2, 5, 10_000]),
  };
}

/** One reload of a world. */
export function drawReload(
  random: Random,
  atMs: number,
  accounts: readonly AccountSettings[],
  ownAccount: string,
): ReloadItem {
  if (random.fork(`role at ${atMs}`).chance(0.1)) {
    return { kind: "reload", atMs, change: "own account by role", patch: ownByRole(accounts, ownAccount) };
  }
  // Forks, so that the other reloads of a seed stay as they were.
  if (random.fork(`rate at ${atMs}`).chance(0.1)) {
    return { kind: "reload", atMs, change: "rate limit", patch: { rateLimit: 0.02 } };
  }
  const change = random.weighted<OtherReloadKind>({
    nothing: 3,
    invalid: 2,
    interval: 3,
    "rate limit": 2,
    thresholds: 2,
    details: 2,
    "per session": 2,
    filter: 3,
    tags: 2,
    "remove account": accounts.length > 1 ? 3 : 0,
    "restore account": accounts.length > 1 ? 2 : 0,
    "name workgroups": accounts.length > 0 ? 1 : 0,
  });
  return { kind: "reload", atMs, change, patch: drawPatch(random, change, accounts) };
}

type OtherReloadKind = Exclude<ReloadKind, "own account by role">;

/** The process' own account is read by a role of its own from now on. */
function ownByRole(accounts: readonly AccountSettings[], ownAccount: string): Partial<Settings> {
  const all = accounts.length > 0 ? accounts : [{ regions: [] }];
  return { accounts: all.map((account) => ({ role: roleOf(ownAccount), ...account })) };
}

function drawPatch(
  random: Random,
  change: OtherReloadKind,
  accounts: readonly AccountSettings[],
): Partial<Settings> {
  const [first, ...others] = accounts;
  const patches: Readonly<Record<OtherReloadKind, () => Partial<Settings>>> = {
    nothing: () => ({}),
    invalid: () => ({}),
    interval: () => ({ intervalMs: random.pick([15 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE]) }),
    "rate limit": () => ({ rateLimit: random.pick([1, 2, 5, 10]) }),
    thresholds: () => ({
      idleThresholdsSeconds: random.pick([[60], [120, 240], [900, 3600, 14_400]]),
    }),
    details: () => ({ details: random.chance(0.5) }),
    "per session": () => ({ perSessionEnabled: random.chance(0.8), ...drawPerSession(random) }),
    filter: () => ({ accounts: changeOne(accounts, random, drawFilter) }),
    tags: () => ({ accounts: changeOne(accounts, random, drawTags) }),
    "remove account": () => ({
      accounts: first === undefined ? [] : [first, ...others.map((other) => ({ ...other, isRemoved: true }))],
    }),
    "restore account": () => ({ accounts }),
    "name workgroups": () => ({
      accounts: changeOne(accounts, random, (_, account) => ({
        ...unfiltered(account),
        workgroups: ["etl", "adhoc"],
      })),
    }),
  };
  return patches[change]();
}

function changeOne(
  accounts: readonly AccountSettings[],
  random: Random,
  change: (random: Random, account: AccountSettings) => AccountSettings,
): AccountSettings[] {
  const all = accounts.length > 0 ? accounts : [{ regions: [] }];
  const index = random.integer(0, all.length - 1);
  return all.map((account, other) => (other === index ? change(random, account) : account));
}

function unfiltered({ role, regions }: AccountSettings): AccountSettings {
  return { ...(role !== undefined && { role }), regions };
}

/** Which of the discovered workgroups an account's entry wants. */
export function drawFilter(random: Random, account: AccountSettings): AccountSettings {
  const filter = random.pick([
    {},
    { include: "^[a-e]" },
    { exclude: "^sql|-2$" },
    { include: "l", exclude: "^n" },
  ]);
  return { ...unfiltered(account), ...filter };
}

/** Which tags an account's entry wants, or shows. */
export function drawTags(random: Random, account: AccountSettings): AccountSettings {
  const tags = random.pick([
    { tagLabels: ["team"] },
    { tags: { team: "data" } },
    { tagLabels: ["team", "env"], tags: { env: "prod" } },
  ]);
  return { ...unfiltered(account), ...tags };
}
