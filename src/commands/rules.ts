import { UsageError } from "../app/account-regions.ts";
import type { FlagValues } from "../config/flags/flag.ts";
import { suggestion } from "../config/nearest.ts";
import { ALERT_NAMES, ruleFile } from "../rules/rule-file.ts";

/** The rules as YAML. Throws UsageError for flags that contradict each other or name an alert that does not exist. */
export function rules(flags: FlagValues): string {
  const { format, label = [], "metadata-label": metadataLabel = [], without = [] } = flags;
  const { "web.grafana-url": grafanaUrl, "runbooks-url": runbooksUrl } = flags;
  const unknown = without.find((name) => !ALERT_NAMES.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--without: unknown alert; ${suggestion(unknown, ALERT_NAMES)}`);
  }
  if (metadataLabel.length > 0 && format === "prometheus") {
    throw new UsageError("--metadata-label: only a PrometheusRule has metadata; add --format=operator");
  }
  return ruleFile({
    format,
    labels: Object.fromEntries(label),
    metadataLabels: Object.fromEntries(metadataLabel),
    without,
    ...(grafanaUrl !== undefined && { grafanaUrl }),
    ...(runbooksUrl !== undefined && { runbooksUrl }),
  });
}
