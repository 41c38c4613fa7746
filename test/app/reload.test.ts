import { describe, expect, test } from "vitest";
import { configOf, REGION, type ConfigOptions } from "./config.ts";
import { ACCOUNT_ID } from "./fake-aws.ts";
import { startVirtual, type VirtualExporter } from "./virtual-exporter.ts";

const US = "us-east-1";
const MINUTE_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** More than discovery reads tags of at once. */
const NAMES = Array.from({ length: 50 }, (_, index) => `team-${index}`);
const team = (name: string) => (Number(name.slice("team-".length)) % 2 === 0 ? "even" : "odd");
const EVEN = NAMES.filter((name) => team(name) === "even");
const POLL = { intervalMs: 1000 };

/** An exporter that has polled all workgroups, and has counted one start in each. */
async function startCounted({ poll = POLL, ...options }: ConfigOptions = {}): Promise<VirtualExporter> {
  const exporter = startVirtual({ ...options, poll }, (aws) => {
    for (const name of NAMES) aws.addWorkgroup(name, { tags: { team: team(name) } });
  });
  const { aws } = exporter;
  await exporter.advanceUntil("all polled", () => exporter.manager.board.isReady());
  for (const name of NAMES) aws.putSession(name, `session of ${name}`, "IDLE");
  await exporter.advanceUntil("all polled again", () => {
    return [...startedIn(exporter).values()].every((started) => started === 1);
  });
  return exporter;
}

/** Starts counted so far, by workgroup. */
function startedIn({ manager }: VirtualExporter): Map<string, number> {
  const workgroups = manager.board
    .workgroups()
    .map(({ workgroup, counters }) => [workgroup, counters.started] as const);
  return new Map(workgroups);
}

/** Advances the clock, and gives what `look` gave on the way, each once. */
async function seenWhile({ clock }: VirtualExporter, ms: number, look: () => string): Promise<Set<string>> {
  const seen = new Set([look()]);
  for (let passedMs = 0; passedMs < ms; passedMs += LOOK_EVERY_MS) {
    await clock.advance(LOOK_EVERY_MS);
    seen.add(look());
  }
  return seen;
}

