import { expect, test } from "vitest";
import {
  type DashboardFile,
  type PlacedTarget,
  readDashboards,
  targetsOf,
} from "../../grafana/dashboard-files.ts";
import { ask, offered, RANGE_SECONDS, type Series } from "./dashboard-queries.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { startExporter } from "../exporter.ts";
import { LOCKED_ACCOUNT_ID, OTHER_ACCOUNT_ID, OTHER_REGION, startFleetOfFaults } from "../fleet-of-faults.ts";
import { ALL, type Variables } from "./grafana-variables.ts";
import { type Prometheus, startPrometheus } from "../prometheus.ts";
import { startPrometheusWithHistory } from "./prometheus-history.ts";
import { until } from "../until.ts";
import { ACCOUNT_ID, REGION } from "../world.ts";

const DASHBOARDS = readDashboards();
const TARGETS = DASHBOARDS.flatMap(targetsOf);
const PANELS = [...new Set(TARGETS.map(({ panel }) => panel))];

const NUMBERS = { price: "0.35", quota: "160", rate_limit: "5" };
const EVERYTHING: Variables = { ...NUMBERS, account: ALL, region: ALL, workgroup: ALL };

/** The panels that say so where they have nothing to show. */
const SAYING_NONE = DASHBOARDS.flatMap(({ title, panels }) =>
  panels
    .filter(({ fieldConfig }) => fieldConfig?.defaults.noValue !== undefined)
    .map((panel) => `${title}: ${panel.title}`),
);

/** Where nothing is shown while all is well and no session's details are asked for. */
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

interface Answered {
  readonly target: PlacedTarget;
  readonly series: readonly Series[];
}

/** Asks every query of every panel. */
async function askAll(prometheus: Prometheus, variables: Variables): Promise<readonly Answered[]> {
  return Promise.all(
    TARGETS.map(async (target) => ({ target, series: await ask(prometheus, target, variables) })),
  );
}

/** The panels none of whose queries has an answer; a line at a constant is none. */
function emptyPanels(answers: readonly Answered[]): readonly string[] {
  const filled = new Set(
    answers
      .filter(({ target, series }) => !target.expr.startsWith("vector(") && series.length > 0)
      .map(({ target }) => target.panel),
  );
  return PANELS.filter((panel) => !filled.has(panel)).sort();
}

/** The queries without an answer. */
function unanswered(answers: readonly Answered[]): readonly string[] {
  return answers
    .filter(({ series }) => series.length === 0)
    .map(({ target }) => `${target.panel}: ${target.expr}`);
}

/** Two exporters that poll a fleet in which all goes wrong that can, and the Prometheus that scrapes both. */
async function startBrokenFleet() {
  const { exporters, breakAll, simulator } = await startFleetOfFaults();
  const prometheus = await startPrometheus({ athena: exporters.map(({ url }) => url) });
  await until("both to be scraped", async () => (await prometheus.value("sum(up)")) === 2);
  await breakAll();
  return { prometheus, simulator };
}

/** Each list holds what those before it leave. */
async function expectOffers(prometheus: Prometheus, { templating }: DashboardFile): Promise<void> {
  const offers = async (name: string, variables: Variables) => {
    const query = templating.list.find((variable) => variable.name === name)?.query ?? "";
    return offered(prometheus, typeof query === "string" ? query : query.query, variables);
  };
  const inRegion = { account: [ACCOUNT_ID], region: [REGION] };
  const inOtherRegion = { account: [ACCOUNT_ID], region: [OTHER_REGION] };
  expect(await offers("account", {})).toEqual([ACCOUNT_ID, OTHER_ACCOUNT_ID, LOCKED_ACCOUNT_ID]);
  expect(await offers("region", { account: ALL })).toEqual([REGION, OTHER_REGION]);
  expect(await offers("region", { account: [OTHER_ACCOUNT_ID] })).toEqual([REGION]);
  expect(await offers("workgroup", inRegion)).toEqual(["etl", "locked", "note.books", "slow"]);
  expect(await offers("workgroup", inOtherRegion)).toEqual(["etl"]);
}

