import { parse } from "yaml";
import { readDocument } from "../docs/markdown.ts";

/** A recording rule of the rule file. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** An alerting rule of the rule file. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly keep_firing_for?: string;
  readonly labels: { readonly severity?: string };
  readonly annotations: Readonly<
    Record<"summary" | "description" | "runbook_url" | "dashboard_url", string | undefined>
  >;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (RecordingRule | AlertingRule)[] }[];
}

/** A promtool test file, as far as the tests read it. */
export interface RuleTestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly RuleTest[];
}

/** A test in a promtool test file. */
export interface RuleTest {
  readonly name?: string;
  readonly interval: string;
  readonly input_series: readonly unknown[];
  readonly promql_expr_test?: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples: readonly unknown[];
  }[];
  readonly alert_rule_test?: readonly {
    readonly alertname: string;
    readonly exp_alerts?: readonly { readonly exp_annotations: Readonly<Record<string, string>> }[];
  }[];
}

export const RULES_PATH = "deploy/prometheus/athena-session-exporter.rules.yaml";

const rules = (parse(readDocument(RULES_PATH)) as RuleFile).groups.flatMap(({ rules }) => rules);

export const RECORDING_RULES: readonly RecordingRule[] = rules.filter((rule) => "record" in rule);
export const ALERTING_RULES: readonly AlertingRule[] = rules.filter((rule) => "alert" in rule);

/** Reads a promtool test file; `path` is relative to the repository's root. */
export function readRuleTests(path: string): RuleTestFile {
  return parse(readDocument(path)) as RuleTestFile;
}
