import { describe, expect, test } from "vitest";
import { ORGANIZATION_FAMILIES } from "../../src/metrics/organization-families.ts";
import { ACCOUNT_FAMILIES } from "../../src/metrics/account-families.ts";
import { EXPORTER_FAMILIES } from "../../src/metrics/exporter-families.ts";
import { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/workgroup-lines.ts";
import { panelsOf, readDashboards, targetsOf } from "./dashboard-files.ts";
import { selectorsOf, variablesOf } from "./promql.ts";

const COLUMNS = 24;
const DASHBOARDS = readDashboards();
const DASHBOARD_UIDS = [
  "athena-session-exporter-health",
  "athena-sessions-fleet",
  "athena-sessions-workgroup",
];
const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" };
const REGION_FILTER = ['aws_account_id=~"$account"', 'aws_region=~"$region"'];
const WORKGROUP_FILTER = [...REGION_FILTER, 'workgroup=~"$workgroup"'];
/** In characters; a description that explains how to read a panel is longer than a repeated title. */
const MIN_DESCRIPTION_LENGTH = 80;
/** Tables of exporters and of the values of one tag, both of which are few. */
const SHORT_LISTS = new Set(["Processes", "Idle cost by tag"]);
const MAX_PANELS = 45;
const MAX_QUERY_LENGTH = 300;
/** Metrics that Prometheus adds for each scrape. */
const PROMETHEUS_METRICS = ["up", "scrape_duration_seconds", "scrape_samples_scraped"];

interface Family {
  readonly name: string;
  readonly type: string;
}

const sampleName = ({ name, type }: Family) => (type === "histogram" ? `${name}_bucket` : name);
const namesOf = (families: readonly Family[]) => families.map(sampleName);
const WORKGROUP_METRICS = new Set(namesOf(WORKGROUP_FAMILIES));
const REGION_METRICS = new Set([
  ...namesOf(ACCOUNT_FAMILIES),
  ...namesOf(ORGANIZATION_FAMILIES),
  ...exporterMetricNames((labels) => labels.includes("aws_region")),
]);
const EXPORTER_METRICS = exporterMetricNames(() => true);

/** The names of the samples of the exporter's own metrics whose labels match. */
function exporterMetricNames(has: (labels: readonly string[]) => boolean): readonly string[] {
  return Object.values(EXPORTER_FAMILIES)
    .filter(({ labels }) => has(labels))
    .map(sampleName);
}

/** The names of the process metrics that the exporter exposes. */
async function processMetrics(): Promise<readonly string[]> {
  const build = { version: "1.0.0", revision: "", nodeVersion: "v24.0.0" };
  const metrics = new ExporterMetrics(build, (error) => {
    throw error;
  });
  return [...(await metrics.text("text")).matchAll(/^# TYPE (\w+)/gm)].map(([, name = ""]) => name);
}

/** The matchers by which a query has to select series of a metric. */
function filterOf(metric: string): readonly string[] {
  if (WORKGROUP_METRICS.has(metric)) return WORKGROUP_FILTER;
  return REGION_METRICS.has(metric) ? REGION_FILTER : [];
}

/** All strings in a value, however deeply nested. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

test(`there are at most ${MAX_PANELS} panels`, () => {
  expect(DASHBOARDS.flatMap(panelsOf).length).toBeLessThanOrEqual(MAX_PANELS);
});

test("the dashboards have the uids that alerts and the status page link to", () => {
  expect(DASHBOARDS.map(({ uid }) => uid)).toEqual(DASHBOARD_UIDS);
});

describe.each(DASHBOARDS)("$title", (dashboard) => {
  const panels = panelsOf(dashboard);
  const queries = targetsOf(dashboard).map(({ expr }) => expr);
  const variables = dashboard.templating.list;

  test("dashboards, rows and panels each name the question that they answer", () => {
    expect(dashboard.description).toContain("?");
    const rows = dashboard.panels.filter(({ type }) => type === "row").map(({ title }) => title);
    expect(rows.filter((title) => !title.includes("?"))).toEqual([]);
    const firstSentences = panels.map(({ description = "" }) => /^[^.]*?[.?:]/.exec(description)?.[0] ?? "");
    expect(firstSentences.filter((sentence) => !sentence.endsWith("?"))).toEqual([]);
  });

  test(`queries have less than ${MAX_QUERY_LENGTH} characters`, () => {
    const expressions = [...queries, ...dashboard.annotations.list.map(({ expr }) => expr)];
    expect(expressions.filter(({ length }) => length >= MAX_QUERY_LENGTH)).toEqual([]);
  });

  test("restarts and reloads are annotations", () => {
    expect(dashboard.annotations.list.map(({ name }) => name)).toEqual(["Restarts", "Reloads"]);
    expect(dashboard.annotations.list.map(({ datasource }) => datasource)).toEqual([
      DATA_SOURCE,
      DATA_SOURCE,
    ]);
  });

  test("it can be imported without inputs, and lists what it needs for grafana.com", () => {
    expect(Object.keys(dashboard)).not.toContain("__inputs");
    expect(JSON.stringify(dashboard)).not.toContain("${DS_");
    const { __requires: requirements } = dashboard;
    const required = requirements.filter(({ type }) => type === "panel").map(({ id }) => id);
    expect(required).toEqual([...new Set(panels.map(({ type }) => type))].toSorted());
  });

  test("panels that are empty while all is well are in a collapsed row, or are single values", () => {
    const isEmptyByRight = ({ fieldConfig }: (typeof panels)[number]) =>
      fieldConfig?.defaults.noValue === "none";
    const open = dashboard.panels.filter((panel) => panel.type !== "stat" && isEmptyByRight(panel));
    expect(open.map(({ title }) => title)).toEqual([]);
  });

  test("every panel has a unique title and a description that explains it", () => {
    const titles = panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.every((title) => title !== "")).toBe(true);
    const tooShort = panels.filter(({ description = "" }) => description.length < MIN_DESCRIPTION_LENGTH);
    expect(tooShort.map(({ title }) => title)).toEqual([]);
  });

  test("every panel and every value column of a table has a unit", () => {
    const without = panels.filter(({ fieldConfig }) => fieldConfig?.defaults.unit === undefined);
    expect(without.map(({ title }) => title)).toEqual([]);
    for (const { title, targets = [], fieldConfig } of panels.filter(({ type }) => type === "table")) {
      const having = (property: string) =>
        fieldConfig?.overrides.filter(({ properties }) => properties.some(({ id }) => id === property))
          .length;
      expect([title, having("unit"), having("noValue")]).toEqual([title, targets.length, targets.length]);
    }
  });

  test("all panels, queries and variables use the selected data source", () => {
    const used = [...panels, ...targetsOf(dashboard)].map(({ datasource }) => datasource);
    const listed = variables.flatMap(({ type, datasource }) => (type === "query" ? [datasource] : []));
    for (const reference of [...used, ...listed]) expect(reference).toEqual(DATA_SOURCE);
    expect(listed).toHaveLength(3);
  });

  test("panels lie within the grid without overlap, and have unique ids", () => {
    const taken = new Set<string>();
    for (const { gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos;
      expect([x >= 0, x + w <= COLUMNS, w > 0, h > 0]).toEqual([true, true, true, true]);
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          expect(taken).not.toContain(`${column}/${row}`);
          taken.add(`${column}/${row}`);
        }
      }
    }
    const ids = dashboard.panels.flatMap(({ id, panels: inRow = [] }) => [
      id,
      ...inRow.map((panel) => panel.id),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("links to the other dashboards keep the time range and variables", () => {
    const others = DASHBOARD_UIDS.filter((uid) => uid !== dashboard.uid);
    expect(dashboard.links.map(({ url }) => url).sort()).toEqual(others.map((uid) => `/d/${uid}`));
    for (const { keepTime, includeVars } of dashboard.links)
      expect([keepTime, includeVars]).toEqual([true, true]);
  });

  test("links of panels and table rows set only variables that the target dashboard has", () => {
    const urls = textsOf(panels).filter((text) => text.startsWith("/d/"));
    for (const url of urls) {
      const [, uid, search = ""] = /^\/d\/([\w-]+)\?(.+)$/.exec(url) ?? [];
      const target = DASHBOARDS.find((candidate) => candidate.uid === uid);
      const known = (target?.templating.list ?? []).map(({ name }) => name);
      const set = [...search.matchAll(/var-(\w+)=/g)].map(([, name]) => name);
      expect(known).toEqual(expect.arrayContaining(set));
      expect(search).toContain("${__url_time_range}");
      if (!search.includes("${__all_variables}")) expect(search).toContain("${datasource:queryparam}");
    }
    expect(urls.length).toBeGreaterThan(0);
  });

  test("the variables are those that the queries use, and All is a short regular expression", () => {
    const used = [...queries, ...textsOf(variables.map(({ query }) => query))].flatMap(variablesOf);
    const own = new Set(used.filter((name) => !name.startsWith("__")));
    expect([...own, "datasource"].sort()).toEqual(variables.map(({ name }) => name).sort());
    for (const { name, type, multi, includeAll, allValue } of variables) {
      if (type === "query") expect([name, multi, includeAll, allValue]).toEqual([name, true, true, ".*"]);
    }
  });

  test("queries use only metrics that exist", async () => {
    const known = new Set([
      ...WORKGROUP_METRICS,
      ...REGION_METRICS,
      ...EXPORTER_METRICS,
      ...PROMETHEUS_METRICS,
      ...(await processMetrics()),
    ]);
    const selected = queries.flatMap(selectorsOf).map(({ metric }) => metric);
    expect(selected.filter((metric) => !known.has(metric))).toEqual([]);
  });

  test("queries filter by the selected accounts, regions and workgroups", () => {
    for (const query of queries) {
      const selectors = selectorsOf(query).filter(({ metric }) => filterOf(metric).length > 0);
      // What is joined with selected series need not be selected itself.
      const isSelected = ({ metric, matchers }: (typeof selectors)[number]) =>
        filterOf(metric).every((matcher) => matchers.includes(matcher));
      expect([query, selectors.length === 0 || selectors.some(isSelected)]).toEqual([query, true]);
    }
  });

  test("lists of accounts, workgroups or sessions are limited", () => {
    const isList = ({ type, title }: (typeof panels)[number]) => type === "table" && !SHORT_LISTS.has(title);
    const isBySubject = ({ legendFormat = "" }) => /workgroup|session_id|account/.test(legendFormat);
    for (const panel of panels) {
      const lists = (panel.targets ?? []).filter((target) => isList(panel) || isBySubject(target));
      expect([panel.title, lists.filter(({ expr }) => !expr.includes("topk("))]).toEqual([panel.title, []]);
    }
  });

  test("Grafana 11.0 loads it without migration", () => {
    expect([dashboard.id, dashboard.schemaVersion]).toEqual([undefined, 39]);
    expect(new Set(panels.map(({ pluginVersion }) => pluginVersion))).toEqual(new Set(["11.0.0"]));
    expect(JSON.stringify(dashboard)).not.toContain('"placement":"inControlsMenu"');
  });
});

test("selectorsOf finds metrics and matchers, on which the tests above rely", () => {
  expect(selectorsOf('sum(rate(athena_a_total{x=~"$y", z="1"}[5m])) / up')).toEqual([
    { metric: "athena_a_total", matchers: ['x=~"$y"', 'z="1"'] },
    { metric: "up", matchers: [] },
  ]);
});
