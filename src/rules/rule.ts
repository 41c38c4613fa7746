/** How urgent an alert is: critical stops people's work now, warning can wait until morning, info is no call to act. */
type Severity = "critical" | "warning" | "info";

/** A recording rule. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** Which dashboard an alert links to: the one of its workgroup, or the one of the exporter, for its account and region if it has one. */
type AlertDashboard = "workgroup" | "account" | "health";

/** An alerting rule, without what all alerts have in common. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keepFiringFor?: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly description: string;
  readonly dashboard: AlertDashboard;
  /** Metrics that exist only at times: pint, which looks for every metric, is told so. */
  readonly rare?: readonly string[];
}

/** Rules that are evaluated together, one after the other, this often. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** Lines of an expression. */
export function lines(...parts: readonly string[]): string {
  return parts.join("\n");
}