describe("a reload", () => {
  test("while ListWorkGroups fails keeps all workgroups and their counters", async () => {
    const exporter = await startCounted();
    exporter.aws.fault({ operation: "ListWorkGroups" }, "server_error");
    const before = startedIn(exporter);
    expect(await exporter.reload(configOf({ poll: { ...POLL, rateLimit: 500 } }))).toEqual([]);
    const names = () => exporter.workgroups().sort().join();
    expect(await seenWhile(exporter, 5000, names)).toEqual(new Set([[...NAMES].sort().join()]));
    expect(exporter.account()).toMatchObject({ failure: { operation: "ListWorkGroups" }, workgroups: 50 });
    expect(startedIn(exporter)).toEqual(before);
    for (const name of NAMES) expect(exporter.view(name)).toMatchObject({ up: true, pollFailures: 0 });
  });

  test("that adds a tag filter keeps the workgroups that match while tags are read, and drops the others", async () => {
    const exporter = await startCounted();
    // Two at a time, so that 50 take 12.5 s.
    exporter.aws.latencyMs = 500;
    const config = configOf({ poll: POLL, configured: [{ discovery: { tags: { team: "even" } } }] });
    expect(await exporter.reload(config)).toEqual([]);
    const gaps = () => EVEN.filter((name) => startedIn(exporter).get(name) !== 1).join();
    expect(await seenWhile(exporter, 20_000, gaps)).toEqual(new Set([""]));
    expect(exporter.workgroups().sort()).toEqual([...EVEN].sort());
    expect(exporter.aws.sentMs({ operation: "ListTagsForResource" })).toHaveLength(50);
    for (const name of EVEN) expect(exporter.view(name)).toMatchObject({ up: true, pollFailures: 0 });
  });

  test("that adds a tag filter keeps all workgroups while tags cannot be read", async () => {
    const exporter = await startCounted();
    exporter.aws.fault({ operation: "ListTagsForResource" }, "access_denied");
    const before = startedIn(exporter);
    await exporter.reload(configOf({ poll: POLL, configured: [{ discovery: { tags: { team: "even" } } }] }));
    await exporter.clock.advance(MINUTE_MS);
    expect(startedIn(exporter)).toEqual(before);
    expect(exporter.account().failure).toMatchObject({ operation: "ListTagsForResource" });
  });

  test("of the interval, the rate limit, the timeout and the concurrency keeps each workgroup's place in the schedule", async () => {
    const exporter = await startCounted({ poll: { intervalMs: MINUTE_MS } });
    const polls = () => exporter.manager.board.workgroups().map((view) => view.polls);
    const before = polls();
    const poll = { intervalMs: 2 * MINUTE_MS, rateLimit: 500, timeoutMs: 1000, concurrency: 3 };
    await exporter.reload(configOf({ poll }));
    await exporter.clock.advance(50_000);
    expect(polls()).toEqual(before);
    expect(exporter.view("team-0").plannedIntervalSeconds).toBe(60);
    await exporter.clock.advance(2 * MINUTE_MS);
    expect(polls()).toEqual(before.map((count) => count + 1));
    expect(exporter.view("team-0").plannedIntervalSeconds).toBe(120);
  });

  test("applies another rate limit to the next request", async () => {
    const exporter = await startCounted();
    const sentMs = (sinceMs: number) =>
      exporter.aws.requests
        .filter(({ operation, atMs }) => operation !== "GetCallerIdentity" && atMs >= sinceMs)
        .map(({ atMs }) => atMs);
    const slowSinceMs = exporter.clock.monotonicMs();
    await exporter.reload(configOf({ poll: { ...POLL, rateLimit: 2 } }));
    await exporter.clock.advance(10 * MINUTE_MS);
    const slowMs = sentMs(slowSinceMs);
    expect(slowMs.length).toBeGreaterThan(1000);
    // Of a second, and one that was permitted before.
    const inTheSecondFrom = (fromMs: number) =>
      slowMs.filter((ms) => ms >= fromMs && ms < fromMs + 1000).length;
    expect(Math.max(...slowMs.map(inTheSecondFrom))).toBeLessThanOrEqual(2 + 1);

    const fastSinceMs = exporter.clock.monotonicMs();
    await exporter.reload(configOf({ poll: POLL }));
    await exporter.clock.advance(MINUTE_MS);
    expect(sentMs(fastSinceMs).length).toBeGreaterThan(50 * 55);
  });
});

