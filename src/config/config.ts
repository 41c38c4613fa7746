import type { ListenAddress } from "./listen-address.ts";
import type { Shard } from "./shard.ts";

/** Words of `--log.level`, the most talkative first. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
/** Words of `--log.format`; `auto` is `pretty` on a terminal, else `json`. */
export const LOG_FORMATS = ["auto", "pretty", "json"] as const;
/** Labels that athena_session_info can carry beside its own. */
export const SESSION_LABELS = ["description", "execution_role"] as const;

type SessionLabel = (typeof SESSION_LABELS)[number];

/** When, and how fast, AWS is asked. */
export interface PollConfig {
  readonly intervalMs: number;
  /** Of one attempt of an API call. */
  readonly timeoutMs: number;
  /** Of one workgroup's whole poll; at least `timeoutMs`. */
  readonly deadlineMs: number;
  /** API calls in flight in one account's region. */
  readonly concurrency: number;
  /** API calls a second of this shard in one account's region; may be below 1. */
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
  readonly tags?: Readonly<Record<string, string>>;
  /** Keys of the tags that become labels of athena_workgroup_info. */
  readonly tagLabels?: readonly string[];
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
  /** Empty where none are named: then the environment says which; see athena/region.ts. */
  readonly regions: readonly string[];
  /** Absent: discovered. */
  readonly workgroups?: readonly string[];
  readonly discovery: DiscoveryConfig;
}

/** What is shown of sessions. */
interface SessionsConfig {
  /** Whether GetSession is called for each new session, and at its end. */
  readonly details: boolean;
  /** Ascending, without duplicates; whole seconds. */
  readonly idleThresholdsSeconds: readonly number[];
  readonly perSession: {
    readonly enabled: boolean;
    /** Of one workgroup. */
    readonly limit: number;
    /** Of this process. */
    readonly totalLimit: number;
    readonly labels: readonly SessionLabel[];
  };
}

interface WebConfig {
  /** Whether `POST /-/reload` is allowed. */
  readonly enableLifecycle: boolean;
  /** At least one. */
  readonly listenAddresses: readonly ListenAddress[];
  readonly telemetryPath: string;
  /** Scrapes at a time. */
  readonly maxRequests: number;
  /** Without a slash at its end; absent where the page shall not link to dashboards. */
  readonly grafanaUrl?: string;
}

interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: (typeof LOG_FORMATS)[number];
}

/** Everything that can be configured, checked and with its defaults. */
export interface Config {
  readonly poll: PollConfig;
  /** At least one. */
  readonly accounts: readonly AccountConfig[];
  readonly sessions: SessionsConfig;
  readonly shard: Shard;
  readonly web: WebConfig;
  readonly log: LogConfig;
}
