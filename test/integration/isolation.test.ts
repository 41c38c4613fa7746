import { expect, test } from "vitest";
import { REGION } from "../app/config.ts";
import { ACCOUNT_ID, KEY, SPARK, startWorld } from "./world.ts";

const OTHER_REGION = "us-east-1";
const workgroups = [{ name: "etl", engine: SPARK }];

test("a region that is throttled is retried by the SDK alone, and no other region is disturbed", async () => {
  const world = await startWorld({
    accounts: [
      { id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: workgroups, [OTHER_REGION]: workgroups } },
    ],
    configured: [{ regions: [REGION, OTHER_REGION] }],
  });
  await world.until("both polled", () => world.manager.board.isReady());
  world.simulator.faults.add({ kind: "throttled", region: REGION });
  await world.until("two failures", () => world.view("etl", { region: REGION }).pollFailures >= 2);
  expect(world.view("etl", { region: REGION }).failure?.reason).toBe("throttled");
  expect(world.view("etl", { region: OTHER_REGION })).toMatchObject({ up: true, pollFailures: 0 });
  const requests = world.simulator.requests.count({ region: REGION, error: "ThrottlingException" });
  // Three attempts of each poll that failed, and of the one that may be under way.
  expect(requests).toBeLessThanOrEqual(3 * (world.view("etl", { region: REGION }).pollFailures + 1));
});

test("every request of a poll takes a permit of the rate limit, retries included", async () => {
  const world = await startWorld({ workgroups });
  const { faults, requests } = world.simulator;
  await world.until("polled", () => world.polls.length > 0);
  faults.add({ kind: "internal-error", operation: "ListSessions", times: 2 });
  const [retried] = await world
    .nextPolls("etl", 2)
    .then(() => world.pollsOf("etl").filter((poll) => poll.requests >= 3));
  expect(retried?.outcome).toHaveProperty("findings");
  faults.add({ kind: "internal-error", operation: "ListSessions" });
  await world.until("a failed poll", () => world.view("etl").failure !== undefined);
  expect(world.pollsOf("etl").at(-1)?.requests).toBe(3);
  world.stop();
  // A poll that stopping ended is not told of; it has sent no more than its three requests.
  const told = world.pollsOf("etl").reduce((sum, poll) => sum + poll.requests, 0);
  expect(requests.count({ operation: "ListSessions" }) - told).toBeLessThanOrEqual(3);
});
