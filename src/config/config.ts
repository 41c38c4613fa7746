import type { AccountEntry, ConfigFile, OrganizationEntry } from "./file/config-file.ts";
import { DEFAULT_DISCOVERY } from "./file/schema.ts";
import type { FlagValues } from "./flags/flag.ts";
import { roleInAccount } from "./values/arn.ts";
import type { ListenAddress } from "./values/listen-address.ts";
import { toThresholdConfig, type ThresholdConfig } from "./thresholds.ts";
import type { AccessConfig } from "./web/access-config.ts";
import type { Shard } from "./values/shard.ts";

/** Polls and their API requests. */
export interface PollConfig {
  readonly intervalMs: number;
  /** Of one attempt of an API call. */
  readonly timeoutMs: number;
  /** Of one workgroup's whole poll; at least `timeoutMs`. */
  readonly deadlineMs: number;
  /** API requests in flight in one account and region. */
  readonly concurrency: number;
  /** API requests a second of this shard in one account and region; may be below 1. */
  readonly rateLimit: number;
  readonly reconcileIntervalMs: number;
  readonly staleAfterMs: number;
}

/** How workgroups are found where none are named. */
interface DiscoveryConfig {
  /** A name must match one of these; empty: all do. */
  readonly include: readonly RegExp[];
  /** A name must match none of these. */
  readonly exclude: readonly RegExp[];
  /** A workgroup must have all of these, by key. */
  readonly tags: Readonly<Record<string, string>>;
  /** Keys of the tags that become labels of athena_workgroup_info. */
  readonly tagLabels: readonly string[];
  readonly intervalMs: number;
}

/** One set of credentials and where it is used. */
export interface AccountConfig {
  /** For people; empty where none is given. */
  readonly name: string;
  /** Absent: the process' own credentials. */
  readonly roleArn?: string;
  /** A secret that AssumeRole needs; only with `roleArn`. */
  readonly externalId?: string;
  /** Empty where none are named: then the environment says which; see athena/default-region.ts. */
  readonly regions: readonly string[];
  /** Absent: discovered. */
  readonly workgroups?: readonly string[];
  readonly discovery: DiscoveryConfig;
}

/** An organization of AWS whose accounts are polled. */
export interface OrganizationConfig {
  /** Of the role in each account, with its path if it has one. */
  readonly roleName: string;
  /** The role by which the organization is read; absent: the process' own credentials. */
  readonly readerRoleArn?: string;
  /** What AssumeRole needs for all of these roles; a secret. */
  readonly externalId?: string;
  /** Ids of units and roots whose accounts, with those of units within, are polled; empty: all. */
  readonly units: readonly string[];
  readonly excludedAccounts: readonly string[];
  /** An account must have all of these, by key. */
  readonly accountTags: Readonly<Record<string, string>>;
  /** Empty where none are named, as of an account. */
  readonly regions: readonly string[];
  readonly discovery: DiscoveryConfig;
}

/** How owners of sessions are found in CloudTrail, and shown. */
export interface OwnersConfig {
  /** The caller's ARN, the name of the user or of the role's session, a hash of that, or nothing. */
  readonly startedBy: ConfigFile["sessions"]["started_by"];
  /** How long after its time CloudTrail may show an event for the first time. */
  readonly delayMs: number;
  /** The shortest time between two lookups of one event, */
  readonly minRetryMs: number;
  /** and between any two requests in one account and region. */
  readonly requestIntervalMs: number;
}

/** Metrics of sessions. */
interface SessionsConfig {
  /** Absent where owners are not looked up. */
  readonly owners?: OwnersConfig;
  /** Whether GetSession is called for each new session, and at its end. */
  readonly details: boolean;
  /** Whether there are histograms of durations. */
  readonly durations: boolean;
  /** Ascending, without duplicates; whole seconds. */
  readonly idleThresholdsSeconds: readonly number[];
  readonly perSession: {
    readonly enabled: boolean;
    /** Of one workgroup. */
    readonly limit: number;
    /** Of this process. */
    readonly totalLimit: number;
    readonly labels: ConfigFile["sessions"]["per_session"]["labels"];
  };
}

interface WebConfig {
  /** Whether `POST /-/reload` is allowed. */
  readonly enableLifecycle: boolean;
  /** At least one; not used if `usesSystemdSocket`. */
  readonly listenAddresses: readonly ListenAddress[];
  /** Whether systemd passes the sockets to listen on. */
  readonly usesSystemdSocket: boolean;
  /** The file of `access`; absent where none is configured. */
  readonly accessFile?: string;
  readonly access: AccessConfig;
  /** Whether probes need no password. */
  readonly hasOpenProbes: boolean;
  /** Without a slash at its end; absent where none is configured. */
  readonly externalUrl?: string;
  /** Before all paths, such as `/athena`; may be empty. */
  readonly routePrefix: string;
  readonly telemetryPath: string;
  /** Scrapes at a time. */
  readonly maxRequests: number;
  /** Without a slash at its end; absent where the page shall not link to dashboards. */
  readonly grafanaUrl?: string;
}

interface LogConfig {
  readonly level: FlagValues["log.level"];
  readonly format: FlagValues["log.format"];
}

