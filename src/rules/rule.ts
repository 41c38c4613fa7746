/** How urgent an alert is: critical stops people's work now, warning can wait until morning, info is no call to act. */
type Severity = "critical" | "warning" | "info";

interface Linted {
  /** Checks of pint, the linter for rules, that report what is meant; each becomes a comment that disables it for this rule. */
  readonly disabledChecks?: readonly string[];
}

/** A recording rule. */
export interface RecordingRule extends Linted {
  readonly record: string;
  readonly expr: string;
}

/** Which dashboard an alert links to: the one of its workgroup, or the one of the exporter, for its account and region if it has one. */
type AlertDashboard = "workgroup" | "account" | "health";

/** An alerting rule, without what all alerts have in common. */
export interface AlertingRule extends Linted {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keepFiringFor?: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly description: string;
  readonly dashboard: AlertDashboard;
}

/** Rules that are evaluated together, one after the other, this often. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** The check that a metric has series, for one that exists only at times. */
export function seriesCheck(metric: string): string {
  return `promql/series(${metric})`;
}

/** Lines of an expression. */
export function lines(...parts: readonly string[]): string {
  return parts.join("\n");
}
