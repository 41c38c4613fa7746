import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ACCOUNT_FAMILIES } from "../../src/metrics/account-families.ts";
import { EXPORTER_FAMILIES } from "../../src/metrics/exporter-families.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/families.ts";
import { readDocument, ROOT } from "../docs/markdown.ts";
import { ALERTING_RULES, readRuleTests, RECORDING_RULES } from "./rules.ts";

const DOCUMENTATION =
  "https://github.com/athena-session-exporter/athena-session-exporter/blob/main/docs/runbooks/";
/** Files of promtool's tests that are about no single alert. */
const SCENARIOS = ["deleted-workgroup", "healthy-fleet", "records"];
const ANNOTATIONS = ["dashboard_url", "description", "runbook_url", "summary"];

const knownNames = new Set([
  ...[...WORKGROUP_FAMILIES, ...ACCOUNT_FAMILIES, ...Object.values(EXPORTER_FAMILIES)].map(
    ({ name }) => name,
  ),
  ...RECORDING_RULES.map(({ record }) => record),
]);

/** The series that a rule's expression, or the queries in its annotations, ask for. */
const seriesIn = (text: string): readonly string[] => text.match(/[\w:]*athena_[\w:]+/g) ?? [];
const labelsKept = (expression: string): readonly string[] =>
  [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = ""]) => labels.split(", "));

test("every alert has a name and a file of tests of its own, and every file an alert or a scenario", () => {
  const names = ALERTING_RULES.map(({ alert }) => alert);
  expect(names.length).toBeGreaterThanOrEqual(17);
  expect(new Set(names).size).toBe(names.length);
  const files = readdirSync(new URL("test/rules/", ROOT)).toSorted();
  expect(files).toEqual([...names, ...SCENARIOS].map((name) => `${name}.test.yaml`).toSorted());
});

describe.each(ALERTING_RULES)("$alert", ({ alert, expr, labels, annotations, ...rule }) => {
  test("is told as severely as it is bad; idleness and cost page nobody", () => {
    expect(["critical", "warning", "info"]).toContain(labels.severity);
    if (/Idle|Cost/.test(alert)) expect(labels.severity).not.toBe("critical");
  });

  test("says which workgroup and session it is about", () => {
    expect(Object.keys(annotations).toSorted()).toEqual(ANNOTATIONS);
    for (const label of ["workgroup", "session_id"]) {
      if (labelsKept(expr).includes(label)) expect(annotations.summary).toContain(`$labels.${label}`);
    }
    if (expr.includes("session_id")) expect(annotations.description).toContain("terminate-session");
  });

  test("links its runbook", () => {
    expect(annotations.runbook_url).toBe(`${DOCUMENTATION}${alert}.md`);
    expect(existsSync(new URL(`docs/runbooks/${alert}.md`, ROOT))).toBe(true);
  });

  test("links a dashboard, with variables that it has", () => {
    const [, uid = "", query = ""] = /\/d\/([\w-]+)(\?.*)?$/.exec(annotations.dashboard_url ?? "") ?? [];
    const dashboard = JSON.parse(readDocument(`grafana/dashboards/${uid}.json`)) as {
      readonly uid: string;
      readonly templating: { readonly list: readonly { readonly name: string }[] };
    };
    expect(dashboard.uid).toBe(uid);
    const known = dashboard.templating.list.map(({ name }) => `var-${name}`);
    expect(known).toEqual(expect.arrayContaining([...query.matchAll(/var-\w+/g)].map(([name]) => name)));
  });

  test("asks for nothing but what the exporter has", () => {
    const asked = [expr, ...Object.values(annotations)].flatMap((text = "") => seriesIn(text));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !knownNames.has(name))).toEqual([]);
  });

  test("goes on while its series are withdrawn, unless it is about the exporters themselves", () => {
    expect(rule.keep_firing_for).toBe(expr.includes("aws_region") ? "15m" : undefined);
  });

  test("is tested where it fires, with every word, where it does not, and where it resolves", () => {
    const { tests } = readRuleTests(`test/rules/${alert}.test.yaml`);
    expect(tests.map(({ name = "" }) => name)).not.toContain("");
    const told = tests
      .flatMap(({ alert_rule_test = [] }) => alert_rule_test)
      .filter(({ alertname }) => alertname === alert)
      .flatMap(({ exp_alerts = [] }) => exp_alerts);
    expect(told.map(({ exp_annotations }) => Object.keys(exp_annotations).toSorted())).toContainEqual(
      ANNOTATIONS,
    );
    const minutesFiring = tests
      .flatMap(({ promql_expr_test = [] }) => promql_expr_test)
      .filter(({ expr }) => expr.startsWith(`count_over_time(ALERTS{alertname="${alert}"`));
    expect(minutesFiring.filter(({ exp_samples }) => exp_samples.length === 0)).not.toEqual([]);
    expect(tests.filter(({ name = "" }) => name.includes("resolves"))).not.toEqual([]);
  });
});

describe.each(RECORDING_RULES)("$record", ({ record, expr }) => {
  test("is named by level, metric and operations, of a metric there is", () => {
    const [, metric = ""] = /^[a-z_]+:(athena_\w+):[a-z0-9_]+$/.exec(record) ?? [];
    expect([...knownNames]).toContain(knownNames.has(metric) ? metric : `${metric}_total`);
    expect(seriesIn(expr).filter((name) => !knownNames.has(name))).toEqual([]);
  });

  test("is used by an alert, and explained", () => {
    const users = [...ALERTING_RULES, ...RECORDING_RULES].filter((rule) => rule.expr.includes(record));
    expect(users).not.toEqual([]);
    expect(readDocument("docs/alerts.md")).toContain(`| \`${record}\` | `);
  });
});

test("no rule keeps which exporter it was that told", () => {
  const rules = [...ALERTING_RULES, ...RECORDING_RULES];
  const kept = new Set(rules.flatMap(({ expr }) => labelsKept(expr)));
  expect([...kept]).not.toContain("instance");
  expect([...kept]).not.toContain("pod");
  expect(rules.filter(({ expr }) => expr.includes("without"))).toEqual([]);
});
