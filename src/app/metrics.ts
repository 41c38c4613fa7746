import type { Config } from "../config/config.ts";
import { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { needsTags } from "../targets/select.ts";
import { VERSION } from "../version.ts";
import type { Host } from "./host.ts";
import type { Logger } from "./logger.ts";

/** The exporter's own metrics, with the series of every account and region at 0. */
export function createMetrics(
  config: Config,
  accountRegions: readonly AccountRegion[],
  logger: Logger,
  { environment }: Pick<Host, "environment">,
): ExporterMetrics {
  const build = {
    version: VERSION,
    revision: environment["ATHENA_SESSION_EXPORTER_REVISION"] ?? "",
    nodeVersion: process.version,
  };
  const metrics = new ExporterMetrics(
    build,
    (error, metric) => logger.error({ err: error, metric }, "a metric could not be collected"),
    config.shard,
  );
  registerAccountRegions(metrics, accountRegions, config);
  return metrics;
}

/** Starts the series of API requests at 0, for every operation that the configuration needs, and sets what it says. */
export function registerAccountRegions(
  metrics: ExporterMetrics,
  accountRegions: readonly AccountRegion[],
  { sessions, quotas, poll, pricing, thresholds }: Config,
): void {
  metrics.setConfigured(poll.rateLimit, pricing.dpuHourUsd, thresholds.quotaRatio);
  for (const accountRegion of accountRegions) {
    metrics.addAccountRegion(accountRegion.key, accountRegion, [
      "ListSessions",
      "GetSessionStatus",
      "ListWorkGroups",
      "GetCallerIdentity",
      ...(accountRegion.role === undefined ? [] : ["AssumeRole"]),
      ...(needsTags(accountRegion) ? ["ListTagsForResource"] : []),
      ...(sessions.details ? ["GetSession"] : []),
      ...(sessions.owners === undefined ? [] : ["LookupEvents"]),
      ...(quotas ? ["ListServiceQuotas", "ListAWSDefaultServiceQuotas"] : []),
    ]);
  }
}
