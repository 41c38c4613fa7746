import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { DOCUMENTS, fencedCode, readDocument } from "../../docs/markdown.ts";
import { startAlertmanager } from "../alertmanager.ts";
import { startFaultyFleet } from "../faulty-fleet.ts";
import { runProgram } from "../program.ts";
import { startPrometheus } from "../prometheus.ts";
import { acceleratedRules } from "./accelerated-config.ts";
import { until } from "../until.ts";

const RUNBOOKS = DOCUMENTS.filter((document) => document.startsWith("docs/runbooks/"));
const ALERTMANAGER = new URL("../../../deploy/alertmanager/alertmanager.yaml", import.meta.url);
/** Faults become visible one after the other, with each reconciliation listing. */
const DEADLINE_MS = 60_000;
const DOCUMENTED_URL = "http://localhost:9093";
/** Queries with a result only while an exporter is down or skips polls, or where the accounts are an organization's. */
const MAY_BE_EMPTY = [
  "up == 0 and on (job, instance) last_over_time(athena_exporter_build_info[1d])\n",
  "sum by (aws_account_id, aws_region) (increase(athena_exporter_polls_skipped_total[15m])) > 0\n",
  "max by (job, reason) (athena_organization_failing)\n",
  "time() - max by (job) (athena_organization_last_success_timestamp_seconds > 0)\n",
];

test("on a fleet with every fault, polled by two exporters, every query of the runbooks has a result", async () => {
  const { exporters, injectFaults } = await startFaultyFleet();
  const prometheus = await startPrometheus({ "athena-sessions": exporters.map(({ url }) => url) });
  await prometheus.load(await acceleratedRules());
  await until("both to be scraped", async () => (await prometheus.value("sum(up)")) === 2);
  await injectFaults();
  const queries = RUNBOOKS.flatMap((document) => fencedCode(readDocument(document), "promql"));
  expect(queries).toEqual(expect.arrayContaining(MAY_BE_EMPTY));
  const queriesWithoutResult = async () => {
    const results = await Promise.all(
      queries.map(async (query) => ({ query, samples: await prometheus.query(query) })),
    );
    return results.flatMap(({ query, samples }) => (samples.length === 0 ? [query] : []));
  };
  const check = async () => {
    expect((await queriesWithoutResult()).filter((query) => !MAY_BE_EMPTY.includes(query))).toEqual([]);
    return true;
  };
  await until("results", check, DEADLINE_MS);
});

test("Alertmanager accepts every silence of the runbooks", async () => {
  const { url } = await startAlertmanager(await readFile(ALERTMANAGER, "utf8"));
  const silences = RUNBOOKS.flatMap((document) => fencedCode(readDocument(document), "sh"))
    .flatMap((block) => block.split("\n"))
    .filter((line) => line.startsWith("amtool "));
  expect(silences).toHaveLength(RUNBOOKS.length);
  for (const silence of silences) {
    expect(silence).toContain(DOCUMENTED_URL);
    const { status, stderr } = await runProgram("sh", ["-c", silence.replace(DOCUMENTED_URL, url)], {
      environment: { PATH: process.env["PATH"] ?? "" },
    });
    expect([status, stderr]).toEqual([0, ""]);
  }
});