/** Panels with one value say what the simulator knows of all accounts that can be read. */
async function expectTruth(prometheus: Prometheus, { fleet }: Simulator): Promise<void> {
  const active = fleet
    .truth(Date.now())
    .filter(({ accountId }) => accountId !== LOCKED_ACCOUNT_ID)
    .flatMap(({ active }) => active);
  const count = (state: string) => active.filter((session) => session.state === state).length;
  const shown = async (title: string) => {
    const targets = TARGETS.filter(({ panel }) => panel.endsWith(`: ${title}`));
    const series = await Promise.all(targets.map((target) => ask(prometheus, target, EVERYTHING)));
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

test("on the demo's fleet every panel shows data, but for those that only faults and details fill", async () => {
  expect(SAYING_NONE).toEqual(expect.arrayContaining(EMPTY_ON_A_HEALTHY_FLEET));
  const exporter = await (await startExporter(["demo", "--poll.interval=1s"])).untilReady();
  const prometheus = await startPrometheus({ athena: exporter.url });
  await until(
    "data in every other panel",
    async () => {
      expect(emptyPanels(await askAll(prometheus, EVERYTHING))).toEqual(EMPTY_ON_A_HEALTHY_FLEET);
      return true;
    },
    90_000,
  );
});

test("where all goes wrong that can, every query has an answer, and a second exporter doubles none", async () => {
  const { prometheus, simulator } = await startBrokenFleet();
  await until(
    "answers",
    async () => {
      expect(unanswered(await askAll(prometheus, EVERYTHING))).toEqual([]);
      await expectTruth(prometheus, simulator);
      return true;
    },
    60_000,
  );
});

test("the variables offer what is polled, and a choice of them leaves just that in all panels", async () => {
  const { prometheus } = await startBrokenFleet();
  for (const dashboard of DASHBOARDS) await expectOffers(prometheus, dashboard);
  const filled = async (variables: Variables) =>
    until(`data for ${JSON.stringify(variables)}`, async () => {
      const answers = await askAll(prometheus, variables);
      const series = answers.flatMap(({ series }) => series);
      const labels = (name: string) =>
        [...new Set(series.flatMap(({ metric }) => metric[name] ?? []))].sort();
      expect(labels("workgroup")).toEqual(variables["workgroup"]);
      expect(labels("aws_region")).toEqual(variables["region"]);
      expect(labels("aws_account_id")).toEqual(variables["account"]);
      return emptyPanels(answers);
    });

  const two = {
    ...NUMBERS,
    account: [ACCOUNT_ID, LOCKED_ACCOUNT_ID],
    region: [REGION, OTHER_REGION],
    workgroup: ["etl", "locked"],
  };
  await until("every panel to show data", async () => (await filled(two)).length === 0, 60_000);
  await filled({ ...NUMBERS, account: [OTHER_ACCOUNT_ID], region: [REGION], workgroup: ["etl"] });
  await filled({ ...NUMBERS, account: [ACCOUNT_ID], region: [OTHER_REGION], workgroup: ["etl"] });
  await filled({ ...NUMBERS, account: [ACCOUNT_ID], region: [REGION], workgroup: ["note.books"] });
});

test("what idles counts once over the range, whichever exporters counted it one after the other or together", async () => {
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
    counted("beside it", -15, 0),
  ]);
  const idle = TARGETS.filter(({ panel }) => panel.endsWith(": Idle DPU-hours in the time range"));
  for (const target of idle) {
    const [series] = await ask({ url }, target, EVERYTHING);
    const dpuSeconds = (series?.values[0] ?? 0) * 3600;
    expect(dpuSeconds / (idleDpus * RANGE_SECONDS)).toBeCloseTo(1, 1);
  }
  expect(idle).toHaveLength(2);
});
