import { describe, expect, test } from "vitest";
import { SPARK, ACCOUNT_ID, KEY, REGION, startWorld, type World } from "./world.ts";

const OTHER_REGION = "us-east-1";

function spark(...names: string[]) {
  const atMs = Date.now() - 60_000;
  return names.map((name) => ({ name, engine: SPARK, sessions: [{ state: "IDLE" as const, atMs }] }));
}

async function allPolled(world: World, count: number): Promise<void> {
  await world.until(
    "all polled",
    () => new Set(world.polls.map((poll) => poll.region + poll.workgroup)).size === count,
  );
}

describe("one that hangs delays no other", () => {
  test("a workgroup: the others are polled on, and it is ended by the deadline, again and again", async () => {
    const world = await startWorld({
      workgroups: spark("etl", "notebooks", "reports"),
      poll: { timeoutMs: 5000, deadlineMs: 300, concurrency: 3 },
    });
    await allPolled(world, 3);
    const clear = world.simulator.faults.add({ kind: "hang", workgroup: "etl" });
    const before = { notebooks: world.pollsOf("notebooks").length, reports: world.pollsOf("reports").length };
    await world.until("two timeouts", () => world.view("etl").pollFailures >= 2);
    expect(world.view("etl")).toMatchObject({ up: false, failure: { reason: "timeout" } });
    expect(world.view("etl").failure?.message).toContain("0.3 s");
    for (const workgroup of ["notebooks", "reports"] as const) {
      // Of at least 600 ms in which a poll is due every 50.
      expect(world.pollsOf(workgroup).length - before[workgroup]).toBeGreaterThanOrEqual(6);
      expect(world.view(workgroup)).toMatchObject({ up: true, pollFailures: 0 });
    }
    clear();
    await world.until("it is back", () => world.view("etl").up);
  });

  test("most workgroups: those that time out share a few slots, the others have the rest", async () => {
    const hanging = ["a", "b", "c", "d"];
    const world = await startWorld({
      workgroups: spark(...hanging, "healthy"),
      poll: { timeoutMs: 5000, deadlineMs: 300, concurrency: 3 },
    });
    await allPolled(world, 5);
    for (const workgroup of hanging) world.simulator.faults.add({ kind: "hang", workgroup });
    await world.until("each timed out", () => hanging.every((name) => world.view(name).pollFailures >= 1));
    const before = { polls: world.polls.length, healthy: world.pollsOf("healthy").length };
    await world.until("three more timeouts", () => {
      return world.polls.slice(before.polls).filter(({ workgroup }) => workgroup !== "healthy").length >= 3;
    });
    // One slot for those that hang, so that the three follow each other: 900 ms, in which a poll is due every 50.
    expect(world.pollsOf("healthy").length - before.healthy).toBeGreaterThanOrEqual(8);
    expect(world.view("healthy")).toMatchObject({ up: true, pollFailures: 0 });
  });

  test("a region: another one is polled on, and discovered workgroups stay", async () => {
    const world = await startWorld({
      accounts: [
        {
          id: ACCOUNT_ID,
          keys: [KEY],
          regions: { [REGION]: spark("etl", "notebooks"), [OTHER_REGION]: spark("etl") },
        },
      ],
      configured: [{ regions: [REGION, OTHER_REGION] }],
      poll: { timeoutMs: 5000, deadlineMs: 300, concurrency: 2 },
    });
    await allPolled(world, 3);
    const clear = world.simulator.faults.add({ kind: "hang", region: REGION });
    const before = world.polls.length;
    await world.until("both time out", () => {
      return ["etl", "notebooks"].every((name) => world.view(name, { region: REGION }).pollFailures >= 1);
    });
    const after = world.polls.slice(before).filter(({ region }) => region === OTHER_REGION);
    expect(after.length).toBeGreaterThanOrEqual(3);
    expect(world.view("etl", { region: OTHER_REGION })).toMatchObject({ up: true, pollFailures: 0 });
    expect(world.account({ region: REGION }).workgroups).toBe(2);
    clear();
    await world.until("it is back", () => world.view("etl", { region: REGION }).up);
  });

  test("a region that is throttled takes no permits of another", async () => {
    const world = await startWorld({
      accounts: [
        { id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: spark("etl"), [OTHER_REGION]: spark("etl") } },
      ],
      configured: [{ regions: [REGION, OTHER_REGION] }],
    });
    await allPolled(world, 2);
    world.simulator.faults.add({ kind: "throttled", region: REGION });
    await world.until("throttled", () => world.view("etl", { region: REGION }).failure !== undefined);
    expect(world.view("etl", { region: REGION }).failure?.reason).toBe("throttled");
    expect(world.view("etl", { region: OTHER_REGION })).toMatchObject({ up: true, pollFailures: 0 });
    const requests = world.simulator.requests.count({ region: REGION, error: "ThrottlingException" });
    // Nobody but the SDK repeats a throttled call: three attempts a poll.
    expect(requests).toBeLessThanOrEqual(3 * (world.view("etl", { region: REGION }).pollFailures + 1));
  });
});

test("polls of a workgroup never overlap, however long they take", async () => {
  const world = await startWorld({
    workgroups: spark("etl"),
    settings: { latencyMs: 60, pageSize: 1 },
    poll: { intervalMs: 30 },
  });
  await world.until("five polls", () => world.pollsOf("etl").length >= 5);
  const { entries } = world.simulator.requests;
  const listings = entries.filter(({ operation }) => operation === "ListSessions").map(({ atMs }) => atMs);
  const gaps = listings.slice(1).map((atMs, index) => atMs - (listings[index] ?? 0));
  // Each answer takes 60 ms, and a poll asks for one thing after the other.
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
});

test("the rate limit holds for every request, retries included", async () => {
  const world = await startWorld({
    workgroups: spark("etl", "notebooks", "reports", "adhoc"),
    poll: { rateLimit: 40, intervalMs: 10 },
  });
  await allPolled(world, 4);
  world.simulator.faults.add({ kind: "internal-error", workgroup: "etl" });
  await world.until("60 requests", () => world.simulator.requests.total >= 60);
  const times = world.simulator.requests.entries.map(({ atMs }) => atMs);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  // A tenth of a second's permits may come at once.
  expect(times.length).toBeLessThanOrEqual(40 * seconds + 4 + 2);
});
