import { expect, test } from "vitest";
import {
  type DashboardFile,
  panelsOf,
  type PlacedTarget,
  readDashboards,
  targetsOf,
} from "../../grafana/dashboard-files.ts";
import { DPU_HOUR_PRICE, hoursOverRange, rate, sum } from "../../../grafana/queries.ts";
import { runQuery, variableValues, RANGE_SECONDS, type Series } from "./dashboard-queries.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { startExporter } from "../exporter.ts";
import { LOCKED_ACCOUNT_ID, OTHER_ACCOUNT_ID, OTHER_REGION, startFaultyFleet } from "../faulty-fleet.ts";
import { ALL, type Variables } from "./grafana-variables.ts";
import { type Prometheus, startPrometheus } from "../prometheus.ts";
import { startPrometheusWithHistory } from "./prometheus-history.ts";
import { until } from "../until.ts";
import { ACCOUNT_ID, REGION } from "../test-simulator.ts";

const DASHBOARDS = readDashboards();
const TARGETS = DASHBOARDS.flatMap(targetsOf);
const PANELS = [...new Set(TARGETS.map(({ panel }) => panel))];

const TYPED_VARIABLES = { tag: "tag_team" };
/** Series that need settings which are off by default, loaded rules, or a week of history. */
const OPTIONAL_SERIES = /athena_account_(active_dpus|dpu_quota)|without_owner|ALERTS|offset/;
/** Series of processes and of API requests, of which two exporters have twice as many. */
const EXPORTER_SERIES = /athena_exporter_|process_|nodejs_/;
/** Queries of durations, which differ by the seconds between the polls of two exporters. */
const DURATIONS = /time\(\)|longest_idle_seconds|histogram_quantile/;
const TOLERANCE_SECONDS = 5;
/** The share by which totals may differ, since two exporters count an event at different times; doubled ones differ by 1. */
const TOLERANCE_SHARE = 0.4;
/** A scrape that a busy machine loses distorts totals until the time range has passed it. */
const SAME_FIGURES_DEADLINE_MS = (RANGE_SECONDS + 30) * 1000;
const ALL_SELECTED: Variables = { ...TYPED_VARIABLES, account: ALL, region: ALL, workgroup: ALL };

/** The panels that show a text if they have no data. */
const PANELS_WITH_NO_VALUE_TEXT = DASHBOARDS.flatMap((dashboard) =>
  panelsOf(dashboard)
    .filter(({ fieldConfig }) => fieldConfig?.defaults.noValue !== undefined)
    .map((panel) => `${dashboard.title}: ${panel.title}`),
);

/** The panels without data on a healthy fleet without sessions.details. */
const EMPTY_ON_A_HEALTHY_FLEET = [
  "Athena session exporter / Health: Failed API requests by reason",
  "Athena session exporter / Health: List of unreadable accounts",
  "Athena session exporter / Health: List of unreadable workgroups",
];

/** A query of a panel with its result. */
interface QueryResult {
  readonly target: PlacedTarget;
  readonly series: readonly Series[];
}

/** Runs every query of every panel. */
async function runAllQueries(prometheus: Prometheus, variables: Variables): Promise<readonly QueryResult[]> {
  return Promise.all(
    TARGETS.map(async (target) => ({ target, series: await runQuery(prometheus, target, variables) })),
  );
}

/** The panels none of whose queries has a result, except those all of whose series are optional. */
function panelsWithoutData(results: readonly QueryResult[]): readonly string[] {
  const filled = new Set(
    results
      .filter(({ target, series }) => OPTIONAL_SERIES.test(target.expr) || series.length > 0)
      .map(({ target }) => target.panel),
  );
  return PANELS.filter((panel) => !filled.has(panel)).sort();
}

/** The queries without a result. */
function queriesWithoutData(results: readonly QueryResult[]): readonly string[] {
  return results
    .filter(({ target, series }) => series.length === 0 && !OPTIONAL_SERIES.test(target.expr))
    .map(({ target }) => `${target.panel}: ${target.expr}`);
}

/** Starts a fleet with every fault, two exporters that poll it, and a Prometheus that scrapes both. */
async function startFaultyFleetWithPrometheus() {
  const { exporters, injectFaults, simulator } = await startFaultyFleet();
  const [first] = exporters;
  const prometheus = await startPrometheus({ athena: exporters.map(({ url }) => url) });
  const prometheusOfOne = await startPrometheus({ athena: first.url });
  await until("both to be scraped", async () => (await prometheus.value("sum(up)")) === 2);
  await until("one to be scraped", async () => (await prometheusOfOne.value("sum(up)")) === 1);
  await injectFaults();
  return { exporters, prometheus, prometheusOfOne, simulator };
}

