import { describe, expect, test } from "vitest";
import { configOf, REGION } from "./config.ts";
import { startVirtual, type VirtualExporter } from "./virtual-exporter.ts";

const US = "us-east-1";
const MINUTE_MS = 60_000;
const INTERVAL_MS = 1000;
const DEADLINE_MS = 5000;
const POLL = { intervalMs: INTERVAL_MS, timeoutMs: 2 * DEADLINE_MS, deadlineMs: DEADLINE_MS, concurrency: 3 };

/** Starts an exporter, and resolves when each of its workgroups was polled. */
async function startPolled(
  names: readonly string[],
  poll: Partial<typeof POLL> = {},
): Promise<VirtualExporter> {
  const exporter = startVirtual(
    { poll: { ...POLL, ...poll }, configured: [{ regions: [REGION, US] }] },
    (aws) => {
      for (const name of names) aws.addWorkgroup(name);
      aws.addWorkgroup("abroad", { region: US });
      for (const name of names) aws.putSession(name, `session of ${name}`, "IDLE");
    },
  );
  await exporter.advanceUntil("all polled", () => exporter.manager.board.isReady());
  return exporter;
}

/** The longest time between two requests about a workgroup since `sinceMs`, and until now. */
function longestGapMs({ aws, clock }: VirtualExporter, workgroup: string, sinceMs: number): number {
  const sentMs = [sinceMs, ...aws.sentMs({ workgroup }).filter((ms) => ms >= sinceMs), clock.monotonicMs()];
  return Math.max(...sentMs.slice(1).map((ms, index) => ms - (sentMs[index] ?? 0)));
}

/** How much later than planned a poll may begin: while the one before it ends. */
const PUNCTUAL_MS = INTERVAL_MS + 100;

describe("requests that hang", () => {
  test("in one workgroup delay no other, and the deadline ends each of its polls", async () => {
    const exporter = await startPolled(["etl", "notebooks", "reports"]);
    const { aws, clock } = exporter;
    const recover = aws.fault({ workgroup: "etl" }, "hang");
    const sinceMs = clock.monotonicMs();
    await clock.advance(MINUTE_MS);
    const { polls, pollFailures, up, failure } = exporter.view("etl");
    expect({ up, reason: failure?.reason }).toEqual({ up: false, reason: "timeout" });
    // One after the other, each for as long as the deadline.
    expect(pollFailures).toBeGreaterThanOrEqual(MINUTE_MS / (DEADLINE_MS + INTERVAL_MS) - 1);
    expect(polls).toBeGreaterThan(pollFailures);
    for (const workgroup of ["notebooks", "reports", "abroad"]) {
      expect(longestGapMs(exporter, workgroup, sinceMs)).toBeLessThanOrEqual(PUNCTUAL_MS);
      expect(exporter.view(workgroup)).toMatchObject({ up: true, pollFailures: 0 });
    }
    recover();
    await exporter.advanceUntil("recovered", () => exporter.view("etl").up);
  });

  test("in most workgroups take a fifth of the slots once they have timed out, and the others have the rest", async () => {
    const hanging = ["a", "b", "c", "d"];
    const exporter = await startPolled([...hanging, "healthy"]);
    const { aws, clock } = exporter;
    for (const workgroup of hanging) aws.fault({ workgroup }, "hang");
    await exporter.advanceUntil("each timed out", () =>
      hanging.every((name) => exporter.view(name).pollFailures > 0),
    );
    const sinceMs = clock.monotonicMs();
    const failuresBefore = hanging.map((name) => exporter.view(name).pollFailures);
    await clock.advance(MINUTE_MS);
    expect(longestGapMs(exporter, "healthy", sinceMs)).toBeLessThanOrEqual(PUNCTUAL_MS);
    expect(exporter.view("healthy")).toMatchObject({ up: true, pollFailures: 0 });
    // They take turns: in the one slot, and none is left out.
    const failures = hanging.map(
      (name, index) => exporter.view(name).pollFailures - (failuresBefore[index] ?? 0),
    );
    expect(Math.min(...failures)).toBeGreaterThanOrEqual(2);
    expect(failures.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(MINUTE_MS / DEADLINE_MS + 1);
  });

  test("in a whole region delay no other region, and its workgroups stay", async () => {
    const exporter = await startPolled(["etl", "notebooks"]);
    const { aws, clock } = exporter;
    const recover = aws.fault({ region: REGION }, "hang");
    const sinceMs = clock.monotonicMs();
    await clock.advance(6 * MINUTE_MS);
    expect(longestGapMs(exporter, "abroad", sinceMs)).toBeLessThanOrEqual(PUNCTUAL_MS);
    expect(exporter.view("abroad")).toMatchObject({ up: true, pollFailures: 0 });
    expect(exporter.account({ region: REGION })).toMatchObject({ up: false, workgroups: 2 });
    for (const name of ["etl", "notebooks"]) expect(exporter.view(name).failure?.reason).toBe("timeout");
    recover();
    await exporter.advanceUntil("recovered", () => exporter.account({ region: REGION }).up);
    await exporter.advanceUntil("polled", () => exporter.view("etl").up);
  });
});

test("polls of a workgroup never overlap, however long they take and whatever a reload changes", async () => {
  const exporter = await startPolled(["etl"]);
  exporter.aws.latencyMs = 2 * INTERVAL_MS;
  for (let reload = 0; reload < 20; reload += 1) {
    await exporter.reload(configOf({ poll: { ...POLL, concurrency: 1 + (reload % 5) } }));
    await exporter.clock.advance(1.3 * INTERVAL_MS);
  }
  expect(exporter.pollsOf("etl").length).toBeGreaterThan(5);
  expect(exporter.aws.mostInFlight).toBe(1);
});

test("the rate limit holds for every request, retries included", async () => {
  const ratePerSecond = 40;
  const exporter = startVirtual({ poll: { ...POLL, intervalMs: 10, rateLimit: ratePerSecond } }, (aws) => {
    for (const name of ["etl", "notebooks", "reports", "adhoc"]) aws.addWorkgroup(name);
    aws.fault({ workgroup: "etl" }, "server_error");
  });
  await exporter.clock.advance(MINUTE_MS);
  const sentMs = exporter.aws.requests.filter(({ workgroup }) => workgroup !== "").map(({ atMs }) => atMs);
  expect(sentMs.length).toBeGreaterThan(0.85 * ratePerSecond * 60);
  expect(exporter.view("etl").pollFailures).toBeGreaterThan(10);
  // In any second there are those of the second, and a tenth of a second's that were saved up.
  const inTheSecondFrom = (fromMs: number) =>
    sentMs.filter((ms) => ms >= fromMs && ms < fromMs + 1000).length;
  expect(Math.max(...sentMs.map(inTheSecondFrom))).toBeLessThanOrEqual(1.1 * ratePerSecond);
});