/** Everything that can be configured, checked and with its defaults. */
export interface Config {
  readonly poll: PollConfig;
  /** Those that are named; at least one where there is no organization. */
  readonly accounts: readonly AccountConfig[];
  readonly organization?: OrganizationConfig;
  readonly sessions: SessionsConfig;
  /** Whether AWS' quotas on DPUs are read. */
  readonly quotas: boolean;
  readonly thresholds: ThresholdConfig;
  readonly pricing: {
    /** In US dollars; may be 0. */
    readonly dpuHourUsd: number;
  };
  readonly shard: Shard;
  readonly web: WebConfig;
  readonly log: LogConfig;
}

/** By CloudTrail's documentation events show up within about 5 minutes, and it allows 2 requests a second. */
const CLOUDTRAIL = { delayMs: 15 * 60_000, minRetryMs: 15_000, requestIntervalMs: 5_000 } as const;

/** The configuration that flags and a file come to; a flag beats the file. */
export function toConfig(
  flags: FlagValues,
  { poll, accounts, organization, sessions, quotas, thresholds, pricing }: ConfigFile,
  access: AccessConfig,
  shard: Shard,
): Config {
  const grafanaUrl = flags["web.grafana-url"];
  const externalUrl = flags["web.external-url"];
  const accessFile = flags["web.config.file"];
  const ownAccount: AccountEntry = { regions: flags["aws.region"], workgroups: flags["athena.workgroup"] };
  return {
    poll: {
      intervalMs: flags["poll.interval"] ?? poll.interval,
      timeoutMs: poll.timeout,
      deadlineMs: poll.deadline,
      concurrency: poll.concurrency,
      rateLimit: poll.rate_limit / shard.total,
      reconcileIntervalMs: poll.reconcile_interval,
      staleAfterMs: poll.stale_after,
    },
    accounts: (accounts ?? (organization === undefined ? [ownAccount] : [])).flatMap(toAccountConfigs),
    ...(organization !== undefined && { organization: toOrganizationConfig(organization) }),
    sessions: {
      ...(sessions.owners === "cloudtrail" && {
        owners: { startedBy: sessions.started_by, ...CLOUDTRAIL },
      }),
      details: sessions.details,
      durations: sessions.durations,
      idleThresholdsSeconds: sessions.idle_thresholds.map((thresholdMs) => thresholdMs / 1_000),
      perSession: {
        enabled: sessions.per_session.enabled,
        limit: sessions.per_session.limit,
        totalLimit: sessions.per_session.total_limit,
        labels: sessions.per_session.labels,
      },
    },
    quotas,
    thresholds: toThresholdConfig(thresholds),
    pricing: { dpuHourUsd: pricing.dpu_hour_usd },
    shard,
    web: {
      listenAddresses: flags["web.listen-address"],
      usesSystemdSocket: flags["web.systemd-socket"] === true,
      ...(accessFile !== undefined && { accessFile }),
      access,
      hasOpenProbes: flags["web.open-probes"] === true,
      ...(externalUrl !== undefined && { externalUrl }),
      routePrefix:
        flags["web.route-prefix"] ??
        (externalUrl === undefined ? "" : new URL(externalUrl).pathname.replace(/\/$/, "")),
      telemetryPath: flags["web.telemetry-path"],
      maxRequests: flags["web.max-requests"],
      enableLifecycle: flags["web.enable-lifecycle"] === true,
      ...(grafanaUrl !== undefined && { grafanaUrl }),
    },
    log: { level: flags["log.level"], format: flags["log.format"] },
  };
}

/** An entry as one account, or as each of the many that have its role. */
function toAccountConfigs(entry: AccountEntry): AccountConfig[] {
  const { name = "", role_arn: role, account_ids: ids } = entry;
  return ids === undefined || role === undefined
    ? [toAccountConfig(entry, name, role)]
    : Object.entries(ids).map(([name, id]) => toAccountConfig(entry, name, roleInAccount(role, id)));
}

function toAccountConfig(entry: AccountEntry, name: string, roleArn: string | undefined): AccountConfig {
  const { external_id: externalId, regions = [], workgroups, discovery } = entry;
  return {
    name,
    ...(roleArn !== undefined && { roleArn }),
    ...(externalId !== undefined && { externalId }),
    regions,
    ...(workgroups !== undefined && { workgroups }),
    discovery: toDiscoveryConfig(discovery),
  };
}

function toOrganizationConfig(entry: OrganizationEntry): OrganizationConfig {
  const { role_arn: readerRoleArn, external_id: externalId, regions = [], discovery } = entry;
  return {
    roleName: entry.role_name,
    ...(readerRoleArn !== undefined && { readerRoleArn }),
    ...(externalId !== undefined && { externalId }),
    units: entry.organizational_units ?? [],
    excludedAccounts: entry.exclude_accounts,
    accountTags: entry.account_tags ?? {},
    regions,
    discovery: toDiscoveryConfig(discovery),
  };
}

function toDiscoveryConfig(discovery: AccountEntry["discovery"]): DiscoveryConfig {
  const { include, exclude, tags = {}, tag_labels: tagLabels, interval } = discovery ?? DEFAULT_DISCOVERY;
  return { include, exclude, tags, tagLabels, intervalMs: interval };
}
