import { expect, test } from "vitest";
import {
  type DashboardFile,
  type PlacedTarget,
  readDashboards,
  targetsOf,
} from "../../grafana/dashboard-files.ts";
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

const TYPED_VARIABLES = { quota: "160" };
const ALL_SELECTED: Variables = { ...TYPED_VARIABLES, account: ALL, region: ALL, workgroup: ALL };

/** The panels that show a text if they have no data. */
const PANELS_WITH_NO_VALUE_TEXT = DASHBOARDS.flatMap(({ title, panels }) =>
  panels
    .filter(({ fieldConfig }) => fieldConfig?.defaults.noValue !== undefined)
    .map((panel) => `${title}: ${panel.title}`),
);

/** The panels without data on a healthy fleet without sessions.details. */
const EMPTY_ON_A_HEALTHY_FLEET = [
  "Athena session exporter / Health: Failed API requests by reason",
  "Athena session exporter / Health: Failed polls by workgroup",
  "Athena session exporter / Health: Failing workgroups by reason",
  "Athena session exporter / Health: List of unreadable accounts",
  "Athena session exporter / Health: List of unreadable workgroups",
  "Athena session exporter / Health: Omitted sessions by workgroup",
  "Athena session exporter / Health: Throttled API requests",
  "Athena session exporter / Health: Truncated listings by workgroup",
  "Athena sessions / Fleet: DPU-hours of ended sessions",
  "Athena sessions / Workgroup: DPU-hours of ended sessions",
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

/** The panels none of whose queries has a result; constant limit lines do not count. */
function panelsWithoutData(results: readonly QueryResult[]): readonly string[] {
  const filled = new Set(
    results
      .filter(({ target, series }) => !target.expr.startsWith("vector(") && series.length > 0)
      .map(({ target }) => target.panel),
  );
  return PANELS.filter((panel) => !filled.has(panel)).sort();
}

/** The queries without a result. */
function queriesWithoutData(results: readonly QueryResult[]): readonly string[] {
  return results
    .filter(({ series }) => series.length === 0)
    .map(({ target }) => `${target.panel}: ${target.expr}`);
}

/** Starts a fleet with every fault, two exporters that poll it, and a Prometheus that scrapes both. */
async function startFaultyFleetWithPrometheus() {
  const { exporters, injectFaults, simulator } = await startFaultyFleet();
  const prometheus = await startPrometheus({ athena: exporters.map(({ url }) => url) });
  await until("both to be scraped", async () => (await prometheus.value("sum(up)")) === 2);
  await injectFaults();
  return { prometheus, simulator };
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
async function expectStatsToMatch(prometheus: Prometheus, { fleet }: Simulator): Promise<void> {
  const active = fleet
    .truth(Date.now())
    .filter(({ accountId }) => accountId !== LOCKED_ACCOUNT_ID)
    .flatMap(({ active }) => active);
  const count = (state: string) => active.filter((session) => session.state === state).length;
  const shown = async (title: string) => {
    const targets = TARGETS.filter(({ panel }) => panel.endsWith(`: ${title}`));
    const series = await Promise.all(targets.map((target) => runQuery(prometheus, target, ALL_SELECTED)));
    return [...new Set(series.flat().map(({ values }) => values.at(-1)))];
  };
  expect(await shown("Active sessions")).toEqual([active.length]);
  expect(await shown("Degraded sessions")).toEqual([1]);
  expect(await shown("Failed in the last hour")).toEqual([1]);
  expect(await shown("Stuck sessions")).toEqual([1]);
  expect(await shown("Idle cost now")).toEqual([expect.closeTo(count("IDLE") * 0.35, 6)]);
  expect(await shown("Unreadable workgroups")).toEqual([3]);
  expect(await shown("Unreadable accounts")).toEqual([1]);
  expect(await shown("Exporters down")).toEqual([0]);
  expect(await shown("Failed reloads")).toEqual([2]);
  expect(await shown("Missing shards")).toEqual([0]);
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

test("on a fleet with every fault every query has a result, and a second exporter does not double values", async () => {
  const { prometheus, simulator } = await startFaultyFleetWithPrometheus();
  await until(
    "results",
    async () => {
      expect(queriesWithoutData(await runAllQueries(prometheus, ALL_SELECTED))).toEqual([]);
      await expectStatsToMatch(prometheus, simulator);
      return true;
    },
    60_000,
  );
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
  const idle = TARGETS.filter(({ panel }) => panel.endsWith(": Idle DPU-hours in the time range"));
  for (const target of idle) {
    const [series] = await runQuery({ url }, target, ALL_SELECTED);
    const dpuSeconds = (series?.values[0] ?? 0) * 3600;
    expect(dpuSeconds / (idleDpus * RANGE_SECONDS)).toBeCloseTo(1, 1);
  }
  expect(idle).toHaveLength(2);
});