/** The last values of the series of a query, by their labels without those of the scrape. */
async function lastValues(
  prometheus: Prometheus,
  target: PlacedTarget,
): Promise<ReadonlyMap<string, number>> {
  const series = await runQuery(prometheus, target, ALL_SELECTED);
  const entries = series.map(({ metric, values }) => {
    const labels = Object.entries(metric).filter(([name]) => name !== "instance");
    const key = JSON.stringify(labels.toSorted(([one], [other]) => (one < other ? -1 : 1)));
    return [key, values.at(-1) ?? Number.NaN] as const;
  });
  const byLabels = new Map(entries);
  if (byLabels.size < entries.length) throw new Error(`a series occurs twice: ${target.panel}`);
  return byLabels;
}

/** Whether every exporter has counted the events of the faults, and longer ago than a rate looks back. */
async function areEventsCounted(prometheus: Prometheus, exporters: number): Promise<boolean> {
  const [counted, changes] = await Promise.all([
    prometheus.value("count(sum by (instance) (athena_sessions_degraded_total) > 0)"),
    prometheus.value(
      "sum(changes(athena_sessions_ended_total[5s])) + sum(changes(athena_sessions_degraded_total[5s]))",
    ),
  ]);
  return counted === exporters && changes === 0;
}

/** Throws where a panel about AWS does not show the same with both Prometheus servers; what is missing counts as 0. */
async function expectSameFigures(one: Prometheus, other: Prometheus): Promise<void> {
  for (const target of TARGETS.filter(({ expr }) => !EXPORTER_SERIES.test(expr))) {
    const [expected, actual] = await Promise.all([lastValues(one, target), lastValues(other, target)]);
    for (const labels of new Set([...expected.keys(), ...actual.keys()])) {
      const [value, shown] = [expected.get(labels) ?? 0, actual.get(labels) ?? 0];
      const tolerance = Math.max(
        value * TOLERANCE_SHARE,
        DURATIONS.test(target.expr) ? TOLERANCE_SECONDS : 0.001,
      );
      if (Math.abs(shown - value) > tolerance)
        throw new Error(`${target.panel}, ${target.refId}, ${labels}: ${shown} instead of ${value}`);
    }
  }
}

/** Checks that the values of each variable depend on the variables before it. */
async function expectVariableValues(prometheus: Prometheus, { templating }: DashboardFile): Promise<void> {
  const valuesOf = async (name: string, variables: Variables) => {
    const query = templating.list.find((variable) => variable.name === name)?.query ?? "";
    return variableValues(prometheus, typeof query === "string" ? query : query.query, variables);
  };
  const inRegion = { account: [ACCOUNT_ID], region: [REGION] };
  const inOtherRegion = { account: [ACCOUNT_ID], region: [OTHER_REGION] };
  expect(await valuesOf("account", {})).toEqual([ACCOUNT_ID, OTHER_ACCOUNT_ID, LOCKED_ACCOUNT_ID]);
  expect(await valuesOf("region", { account: ALL })).toEqual([REGION, OTHER_REGION]);
  expect(await valuesOf("region", { account: [OTHER_ACCOUNT_ID] })).toEqual([REGION]);
  expect(await valuesOf("workgroup", inRegion)).toEqual(["etl", "locked", "note.books", "slow"]);
  expect(await valuesOf("workgroup", inOtherRegion)).toEqual(["etl"]);
}

/** Checks the panels with one value against the simulator, for all accounts that can be read. */
async function expectStatsToMatch(
  prometheus: Prometheus,
  { fleet }: Simulator,
  exporters: { readonly down: number; readonly up: number },
): Promise<void> {
  const active = fleet
    .truth(Date.now())
    .filter(({ accountId }) => accountId !== LOCKED_ACCOUNT_ID)
    .flatMap(({ active }) => active);
  const count = (state: string) => active.filter((session) => session.state === state).length;
  const shown = async (title: string) => {
    const targets = TARGETS.filter(({ panel }) => panel.endsWith(`: ${title}`));
    const perTarget = await Promise.all(targets.map((target) => runQuery(prometheus, target, ALL_SELECTED)));
    return perTarget.map((series) => series.map(({ values }) => values.at(-1)));
  };
  expect(await shown("Active")).toEqual([[active.length]]);
  expect(await shown("Degraded")).toEqual([[1], [1]]);
  expect(await shown("Failed (1 h)")).toEqual([[1], [1]]);
  const cost = [expect.closeTo(count("IDLE") * 0.35, 6)];
  expect(await shown("Idle cost now")).toEqual([cost, cost]);
  expect(await shown("Unreadable")).toEqual([[4]]);
  expect(await shown("Unreadable workgroups")).toEqual([[3]]);
  expect(await shown("Unreadable accounts")).toEqual([[1]]);
  expect(await shown("Exporters")).toEqual([[exporters.down], [0], [exporters.up]]);
}

test("with the demo every panel has data, except those that need faults or sessions.details", async () => {
  expect(PANELS_WITH_NO_VALUE_TEXT).toEqual(expect.arrayContaining(EMPTY_ON_A_HEALTHY_FLEET));
  const exporter = await (await startExporter(["demo", "--poll.interval=1s"])).untilReady();
  const prometheus = await startPrometheus({ athena: exporter.url });
  await until(
    "data in every other panel",
    async () => {
      expect(panelsWithoutData(await runAllQueries(prometheus, ALL_SELECTED))).toEqual(
        EMPTY_ON_A_HEALTHY_FLEET,
      );
      return true;
    },
    90_000,
  );
});

