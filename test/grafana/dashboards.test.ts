import { describe, expect, test } from "vitest";
import { ACCOUNT_FAMILIES } from "../../src/metrics/account-families.ts";
import { EXPORTER_FAMILIES } from "../../src/metrics/exporter-families.ts";
import { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/families.ts";
import { readDashboards, targetsOf } from "./dashboard-files.ts";
import { selectorsOf, variablesOf } from "./promql.ts";

const COLUMNS = 24;
const DASHBOARDS = readDashboards();
const UIDS = ["athena-session-exporter-health", "athena-sessions-fleet", "athena-sessions-workgroup"];
const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" };
const REGION_FILTER = ['aws_account_id=~"$account"', 'aws_region=~"$region"'];
const WORKGROUP_FILTER = [...REGION_FILTER, 'workgroup=~"$workgroup"'];
/** A description says how to read a panel, which takes more than a repeated title. */
const SHORTEST_DESCRIPTION = 80;
/** What Prometheus tells of each scrape by itself. */
const OF_PROMETHEUS = ["up", "scrape_duration_seconds", "scrape_samples_scraped"];

const namesOf = (families: readonly { readonly name: string }[]) => families.map(({ name }) => name);
const OF_WORKGROUPS = new Set(namesOf(WORKGROUP_FAMILIES));
const OF_REGIONS = new Set([
  ...namesOf(ACCOUNT_FAMILIES),
  ...exporterNames((labels) => labels.includes("aws_region")),
]);
const OF_EXPORTERS = exporterNames(() => true);

/** The exporter's own metrics that have such labels, as their samples are called. */
function exporterNames(has: (labels: readonly string[]) => boolean): readonly string[] {
  return Object.values(EXPORTER_FAMILIES)
    .filter(({ labels }) => has(labels))
    .map(({ name, type }) => (type === "histogram" ? `${name}_bucket` : name));
}

/** The metrics of an exporter's process, as they are exposed. */
async function processMetrics(): Promise<readonly string[]> {
  const build = { version: "1.0.0", revision: "", nodeVersion: "v24.0.0" };
  const metrics = new ExporterMetrics(build, (error) => {
    throw error;
  });
  return [...(await metrics.text("text")).matchAll(/^# TYPE (\w+)/gm)].map(([, name = ""]) => name);
}

/** Every text anywhere inside. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

test("the dashboards are the three that alerts and the exporter's page link to", () => {
  expect(DASHBOARDS.map(({ uid }) => uid)).toEqual(UIDS);
});

describe.each(DASHBOARDS)("$title", (dashboard) => {
  const panels = dashboard.panels.filter(({ type }) => type !== "row");
  const queries = targetsOf(dashboard).map(({ expr }) => expr);
  const variables = dashboard.templating.list;

  test("every panel has a title of its own, and a description that says how to read it", () => {
    const titles = panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.every((title) => title !== "")).toBe(true);
    const terse = panels.filter(({ description = "" }) => description.length < SHORTEST_DESCRIPTION);
    expect(terse.map(({ title }) => title)).toEqual([]);
  });

  test("every panel has a unit, and every number of a table has one", () => {
    const without = panels.filter(({ fieldConfig }) => fieldConfig?.defaults.unit === undefined);
    expect(without.map(({ title }) => title)).toEqual([]);
    for (const { title, targets = [], fieldConfig } of panels.filter(({ type }) => type === "table")) {
      const units = fieldConfig?.overrides.filter(({ properties }) =>
        properties.some(({ id }) => id === "unit"),
      );
      expect([title, units?.length]).toEqual([title, targets.length]);
    }
  });

  test("everything asks the Prometheus that is chosen", () => {
    const asked = [...panels, ...targetsOf(dashboard)].map(({ datasource }) => datasource);
    const listed = variables.flatMap(({ type, datasource }) => (type === "query" ? [datasource] : []));
    for (const reference of [...asked, ...listed]) expect(reference).toEqual(DATA_SOURCE);
    expect(listed).toHaveLength(3);
  });

  test("panels lie within the grid, beside and below each other, and have ids of their own", () => {
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
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("links lead to the other dashboards and keep time and variables", () => {
    const others = UIDS.filter((uid) => uid !== dashboard.uid);
    expect(dashboard.links.map(({ url }) => url).sort()).toEqual(others.map((uid) => `/d/${uid}`));
    for (const { keepTime, includeVars } of dashboard.links)
      expect([keepTime, includeVars]).toEqual([true, true]);
  });

  test("links of panels and rows lead to dashboards that have the variables they set", () => {
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

  test("variables are those that its queries use, and all of a list is one short expression", () => {
    const used = [...queries, ...textsOf(variables.map(({ query }) => query))].flatMap(variablesOf);
    const own = new Set(used.filter((name) => !name.startsWith("__")));
    expect([...own, "datasource"].sort()).toEqual(variables.map(({ name }) => name).sort());
    for (const { name, type, multi, includeAll, allValue } of variables) {
      if (type === "query") expect([name, multi, includeAll, allValue]).toEqual([name, true, true, ".*"]);
    }
  });

  test("queries name metrics that there are", async () => {
    const known = new Set([
      ...OF_WORKGROUPS,
      ...OF_REGIONS,
      ...OF_EXPORTERS,
      ...OF_PROMETHEUS,
      ...(await processMetrics()),
    ]);
    const selected = queries.flatMap(selectorsOf).map(({ metric }) => metric);
    expect(selected.filter((metric) => !known.has(metric))).toEqual([]);
  });

  test("what is about workgroups or accounts is of those that are chosen", () => {
    for (const { metric, matchers } of queries.flatMap(selectorsOf)) {
      if (OF_WORKGROUPS.has(metric)) expect(matchers).toEqual(expect.arrayContaining(WORKGROUP_FILTER));
      else if (OF_REGIONS.has(metric)) expect(matchers).toEqual(expect.arrayContaining(REGION_FILTER));
      else expect(matchers).toEqual([]);
    }
  });

  test("what lists accounts, workgroups or sessions lists so many at most", () => {
    const isList = ({ type, title }: (typeof panels)[number]) =>
      ["table", "bargauge"].includes(type) && title !== "Exporters";
    const isBySubject = ({ legendFormat = "" }) => /workgroup|session_id|account/.test(legendFormat);
    for (const panel of panels) {
      const lists = (panel.targets ?? []).filter((target) => isList(panel) || isBySubject(target));
      expect([panel.title, lists.filter(({ expr }) => !expr.includes("topk("))]).toEqual([panel.title, []]);
    }
  });

  test("Grafana 11.0 takes it as it is", () => {
    expect([dashboard.id, dashboard.schemaVersion]).toEqual([undefined, 39]);
    expect(new Set(panels.map(({ pluginVersion }) => pluginVersion))).toEqual(new Set(["11.0.0"]));
    expect(JSON.stringify(dashboard)).not.toContain('"placement":"inControlsMenu"');
  });
});

test("a selector is read with its matchers, so that the tests above test something", () => {
  expect(selectorsOf('sum(rate(athena_a_total{x=~"$y", z="1"}[5m])) / up')).toEqual([
    { metric: "athena_a_total", matchers: ['x=~"$y"', 'z="1"'] },
    { metric: "up", matchers: [] },
  ]);
});
