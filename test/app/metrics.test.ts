import { pino } from "pino";
import { expect, test } from "vitest";
import { createMetrics, registerAccountRegions } from "../../src/app/metrics.ts";
import type { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import { accountRegionsOf } from "../../src/targets/expand.ts";
import { configOf, REGION, type ConfigOptions } from "./config.ts";

const ACCOUNT_ID = "222222222222";
const BY_ROLE = { roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/exporter` };
const ALWAYS = ["ListSessions", "GetSessionStatus", "ListWorkGroups", "GetCallerIdentity"];

function metricsOf(options: ConfigOptions): ExporterMetrics {
  const config = configOf(options);
  const accountRegions = accountRegionsOf(config.accounts, REGION);
  return createMetrics(config, accountRegions, pino({ enabled: false }), { environment: {} });
}

/** The lines of an account's series, in the order of the exposition. */
async function seriesOf(metrics: ExporterMetrics, accountId: string): Promise<string[]> {
  const text = await metrics.text("text");
  return text.split("\n").filter((line) => line.includes(`aws_account_id="${accountId}"`));
}

/** The operations whose requests are counted, of which there were none yet. */
async function operationsAtZero(metrics: ExporterMetrics, accountId: string): Promise<string[]> {
  return (await seriesOf(metrics, accountId))
    .filter((line) => line.startsWith("athena_exporter_api_requests_total") && line.endsWith(" 0"))
    .map((line) => /operation="(\w+)"/.exec(line)?.[1] ?? "");
}

test.each([
  ["the process' own account", {}, "", []],
  ["a role", { configured: [BY_ROLE] }, ACCOUNT_ID, ["AssumeRole"]],
  ["details", { sessions: { details: true } }, "", ["GetSession"]],
  ["a tag filter", { configured: [{ discovery: { tags: { team: "data" } } }] }, "", ["ListTagsForResource"]],
  ["labels of tags", { configured: [{ discovery: { tagLabels: ["team"] } }] }, "", ["ListTagsForResource"]],
  [
    "all of these",
    { configured: [{ ...BY_ROLE, discovery: { tagLabels: ["team"] } }], sessions: { details: true } },
    ACCOUNT_ID,
    ["AssumeRole", "ListTagsForResource", "GetSession"],
  ],
] as const)(
  "with %s, the requests of every operation that is needed are there as 0 from the start",
  async (_what, options, accountId, operations) => {
    const metrics = metricsOf(options);
    const found = await operationsAtZero(metrics, accountId);
    expect(found.sort()).toEqual([...ALWAYS, ...operations].sort());
    const failures = (await seriesOf(metrics, accountId)).filter((line) => line.includes("failures_total"));
    expect(failures).toHaveLength(10 * found.length);
  },
);

test("the series of a removed account and region are gone, and what is recorded for it later is dropped", async () => {
  const metrics = metricsOf({ configured: [{}, BY_ROLE] });
  const [own, other] = [`|${REGION}`, `${ACCOUNT_ID}|${REGION}`];
  const attempt = { operation: "ListSessions", durationMs: 10, reason: "timeout" } as const;
  metrics.recordAttempt(other, attempt);
  metrics.recordSkippedPolls(other, 3);
  expect(await seriesOf(metrics, ACCOUNT_ID)).not.toEqual([]);
  metrics.removeAccountRegion(other);
  expect(await seriesOf(metrics, ACCOUNT_ID)).toEqual([]);
  metrics.recordAttempt(other, attempt);
  metrics.recordSkippedPolls(other, 3);
  metrics.identifyAccount(other, ACCOUNT_ID);
  expect(await seriesOf(metrics, ACCOUNT_ID)).toEqual([]);

  metrics.recordAttempt(own, attempt);
  expect(await seriesOf(metrics, "")).toContain(
    `athena_exporter_api_requests_total{aws_account_id="",aws_region="${REGION}",operation="ListSessions"} 1`,
  );
});

test("the rate limit of each account and region, and the price, are those of the configuration, also after a reload", async () => {
  const options = { configured: [{}, BY_ROLE] };
  const metrics = metricsOf({ ...options, poll: { rateLimit: 2.5 } });
  const limits = async () =>
    (await metrics.text("text")).match(/^(?:athena_exporter_api_rate_limit|athena_dpu_hour_price_usd).*$/gm);
  expect(await limits()).toEqual([
    `athena_exporter_api_rate_limit{aws_account_id="",aws_region="${REGION}"} 2.5`,
    `athena_exporter_api_rate_limit{aws_account_id="${ACCOUNT_ID}",aws_region="${REGION}"} 2.5`,
    "athena_dpu_hour_price_usd 0.35",
  ]);
  const config = configOf({ ...options, poll: { rateLimit: 1 } });
  const reloaded = { ...config, pricing: { dpuHourUsd: 0.44 } };
  registerAccountRegions(metrics, accountRegionsOf(config.accounts, REGION), reloaded);
  metrics.removeAccountRegion(`${ACCOUNT_ID}|${REGION}`);
  expect(await limits()).toEqual([
    `athena_exporter_api_rate_limit{aws_account_id="",aws_region="${REGION}"} 1`,
    "athena_dpu_hour_price_usd 0.44",
  ]);
});
