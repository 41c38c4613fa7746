import { parse } from "yaml";
import { readDocument } from "../docs/markdown.ts";

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

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

/** What a file of promtool's unit tests holds, as far as tests look at it. */
export interface RuleTestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly RuleTest[];
}

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

/** @param path below the repository's root */
export function readRuleTests(path: string): RuleTestFile {
  return parse(readDocument(path)) as RuleTestFile;
}
