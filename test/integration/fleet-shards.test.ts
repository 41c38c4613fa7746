import { expect, test } from "vitest";
import type { Shard } from "../../src/config/shard.ts";
import type { AccountOptions } from "../../src/simulator/account.ts";
import { ACCOUNT_ID, KEY, REGION, SPARK, startWorld, type World } from "./world.ts";

const OTHER_ACCOUNT_ID = "222222222222";
const NAMES = Array.from({ length: 40 }, (_, index) => `team-${index}`);
const workgroups = NAMES.map((name) => ({ name, engine: SPARK }));

/** Two accounts with workgroups of the same names: the process' own, whose id it has to ask for, and one behind a role. */
const ACCOUNTS: readonly AccountOptions[] = [
  { id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: workgroups } },
  { id: OTHER_ACCOUNT_ID, roles: [{ name: "exporter" }], regions: { [REGION]: workgroups } },
];
const CONFIGURED = [{}, { roleArn: `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/exporter` }];
const EVERYTHING = [ACCOUNT_ID, OTHER_ACCOUNT_ID]
  .flatMap((id) => NAMES.map((name) => `${id} ${name}`))
  .sort();

async function startShard(shard: Shard, first?: World): Promise<World> {
  const world = await startWorld({
    accounts: ACCOUNTS,
    configured: CONFIGURED,
    shard,
    ...(first !== undefined && { simulator: first.simulator }),
  });
  await world.until("all of its own polled", () => world.watch.board.isReady());
  return world;
}

const targets = ({ watch }: World) =>
  watch.board.workgroups().map(({ accountId, workgroup }) => `${accountId} ${workgroup}`);

test("three shards cover every workgroup once, and a fourth that joins takes its part from each", async () => {
  const first = await startShard({ ordinal: 0, total: 3 });
  const three = [
    first,
    await startShard({ ordinal: 1, total: 3 }, first),
    await startShard({ ordinal: 2, total: 3 }, first),
  ];
  expect(three.flatMap(targets).sort()).toEqual(EVERYTHING);
  for (const world of three) expect(new Set(world.polls.map((poll) => poll.workgroup)).size).toBeLessThan(40);
  for (const world of three) world.close();

  const four: World[] = [];
  for (const ordinal of [0, 1, 2, 3]) four.push(await startShard({ ordinal, total: 4 }, first));
  expect(four.flatMap(targets).sort()).toEqual(EVERYTHING);
  for (const [index, before] of three.entries()) {
    const after = new Set(four.slice(index, index + 1).flatMap(targets));
    const left = targets(before).filter((target) => !after.has(target));
    const joined = new Set(four.slice(3).flatMap(targets));
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter((target) => !joined.has(target))).toEqual([]);
  }
});

test("a shard that does not know its account polls nothing, and says why", async () => {
  const world = await startWorld({
    accounts: ACCOUNTS,
    shard: { ordinal: 0, total: 2 },
    settings: { denials: [{ operation: "GetCallerIdentity" }] },
  });
  await world.until("told", () => world.discoveries.length > 0);
  expect(world.account()).toMatchObject({
    up: false,
    failure: { operation: "GetCallerIdentity", reason: "access_denied" },
  });
  expect(world.watch.board.workgroups()).toEqual([]);
});
