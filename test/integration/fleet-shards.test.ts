import { expect, test } from "vitest";
import { REGION } from "../app/config.ts";
import { ACCOUNT_ID, KEY, SPARK, startWorld } from "./world.ts";

const workgroups = ["etl", "notebooks", "reports", "adhoc", "ml", "bi"].map((name) => ({
  name,
  engine: SPARK,
}));
const accounts = [{ id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: workgroups } }];

test("two shards together poll every workgroup once", async () => {
  const first = await startWorld({ accounts, shard: { ordinal: 0, total: 2 } });
  const second = await startWorld({ shard: { ordinal: 1, total: 2 }, simulator: first.simulator });
  for (const world of [first, second]) {
    await world.until("all of its own polled", () => world.manager.board.isReady());
    expect(world.workgroups().length).toBeGreaterThan(0);
  }
  const names = workgroups.map(({ name }) => name);
  expect([...first.workgroups(), ...second.workgroups()].sort()).toEqual(names.sort());
});

test("a shard that does not know its account polls nothing, and its account and region is failing", async () => {
  const world = await startWorld({
    accounts,
    shard: { ordinal: 0, total: 2 },
    settings: { denials: [{ operation: "GetCallerIdentity" }] },
  });
  await world.until("discovery fails", () => world.discoveries.length > 0);
  expect(world.account()).toMatchObject({
    up: false,
    failure: { operation: "GetCallerIdentity", reason: "access_denied" },
  });
  expect(world.workgroups()).toEqual([]);
});
