import { Document, Scalar, type Node } from "yaml";
import { DASHBOARDS, RUNBOOKS_URL } from "../project.ts";
import { EXPORTER_ALERTS, READING_ALERTS } from "./exporter-alerts.ts";
import { ALERT_RECORDS, DAILY_RECORDS } from "./records.ts";
import type { AlertingRule, RecordingRule, RuleGroup } from "./rule.ts";
import { COST_ALERT, SESSION_ALERTS } from "./session-alerts.ts";

/** How the rules are written. */
export interface RuleOptions {
  /** A rule file of Prometheus, or a PrometheusRule of its operator. */
  readonly format: "prometheus" | "operator";
  /** Where Grafana is, without a slash at its end; absent: the external label `grafana_url` of Prometheus, if it has one. */
  readonly grafanaUrl?: string;
  /** Where the runbooks are, without a slash at its end; the project's by default. */
  readonly runbooksUrl?: string;
  /** Labels that every alert gets, in addition to its severity. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of the PrometheusRule. */
  readonly metadataLabels?: Readonly<Record<string, string>>;
  /** Names of alerts to leave out. */
  readonly without?: readonly string[];
}

const HEAD = ` Recording rules and alerts for athena-session-exporter: output of \`athena-session-exporter rules\`. Not for editing.
 They need Prometheus 2.42 or later, for keep_firing_for. docs/alerts.md says how to load, tune and route them.`;
const LINE_WIDTH = 120;

/** Records of a group come first, since its rules are evaluated one after the other. */
const RULE_GROUPS: readonly RuleGroup[] = [
  {
    // "* 60" in the record of a day, and the hold of the others, need one evaluation a minute.
    name: "athena-sessions",
    interval: "1m",
    rules: [...ALERT_RECORDS, ...SESSION_ALERTS],
  },
  { name: "athena-session-costs", interval: "2m", rules: [...DAILY_RECORDS, COST_ALERT] },
  { name: "athena-session-exporter", interval: "1m", rules: [...READING_ALERTS, ...EXPORTER_ALERTS] },
];

/** The names of all alerts. */
export const ALERT_NAMES: readonly string[] = RULE_GROUPS.flatMap(({ rules }) =>
  rules.flatMap((rule) => ("alert" in rule ? [rule.alert] : [])),
);

/** The rules as YAML. */
export function ruleFile(options: RuleOptions): string {
  const { metadataLabels = {} } = options;
  const document = new Document(
    options.format === "prometheus"
      ? { groups: [] }
      : {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "PrometheusRule",
          metadata: {
            name: "athena-session-exporter",
            ...(Object.keys(metadataLabels).length > 0 && { labels: metadataLabels }),
          },
          spec: { groups: [] },
        },
  );
  const groups = RULE_GROUPS.map(({ name, interval, rules }) =>
    document.createNode({ name, interval, rules: rules.flatMap((rule) => toNodes(document, rule, options)) }),
  );
  document.setIn(
    options.format === "prometheus" ? ["groups"] : ["spec", "groups"],
    document.createNode(groups),
  );
  document.commentBefore = HEAD;
  return document.toString({ lineWidth: LINE_WIDTH });
}

function toNodes(document: Document, rule: RecordingRule | AlertingRule, options: RuleOptions): Node[] {
  if ("alert" in rule && options.without?.includes(rule.alert) === true) return [];
  const node = document.createNode("record" in rule ? toRecord(rule) : toAlert(rule, options));
  const comments = (rule.disabledChecks ?? []).map((check) => ` pint disable ${check}`);
  if (comments.length > 0) node.commentBefore = comments.join("\n");
  return [node];
}

function toRecord({ record, expr }: RecordingRule): object {
  return { record, expr: expression(expr) };
}

function toAlert(rule: AlertingRule, options: RuleOptions): object {
  return {
    alert: rule.alert,
    expr: expression(rule.expr),
    ...(rule.for !== undefined && { for: rule.for }),
    ...(rule.keepFiringFor !== undefined && { keep_firing_for: rule.keepFiringFor }),
    labels: { severity: rule.severity, ...options.labels },
    annotations: {
      summary: folded(rule.summary),
      description: folded(rule.description),
      runbook_url: `${options.runbooksUrl ?? RUNBOOKS_URL}/${rule.alert}.md`,
      dashboard_url: folded(toDashboard(rule, options.grafanaUrl)),
    },
  };
}

/** As a block, also where it is one line. */
function expression(text: string): Scalar {
  const scalar = new Scalar(`${text}\n`);
  scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}

/** One line that the file breaks between words. */
function folded(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.BLOCK_FOLDED;
  return scalar;
}

function toDashboard({ dashboard }: AlertingRule, grafanaUrl: string | undefined): string {
  const place = "?var-account={{ $labels.aws_account_id }}&var-region={{ $labels.aws_region }}";
  const paths = {
    workgroup: `/d/${DASHBOARDS.workgroup}${place}&var-workgroup={{ $labels.workgroup }}`,
    account: `/d/${DASHBOARDS.health}${place}`,
    health: `/d/${DASHBOARDS.health}`,
  };
  const path = paths[dashboard];
  return grafanaUrl === undefined
    ? `{{ with $externalLabels.grafana_url }}{{ . }}${path}{{ end }}`
    : `${grafanaUrl}${path}`;
}
