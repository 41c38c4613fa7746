import { expect, test } from "vitest";
import { configOf } from "../app/config.ts";
import { ACCOUNT_ID, SPARK, startWorld, type World, type WorldOptions } from "./world.ts";

const ACCOUNT = `aws_account_id="${ACCOUNT_ID}",aws_region="eu-west-1"`;
const SPARK_35 = "Apache Spark version 3.5";

async function startQuotas(options: WorldOptions = {}): Promise<World> {
  const atMs = Date.now() - 60_000;
  const world = await startWorld({
    workgroups: [
      {
        name: "etl",
        engine: SPARK,
        sessions: [
          { state: "BUSY", atMs, maxDpus: 20 },
          { state: "IDLE", atMs, maxDpus: 20 },
        ],
      },
      { name: "notebooks", engine: SPARK_35, sessions: [{ state: "IDLE", atMs }] },
    ],
    quotas: true,
    ...options,
  });
  await world.until("polls", () => world.hasPolled("etl") && world.hasPolled("notebooks"));
  return world;
}

async function quotaSamples(world: World): Promise<Record<string, number>> {
  const samples = [...(await world.samples())].filter(([name]) => /^athena_account_(dpu|active)/.test(name));
  return Object.fromEntries(samples);
}

test("the quotas on DPUs are shown beside the DPUs in use, defaults where none is set", async () => {
  const world = await startQuotas({
    settings: {
      appliedQuotas: { "Apache Spark DPU concurrency": 200, "Apache Spark session DPU concurrency": 50 },
    },
  });
  await world.until("quotas are read", () => world.quotaReadings.length > 0);
  expect(await quotaSamples(world)).toEqual({
    [`athena_account_dpu_quota{${ACCOUNT},quota="Apache Spark DPU concurrency"}`]: 200,
    [`athena_account_dpu_quota{${ACCOUNT},quota="On-Demand DPUs"}`]: 4,
    [`athena_account_active_dpus{${ACCOUNT},quota="Apache Spark DPU concurrency"}`]: 2,
    [`athena_account_active_dpus{${ACCOUNT},quota="On-Demand DPUs"}`]: 1,
  });
  expect(world.simulator.requests.count({ service: "servicequotas" })).toBe(2);
});

test("with details, a BUSY session counts with its maximum", async () => {
  const world = await startQuotas({ sessions: { details: true } });
  const pyspark = `athena_account_active_dpus{${ACCOUNT},quota="Apache Spark DPU concurrency"}`;
  await world.until("quotas are read", () => world.quotaReadings.length > 0);
  await world.nextPolls("etl", 2);
  expect((await quotaSamples(world))[pyspark]).toBe(21);
});

test("without the permission, polls go on, and the failure is told and counted", async () => {
  const world = await startQuotas({ settings: { denials: [{ operation: "ListServiceQuotas" }] } });
  await world.until("the reading fails", () => world.quotaReadings.length > 0);
  expect(world.quotaReadings[0]).toMatchObject({ reason: "access_denied", operation: "ListServiceQuotas" });
  expect(world.view("etl").up).toBe(true);
  expect(await quotaSamples(world)).toEqual({});
  const counted = [...(await world.samples())].find(([name]) =>
    name.includes('operation="ListServiceQuotas",reason="access_denied"'),
  );
  expect(counted?.[1]).toBe(1);
});

test("quotas come and go with a reload, and without them nothing is requested or shown", async () => {
  const world = await startQuotas({ quotas: false });
  expect(world.simulator.requests.count({ service: "servicequotas" })).toBe(0);
  expect([...(await world.samples()).keys()].join("\n")).not.toMatch(
    /^athena_account_(?:dpu_quota|active_dpus)/m,
  );
  await world.reload(configOf({ quotas: true }));
  await world.until("quotas are read", () => world.quotaReadings.length > 0);
  expect(Object.keys(await quotaSamples(world))).toHaveLength(4);
  await world.reload(configOf());
  expect(await quotaSamples(world)).toEqual({});
});
