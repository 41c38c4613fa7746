import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ORGANIZATION_FAMILIES } from "../../src/metrics/organization-families.ts";
import { ACCOUNT_FAMILIES } from "../../src/metrics/account-families.ts";
import { RUNBOOKS_URL } from "../../src/project.ts";
import { EXPORTER_FAMILIES } from "../../src/metrics/exporter-families.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/workgroup-lines.ts";
import { readDocument, ROOT } from "../docs/markdown.ts";
import { ALERTING_RULES, readRuleTests, RECORDING_RULES, RULES_PATH } from "./rules.ts";

/** Metrics that exporters have only once quotas are read. */
const QUOTA_METRICS = ["athena_account_active_dpus", "athena_account_dpu_quota"];
/** As much as one reads aloud. */
const MAX_LINES = 6;
/** Only these stop people's work, so that they are worth waking somebody. */
const PAGES: ReadonlySet<string> = new Set(["AthenaSessionsDegraded", "AthenaSessionsFailing"]);
/** promtool test files that do not belong to one alert. */
const SCENARIOS = ["deleted-workgroup", "healthy-fleet", "records"];
const ANNOTATIONS = ["dashboard_url", "description", "runbook_url", "summary"];

const knownMetrics = new Set([
  ...[
    ...WORKGROUP_FAMILIES,
    ...ACCOUNT_FAMILIES,
    ...ORGANIZATION_FAMILIES,
    ...Object.values(EXPORTER_FAMILIES),
  ].map(({ name }) => name),
  ...RECORDING_RULES.map(({ record }) => record),
  ...QUOTA_METRICS,
]);

/** The metrics and records in an expression, or in the queries of an annotation. */
const seriesIn = (text: string): readonly string[] => text.match(/[\w:]*athena_[\w:]+/g) ?? [];
const labelsKept = (expression: string): readonly string[] =>
  [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = ""]) => labels.split(", "));

test("every alert has a unique name and a test file, and every test file belongs to an alert or a scenario", () => {
  const names = ALERTING_RULES.map(({ alert }) => alert);
  expect(names.length).toBeGreaterThanOrEqual(17);
  expect(new Set(names).size).toBe(names.length);
  const files = readdirSync(new URL("test/rules/", ROOT)).toSorted();
  expect(files).toEqual([...names, ...SCENARIOS].map((name) => `${name}.test.yaml`).toSorted());
});

describe.each(ALERTING_RULES)("$alert", ({ alert, expr, labels, annotations, ...rule }) => {
  test("has a known severity, which is critical only for what stops people's work", () => {
    expect(["critical", "warning", "info"]).toContain(labels.severity);
    expect(labels.severity === "critical").toBe(PAGES.has(alert));
  });

  test("names its workgroup and session", () => {
    expect(Object.keys(annotations).toSorted()).toEqual(ANNOTATIONS);
    for (const label of ["workgroup", "session_id"]) {
      if (labelsKept(expr).includes(label)) expect(annotations.summary).toContain(`$labels.${label}`);
    }
    if (labelsKept(expr).includes("session_id"))
      expect(annotations.description).toContain("terminate-session");
  });

  test("links to its runbook", () => {
    expect(annotations.runbook_url).toBe(`${RUNBOOKS_URL}/${alert}.md`);
    expect(existsSync(new URL(`docs/runbooks/${alert}.md`, ROOT))).toBe(true);
  });

  test("links to a dashboard with variables that the dashboard has", () => {
    const url =
      annotations.dashboard_url?.replace(/^\{\{ with .*? \}\}\{\{ \. \}\}(.*)\{\{ end \}\}$/, "$1") ?? "";
    const [, uid = "", query = ""] = /^\/d\/([\w-]+)(\?.*)?$/.exec(url) ?? [];
    const dashboard = JSON.parse(readDocument(`grafana/dashboards/${uid}.json`)) as {
      readonly uid: string;
      readonly templating: { readonly list: readonly { readonly name: string }[] };
    };
    expect(dashboard.uid).toBe(uid);
    const known = dashboard.templating.list.map(({ name }) => `var-${name}`);
    expect(known).toEqual(expect.arrayContaining([...query.matchAll(/var-\w+/g)].map(([name]) => name)));
  });

  test("uses only metrics that exist", () => {
    const used = [expr, ...Object.values(annotations)].flatMap((text = "") => seriesIn(text));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !knownMetrics.has(name))).toEqual([]);
  });

  test("keeps firing while series are withdrawn: by records that hold, or by keep_firing_for", () => {
    const isHeld = RECORDING_RULES.some(
      ({ record, expr: recorded }) => expr.includes(record) && recorded.includes(`last_over_time(${record}[`),
    );
    const isOnExporters = !/aws_region|workgroup:/.test(expr);
    expect(rule.keep_firing_for).toBe(isHeld || isOnExporters ? undefined : "15m");
  });

  test("has promtool tests with all its annotations, of when it does not fire, and of when it resolves", () => {
    const { tests } = readRuleTests(`test/rules/${alert}.test.yaml`);
    expect(tests.map(({ name = "" }) => name)).not.toContain("");
    const expected = tests
      .flatMap(({ alert_rule_test = [] }) => alert_rule_test)
      .filter(({ alertname }) => alertname === alert)
      .flatMap(({ exp_alerts = [] }) => exp_alerts);
    expect(expected.map(({ exp_annotations }) => Object.keys(exp_annotations).toSorted())).toContainEqual(
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
  test("is named level:metric:operations after an existing metric", () => {
    const [, metric = ""] = /^[a-z_]+:(athena_\w+):[a-z0-9_]+$/.exec(record) ?? [];
    expect([...knownMetrics]).toContain(knownMetrics.has(metric) ? metric : `${metric}_total`);
    expect(seriesIn(expr).filter((name) => !knownMetrics.has(name))).toEqual([]);
  });

  test("is used by another rule and documented", () => {
    const users = [...ALERTING_RULES, ...RECORDING_RULES.filter((rule) => rule.record !== record)].filter(
      (rule) => rule.expr.includes(record),
    );
    expect(users).not.toEqual([]);
    expect(readDocument("docs/alerts.md")).toContain(`| \`${record}\` | `);
  });
});

test("no rule keeps the labels instance and pod", () => {
  const rules = [...ALERTING_RULES, ...RECORDING_RULES];
  const kept = new Set(rules.flatMap(({ expr }) => labelsKept(expr)));
  expect([...kept]).not.toContain("instance");
  expect([...kept]).not.toContain("pod");
  expect(rules.filter(({ expr }) => expr.includes("without"))).toEqual([]);
});

test.each([...ALERTING_RULES, ...RECORDING_RULES])("the expression $expr has at most 6 lines", ({ expr }) => {
  expect(expr.trim().split("\n").length).toBeLessThanOrEqual(MAX_LINES);
});

test("no alert links to localhost", () => {
  expect(readDocument(RULES_PATH)).not.toMatch(/localhost|127\.0\.0\.1/);
});
