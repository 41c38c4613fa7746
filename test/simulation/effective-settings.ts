import { accountOf } from "./draw-settings.ts";
import type { AccountSettings, Settings, WorkgroupItem } from "./history.ts";

/** Settings with the defaults that the configuration's documentation gives. */
export interface EffectiveSettings {
  readonly intervalMs: number;
  readonly rateLimit: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly reconcileIntervalMs: number;
  readonly staleAfterMs: number;
  readonly discoveryIntervalMs: number;
  readonly accounts: readonly AccountSettings[];
  readonly idleThresholdsSeconds: readonly number[];
  readonly perSessionEnabled: boolean;
  readonly perSessionLimit: number;
  readonly perSessionTotalLimit: number;
  readonly details: boolean;
}

const DEFAULTS: EffectiveSettings = {
  intervalMs: 60_000,
  rateLimit: 5,
  concurrency: 10,
  timeoutMs: 10_000,
  deadlineMs: 60_000,
  reconcileIntervalMs: 600_000,
  staleAfterMs: 300_000,
  discoveryIntervalMs: 300_000,
  accounts: [{ regions: [] }],
  idleThresholdsSeconds: [900, 3600, 14_400],
  perSessionEnabled: true,
  perSessionLimit: 100,
  perSessionTotalLimit: 10_000,
  details: false,
};

/** What is in force. */
export function effective(settings: Settings): EffectiveSettings {
  const all = { ...DEFAULTS, ...settings };
  return { ...all, accounts: all.accounts.filter(({ isRemoved }) => isRemoved !== true) };
}

/** An account and region that is configured, and the entries that select workgroups there. */
export interface ConfiguredSite {
  /** Undefined: the process' own, whichever that is. */
  readonly roleAccount: string | undefined;
  readonly region: string;
  readonly entries: readonly AccountSettings[];
}

/** Every configured account and region, each once. */
export function configuredSites({ accounts }: EffectiveSettings, defaultRegion: string): ConfiguredSite[] {
  const sites = new Map<string, ConfiguredSite>();
  for (const entry of accounts) {
    for (const region of entry.regions.length > 0 ? entry.regions : [defaultRegion]) {
      const roleAccount = entry.role === undefined ? undefined : accountOf(entry.role);
      const key = `${roleAccount ?? ""} ${region}`;
      const entries = [...(sites.get(key)?.entries ?? []), entry];
      sites.set(key, { roleAccount, region, entries });
    }
  }
  return [...sites.values()];
}

/** Whether an entry selects a workgroup: "maybe" where only tags, or an answer of ListSessions, can tell. */
export function selects(entry: AccountSettings, workgroup: WorkgroupItem): boolean | "maybe" {
  const { name, engineVersion, isSpark } = workgroup;
  if (entry.workgroups !== undefined) return entry.workgroups.includes(name);
  if (entry.include !== undefined && !new RegExp(entry.include).test(name)) return false;
  if (entry.exclude !== undefined && new RegExp(entry.exclude).test(name)) return false;
  const hasTags = Object.entries(entry.tags ?? {}).every(([key, value]) => workgroup.tags[key] === value);
  if (!hasTags) return false;
  const tellsEngine = engineVersion !== "" && engineVersion !== "AUTO";
  if (tellsEngine && !isSpark) return false;
  return entry.tags !== undefined || !tellsEngine ? "maybe" : true;
}

/** The configuration file that says it: JSON is YAML. Not every user writes down what is the default. */
export function configurationText(settings: Settings): string {
  const duration = (ms: number | undefined) => (ms === undefined ? undefined : `${ms}ms`);
  const discovery = (entry: AccountSettings) => ({
    ...(entry.include !== undefined && { include: [entry.include] }),
    ...(entry.exclude !== undefined && { exclude: [entry.exclude] }),
    ...(entry.tags !== undefined && { tags: entry.tags }),
    ...(entry.tagLabels !== undefined && { tag_labels: entry.tagLabels }),
    ...(settings.discoveryIntervalMs !== undefined && { interval: duration(settings.discoveryIntervalMs) }),
  });
  const accounts = settings.accounts
    ?.filter(({ isRemoved }) => isRemoved !== true)
    .map((entry) => ({
      ...(entry.role !== undefined && { role_arn: entry.role }),
      ...(entry.regions.length > 0 && { regions: entry.regions }),
      ...(entry.workgroups === undefined
        ? { discovery: discovery(entry) }
        : { workgroups: entry.workgroups }),
    }));
  return JSON.stringify({
    poll: {
      interval: duration(settings.intervalMs),
      rate_limit: settings.rateLimit,
      concurrency: settings.concurrency,
      timeout: duration(settings.timeoutMs),
      deadline: duration(settings.deadlineMs),
      reconcile_interval: duration(settings.reconcileIntervalMs),
      stale_after: duration(settings.staleAfterMs),
    },
    accounts,
    sessions: {
      idle_thresholds: settings.idleThresholdsSeconds?.map((seconds) => `${seconds}s`),
      per_session: {
        enabled: settings.perSessionEnabled,
        limit: settings.perSessionLimit,
        total_limit: settings.perSessionTotalLimit,
      },
      details: settings.details,
    },
  });
}