test("on a fleet with every fault every query has a result, with a pair of exporters and with one of two down", async () => {
  const { exporters, prometheus, prometheusOfOne, simulator } = await startFaultyFleetWithPrometheus();
  await until("both to count the events", async () => areEventsCounted(prometheus, 2));
  await until("one to count the events", async () => areEventsCounted(prometheusOfOne, 1));
  await until(
    "results of a pair",
    async () => {
      expect(queriesWithoutData(await runAllQueries(prometheus, ALL_SELECTED))).toEqual([]);
      await expectStatsToMatch(prometheus, simulator, { down: 0, up: 2 });
      await expectSameFigures(prometheusOfOne, prometheus);
      return true;
    },
    SAME_FIGURES_DEADLINE_MS,
  );
  const [, second] = exporters;
  second.program.signal("SIGKILL");
  await until(
    "results of one of two",
    async () => {
      await expectStatsToMatch(prometheus, simulator, { down: 1, up: 1 });
      await expectSameFigures(prometheusOfOne, prometheus);
      return true;
    },
    SAME_FIGURES_DEADLINE_MS,
  );
}, 300_000);

test("annotations mark starts and reloads of exporters", async () => {
  const exporter = await (await startExporter(["demo", "--poll.interval=1s"])).untilReady();
  const prometheus = await startPrometheus({ athena: exporter.url });
  const [starts, reloads] = (DASHBOARDS[0]?.annotations.list ?? []).map(({ expr }) => expr);
  const started = await until("the start to be scraped", async () => prometheus.value(starts ?? ""));
  expect(Math.abs(started - Date.now())).toBeLessThan(120_000);
  expect(await prometheus.value(`(${reloads}) or vector(0)`)).toBe(0);
});

test("variables list what is polled, and filter all panels", async () => {
  const { prometheus } = await startFaultyFleetWithPrometheus();
  for (const dashboard of DASHBOARDS) await expectVariableValues(prometheus, dashboard);
  const filled = async (variables: Variables) =>
    until(`data for ${JSON.stringify(variables)}`, async () => {
      const results = await runAllQueries(prometheus, variables);
      const series = results.flatMap(({ series }) => series);
      const labels = (name: string) =>
        [...new Set(series.flatMap(({ metric }) => metric[name] ?? []))].sort();
      expect(labels("workgroup")).toEqual(variables["workgroup"]);
      expect(labels("aws_region")).toEqual(variables["region"]);
      expect(labels("aws_account_id")).toEqual(variables["account"]);
      return panelsWithoutData(results);
    });

  const two = {
    ...TYPED_VARIABLES,
    account: [ACCOUNT_ID, LOCKED_ACCOUNT_ID],
    region: [REGION, OTHER_REGION],
    workgroup: ["etl", "locked"],
  };
  await until("every panel to show data", async () => (await filled(two)).length === 0, 60_000);
  await filled({ ...TYPED_VARIABLES, account: [OTHER_ACCOUNT_ID], region: [REGION], workgroup: ["etl"] });
  await filled({ ...TYPED_VARIABLES, account: [ACCOUNT_ID], region: [OTHER_REGION], workgroup: ["etl"] });
  await filled({ ...TYPED_VARIABLES, account: [ACCOUNT_ID], region: [REGION], workgroup: ["note.books"] });
});

test("idle DPU-hours are counted once across restarts and concurrent exporters", async () => {
  const endSeconds = Math.floor(Date.now() / 1000);
  const idleDpus = 2;
  const counted = (instance: string, fromSeconds: number, untilSeconds: number) => ({
    series: `athena_idle_dpu_seconds_total{instance="${instance}",workgroup="etl"}`,
    samples: Array.from({ length: untilSeconds - fromSeconds + 1 }, (_, second) => {
      return [endSeconds + fromSeconds + second, idleDpus * second] as const;
    }),
  });
  const url = await startPrometheusWithHistory([
    counted("before the restart", -80, -30),
    counted("after the restart", -30, 0),
    counted("concurrent", -15, 0),
  ]);
  // The history has no price, so that only what the panel multiplies by it is run.
  const expr = hoursOverRange(sum(rate("athena_idle_dpu_seconds_total")));
  const panels = TARGETS.filter((target) => target.expr === `${expr} * ${DPU_HOUR_PRICE}`);
  expect(panels.map(({ panel }) => panel)).toEqual(["Athena sessions / Fleet: Idle cost in range"]);
  for (const target of panels) {
    const [series] = await runQuery({ url }, { ...target, expr }, ALL_SELECTED);
    const dpuSeconds = (series?.values[0] ?? 0) * 3600;
    expect(dpuSeconds / (idleDpus * RANGE_SECONDS)).toBeCloseTo(1, 1);
  }
});
