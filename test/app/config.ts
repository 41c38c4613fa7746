import { OPEN_ACCESS } from "../../src/config/web/access-config.ts";
import type { AccountConfig, Config, OrganizationConfig, PollConfig } from "../../src/config/config.ts";
import { SINGLE_SHARD, type Shard } from "../../src/config/values/shard.ts";
import { DEFAULT_THRESHOLDS } from "../thresholds.ts";

export const REGION = "eu-west-1";

export interface ConfigOptions {
  readonly poll?: Partial<PollConfig>;
  /** The entries of `accounts`; one for the process' own account by default. */
  readonly configured?: readonly AccountOptions[];
  /** Absent: none; everything in the one region and discovered by default. */
  readonly organization?: Partial<OrganizationConfig>;
  readonly sessions?: Partial<Config["sessions"]>;
  readonly quotas?: boolean;
  readonly thresholds?: Partial<Config["thresholds"]>;
  readonly shard?: Shard;
}

/** An entry of `accounts`; everything in the one region and discovered by default. */
type AccountOptions = Partial<Omit<AccountConfig, "discovery">> & {
  readonly discovery?: Partial<AccountConfig["discovery"]>;
};

const DISCOVERY = { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 300_000 } as const;

/** A configuration that polls often and without a rate limit that matters, except for what the options change. */
export function configOf({
  poll,
  organization,
  configured = organization === undefined ? [{}] : [],
  sessions,
  quotas = false,
  thresholds,
  shard = SINGLE_SHARD,
}: ConfigOptions = {}): Config {
  return {
    poll: {
      intervalMs: 50,
      timeoutMs: 10_000,
      deadlineMs: 60_000,
      concurrency: 10,
      rateLimit: 1000,
      reconcileIntervalMs: 600_000,
      staleAfterMs: 300_000,
      ...poll,
    },
    ...(organization !== undefined && {
      organization: {
        roleName: "exporter",
        units: [],
        excludedAccounts: [],
        accountTags: {},
        regions: [REGION],
        discovery: DISCOVERY,
        ...organization,
      },
    }),
    quotas,
    pricing: { dpuHourUsd: 0.35 },
    thresholds: { ...DEFAULT_THRESHOLDS, ...thresholds },
    accounts: configured.map(({ discovery, ...account }) => ({
      name: "",
      regions: [REGION],
      discovery: { ...DISCOVERY, ...discovery },
      ...account,
    })),
    sessions: {
      idleThresholdsSeconds: [900, 3600],
      perSession: { enabled: true, limit: 100, totalLimit: 10_000, labels: ["description"] },
      details: false,
      durations: true,
      ...sessions,
    },
    web: {
      listenAddresses: [],
      usesSystemdSocket: false,
      access: OPEN_ACCESS,
      hasOpenProbes: false,
      routePrefix: "",
      telemetryPath: "/metrics",
      maxRequests: 40,
      enableLifecycle: false,
    },
    shard,
    log: { level: "info", format: "json" },
  };
}
