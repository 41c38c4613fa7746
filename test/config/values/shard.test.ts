import { expect, test } from "vitest";
import { readShard } from "../../../src/config/values/shard.ts";
import { configOf, problemsOf } from "../loading.ts";

test("without flags there is one shard with the whole rate limit", async () => {
  const { shard, poll } = await configOf({ yaml: "poll: {rate_limit: 6}" });
  expect({ shard, rateLimit: poll.rateLimit }).toEqual({ shard: { ordinal: 0, total: 1 }, rateLimit: 6 });
});

test("each shard has an equal share of the rate limit", async () => {
  const setup = { argv: ["--shard.ordinal=2", "--shard.total=3"], yaml: "poll: {rate_limit: 6}" };
  const { shard, poll } = await configOf(setup);
  expect({ shard, rateLimit: poll.rateLimit }).toEqual({ shard: { ordinal: 2, total: 3 }, rateLimit: 2 });
});

test.each([
  ["exporter-0", 0],
  ["athena-session-exporter-12", 12],
  ["exporter-3.exporter.monitoring.svc.cluster.local", 3],
])("the pod %s has the ordinal %d", (hostName, ordinal) => {
  expect(readShard("pod", 20, hostName)).toEqual({ ordinal, total: 20 });
});

test.each([
  [
    ["--shard.ordinal=3", "--shard.total=3"],
    "--shard.ordinal: expected a number below --shard.total, which is 3, got 3",
  ],
  [["--shard.ordinal=1"], "--shard.ordinal: expected a number below --shard.total, which is 1, got 1"],
  [["--shard.ordinal=-1"], '--shard.ordinal: expected a whole number from 0 to 999, or "pod"'],
  [
    ["--shard.ordinal=pods", "--shard.total=3"],
    '--shard.ordinal: expected a whole number from 0 to 999, or "pod"',
  ],
  [["--shard.total=0"], "--shard.total: expected a whole number from 1 to 1000"],
])("%j is rejected", async (argv, wanted) => {
  const problems = await problemsOf({ argv });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(wanted);
});

test("the error for an invalid ordinal from the host name contains the host name", () => {
  expect(readShard("pod", 3, "laptop")).toContain('the host\'s name, and "laptop" has none');
  expect(readShard("pod", 3, "exporter-3")).toContain(
    'which is 3, got 3, from the host\'s name "exporter-3"',
  );
});

test("the error for an invalid ordinal from an environment variable names the variable", async () => {
  const env = { ATHENA_EXPORTER_SHARD_ORDINAL: "5", ATHENA_EXPORTER_SHARD_TOTAL: "2" };
  expect(await problemsOf({ env })).toEqual([
    expect.stringContaining(
      "ATHENA_EXPORTER_SHARD_ORDINAL: expected a number below --shard.total, which is 2, got 5",
    ),
  ]);
});
