import { expect, test } from "vitest";
import type { Shard } from "../../src/config/values/shard.ts";
import { VirtualClock } from "../poll/virtual-clock.ts";
import { REGION } from "./config.ts";
import { ACCOUNT_ID, FakeAws } from "./fake-aws.ts";
import { VirtualExporter } from "./virtual-exporter.ts";

const OTHER_ACCOUNT_ID = "222222222222";
const NAMES = Array.from({ length: 40 }, (_, index) => `team-${index}`);
/** Two accounts with workgroups of the same names: the process' own, whose id STS has to tell, and one behind a role. */
const CONFIGURED = [{}, { roleArn: `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/exporter` }];
const ACCOUNTS = [ACCOUNT_ID, OTHER_ACCOUNT_ID];
const EVERYTHING = ACCOUNTS.flatMap((id) => NAMES.map((name) => `${id} ${name}`)).sort();

async function startShard(shard: Shard): Promise<VirtualExporter> {
  const clock = new VirtualClock();
  const aws = new FakeAws(clock);
  for (const accountId of ACCOUNTS) for (const name of NAMES) aws.addWorkgroup(name, { accountId });
  const exporter = new VirtualExporter(aws, clock, { configured: CONFIGURED, shard });
  exporter.start();
  await exporter.advanceUntil("all of its own polled", () => exporter.manager.board.isReady());
  return exporter;
}

const startShards = async (total: number) =>
  Promise.all(Array.from({ length: total }, async (_, ordinal) => startShard({ ordinal, total })));

const targets = ({ manager }: VirtualExporter) =>
  manager.board.workgroups().map(({ accountId, workgroup }) => `${accountId} ${workgroup}`);

test("three shards poll every workgroup once, and a fourth that joins takes its part from each", async () => {
  const three = (await startShards(3)).map(targets);
  expect(three.flat().sort()).toEqual(EVERYTHING);
  for (const shard of three) expect(shard.length).toBeLessThan(EVERYTHING.length / 2);

  const four = (await startShards(4)).map(targets);
  expect(four.flat().sort()).toEqual(EVERYTHING);
  const joined = new Set(four[3]);
  for (const [ordinal, before] of three.entries()) {
    const after = new Set(four[ordinal]);
    const left = before.filter((target) => !after.has(target));
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter((target) => !joined.has(target))).toEqual([]);
  }
});

test("a shard requests the sessions of its own workgroups only", async () => {
  const exporter = await startShard({ ordinal: 1, total: 3 });
  const polled = new Set(
    exporter.aws.requests
      .filter(({ operation }) => operation === "ListSessions")
      .map(({ workgroup }) => workgroup),
  );
  expect(polled).toEqual(new Set(exporter.workgroups()));
  expect(polled.size).toBeLessThan(NAMES.length);
  expect(exporter.account({ region: REGION, accountId: ACCOUNT_ID }).workgroups).toBeGreaterThan(0);
});