describe("an account and region that a reload removes with requests in flight", () => {
  async function startTwoRegions(): Promise<VirtualExporter> {
    const exporter = startVirtual({ configured: [{ regions: [REGION, US] }] }, (aws) => {
      aws.addWorkgroup("etl");
      aws.addWorkgroup("reports", { region: US });
    });
    await exporter.advanceUntil("both polled", () => exporter.manager.board.isReady());
    return exporter;
  }
  const samplesOf = async (exporter: VirtualExporter, region: string) =>
    [...(await exporter.samples())].filter(([series]) => series.includes(`aws_region="${region}"`));

  test.each(["hang", undefined] as const)(
    "does not come back, and no failure is recorded (%s)",
    async (fault) => {
      const exporter = await startTwoRegions();
      if (fault !== undefined) exporter.aws.fault({ region: REGION }, fault);
      exporter.aws.latencyMs = 500;
      const sent = exporter.aws.sentMs({ region: REGION }).length;
      await exporter.advanceUntil("in flight", () => exporter.aws.sentMs({ region: REGION }).length > sent);
      const before = { polls: exporter.polls.length, attempts: exporter.attempts.length };
      await exporter.reload(configOf({ configured: [{ regions: [US] }] }));
      expect(await samplesOf(exporter, REGION)).toEqual([]);
      const sentBefore = exporter.aws.sentMs({ region: REGION }).length;
      await exporter.clock.advance(MINUTE_MS);
      expect(exporter.aws.sentMs({ region: REGION })).toHaveLength(sentBefore);
      expect(await samplesOf(exporter, REGION)).toEqual([]);
      expect(exporter.polls.slice(before.polls).filter(({ region }) => region === REGION)).toEqual([]);
      const failed = exporter.attempts.slice(before.attempts).filter(({ reason }) => reason !== undefined);
      expect(failed).toEqual([]);
      expect(exporter.view("reports")).toMatchObject({ up: true, pollFailures: 0 });
    },
  );

  test("starts anew when a later reload adds it again", async () => {
    const exporter = await startTwoRegions();
    exporter.aws.putSession("etl", "a", "IDLE");
    await exporter.advanceUntil("counted", () => exporter.view("etl").counters.started === 1);
    await exporter.reload(configOf({ configured: [{ regions: [US] }] }));
    await exporter.reload(configOf({ configured: [{ regions: [REGION, US] }] }));
    await exporter.advanceUntil("polled", () => exporter.manager.board.isReady());
    expect(exporter.view("etl").counters.started).toBe(0);
    const labels = `aws_account_id="${ACCOUNT_ID}",aws_region="${REGION}",operation="ListWorkGroups"`;
    const samples = await exporter.samples();
    expect(samples.get(`athena_exporter_api_requests_total{${labels}}`)).toBe(1);
  });
});

test("requests that end because the exporter stops are no failures", async () => {
  const exporter = startVirtual({}, (aws) => aws.addWorkgroup("etl"));
  await exporter.advanceUntil("polled", () => exporter.manager.board.isReady());
  exporter.aws.fault({}, "hang");
  const sent = exporter.aws.requests.length;
  await exporter.advanceUntil("in flight", () => exporter.aws.requests.length > sent);
  exporter.stop();
  await exporter.clock.advance(MINUTE_MS);
  expect(exporter.attempts.filter(({ reason }) => reason !== undefined)).toEqual([]);
  expect(exporter.view("etl").pollFailures).toBe(0);
});

describe("a reload that is refused", () => {
  test.each([
    ["problems", async () => ({ problems: ["line 1: no such key"] }), "line 1: no such key"],
    ["an error", async () => Promise.reject(new Error("the disk is on fire")), "the disk is on fire"],
    [
      "an error at once",
      () => {
        throw new Error("the disk is on fire");
      },
      "the disk is on fire",
    ],
  ] as const)(
    "with %s changes nothing, and the next one is not refused",
    async (_what, readConfig, problem) => {
      const exporter = await startCounted();
      const before = startedIn(exporter);
      exporter.readConfig = readConfig;
      const gauge = async () =>
        (await exporter.samples()).get("athena_exporter_config_last_reload_successful");
      expect(await gauge()).toBe(1);
      expect(await exporter.reload()).toEqual([problem]);
      expect(await gauge()).toBe(0);
      expect(startedIn(exporter)).toEqual(before);

      expect(await exporter.reload(configOf({ poll: { intervalMs: 2000 } }))).toEqual([]);
      expect(await gauge()).toBe(1);
      await exporter.clock.advance(5000);
      expect(exporter.view("team-0")).toMatchObject({ plannedIntervalSeconds: 2, counters: { started: 1 } });
    },
  );

  test("does not disturb one that was requested while it was read", async () => {
    const exporter = await startCounted();
    const ends: (() => void)[] = [];
    exporter.readConfig = () =>
      new Promise((_resolve, reject) => {
        ends.push(() => reject(new Error("no")));
      });
    const refused = exporter.reload();
    await exporter.clock.advance(0);
    const accepted = exporter.reload(configOf({ poll: { intervalMs: 2000 } }));
    for (const end of ends) end();
    expect(await Promise.all([refused, accepted])).toEqual([["no"], []]);
  });
});
