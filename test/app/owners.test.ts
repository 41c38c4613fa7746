import { describe, expect, test } from "vitest";
import type { OwnersConfig } from "../../src/config/config.ts";
import type { ConfigOptions } from "./config.ts";
import { startVirtual, type VirtualExporter } from "./virtual-exporter.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OWNERS: OwnersConfig = {
  startedBy: "session-name",
  delayMs: 15 * MINUTE_MS,
  minRetryMs: 15_000,
  requestIntervalMs: 5_000,
};
const NAMES = ["a", "b", "c", "d", "e", "f"];

/** Half an hour of an exporter that polls at its rate limit, while sessions start all the time. */
async function runBusy(options: ConfigOptions): Promise<VirtualExporter> {
  const exporter = startVirtual({ poll: { intervalMs: 10_000, rateLimit: 2 }, ...options }, (aws) => {
    for (const name of NAMES) aws.addWorkgroup(name);
    for (const name of NAMES)
      aws.putSession(name, `old ${name}`, "IDLE", -10 * HOUR_MS + Date.UTC(2026, 0, 1));
  });
  const { aws, clock } = exporter;
  for (let minute = 0; minute < 30; minute += 1) {
    for (const name of NAMES) {
      const id = `${name} ${minute}`;
      const atMs = clock.wallMs();
      aws.putSession(name, id, "BUSY");
      const caller = { arn: "", name: `owner of ${id}` };
      const visibleMs = atMs + (minute % 4) * MINUTE_MS;
      aws.events.push({ operation: "StartSession", sessionId: id, caller, atMs, visibleMs });
      if (minute >= 5) aws.putSession(name, `${name} ${minute - 5}`, "TERMINATED");
    }
    await clock.advance(MINUTE_MS);
  }
  return exporter;
}

/** Operations of other services than Athena and STS. */
const OTHERS = new Set(["LookupEvents", "ListServiceQuotas", "ListAWSDefaultServiceQuotas"]);

describe("lookups of owners", () => {
  test("and readings of quotas change no request of polls; lookups are at most one each 5 seconds", async () => {
    const without = await runBusy({});
    const withOwners = await runBusy({ sessions: { owners: OWNERS }, quotas: true });
    const pollsOf = ({ aws }: VirtualExporter) =>
      aws.requests.filter(({ operation }) => !OTHERS.has(operation));
    expect(pollsOf(withOwners)).toEqual(pollsOf(without));
    expect(without.aws.sentMs({ operation: "LookupEvents" })).toEqual([]);
    const sentMs = withOwners.aws.sentMs({ operation: "LookupEvents" });
    expect(sentMs.length).toBeGreaterThan(50);
    const gapsMs = sentMs.slice(1).map((ms, index) => ms - (sentMs[index] ?? 0));
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(5000);
    const rows = NAMES.flatMap((name) => withOwners.view(name).snapshot?.rows ?? []);
    for (const { id, startedBy } of rows) {
      expect([undefined, `owner of ${id}`]).toContain(startedBy?.name);
    }
    expect(rows.filter(({ startedBy }) => startedBy !== undefined).length).toBeGreaterThan(NAMES.length);
  });

  test("of each of 10 shards are a tenth of that", async () => {
    const { aws } = await runBusy({ sessions: { owners: OWNERS }, shard: { ordinal: 0, total: 10 } });
    const sentMs = aws.sentMs({ operation: "LookupEvents" });
    const gapsMs = sentMs.slice(1).map((ms, index) => ms - (sentMs[index] ?? 0));
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(50_000);
  });

  test("that are throttled or hang are tried again ever more rarely, and recover", async () => {
    for (const fault of ["throttled", "hang"] as const) {
      const exporter = startVirtual({ sessions: { owners: OWNERS }, poll: { intervalMs: 10_000 } }, (aws) => {
        aws.addWorkgroup("a");
        aws.putSession("a", "s", "IDLE", Date.UTC(2026, 0, 1) - HOUR_MS);
        const atMs = Date.UTC(2026, 0, 1) - HOUR_MS;
        const caller = { arn: "", name: "ana" };
        aws.events.push({ operation: "StartSession", sessionId: "s", caller, atMs, visibleMs: atMs });
      });
      const { aws, clock } = exporter;
      const recover = aws.fault({ operation: "LookupEvents" }, fault);
      await clock.advance(HOUR_MS);
      expect(aws.sentMs({ operation: "LookupEvents" }).length).toBeLessThan(40);
      expect(exporter.view("a")).toMatchObject({ up: true, pollFailures: 0, snapshot: { withoutOwner: 1 } });
      expect(new Set(exporter.ownerLookups.map((failure) => failure?.reason))).toEqual(
        new Set([fault === "hang" ? "timeout" : "throttled"]),
      );
      recover();
      await exporter.advanceUntil(
        "recovered",
        () => exporter.view("a").snapshot?.withoutOwner === 0,
        HOUR_MS,
      );
      expect(exporter.ownerLookups.at(-1)).toBeUndefined();
      exporter.close();
    }
  });
});

test("the ends of sessions are told while lookups are denied", async () => {
  const exporter = startVirtual({ sessions: { owners: OWNERS }, poll: { intervalMs: 10_000 } }, (aws) => {
    aws.addWorkgroup("a");
    aws.putSession("a", "s", "IDLE", Date.UTC(2026, 0, 1) - HOUR_MS);
    aws.fault({ operation: "LookupEvents" }, "access_denied");
  });
  await exporter.clock.advance(MINUTE_MS);
  exporter.aws.putSession("a", "s", "TERMINATED");
  await exporter.clock.advance(35 * MINUTE_MS);
  expect(exporter.events.map(({ event, callers }) => [event.session.id, callers])).toEqual([
    ["s", { isLate: true }],
  ]);
  exporter.close();
});

test("a lookup ends after 40 pages, and those of later sessions go on", async () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const exporter = startVirtual({ sessions: { owners: OWNERS }, poll: { intervalMs: 10_000 } }, (aws) => {
    aws.addWorkgroup("a");
    for (const [id, ageMs] of Object.entries({ late: HOUR_MS, early: HOUR_MS + 4 * MINUTE_MS })) {
      const atMs = nowMs - ageMs;
      aws.putSession("a", id, "IDLE", atMs);
      const caller = { arn: "", name: `owner of ${id}` };
      aws.events.push({ operation: "StartSession", sessionId: id, caller, atMs, visibleMs: atMs });
    }
    for (let count = 0; count < 2500; count += 1) {
      const atMs = nowMs - HOUR_MS - MINUTE_MS - count;
      const caller = { arn: "", name: "ops" };
      aws.events.push({
        operation: "StartSession",
        sessionId: "x",
        caller,
        atMs,
        visibleMs: atMs,
        isOther: true,
      });
    }
  });
  await exporter.clock.advance(5 * MINUTE_MS);
  const [cutShort] = exporter.lookupsCutShort;
  expect(cutShort).toMatchObject({ operation: "StartSession", pages: 40 });
  expect(cutShort?.completeFromMs).toBeGreaterThan(nowMs - HOUR_MS - 4 * MINUTE_MS);
  const owners = exporter.view("a").snapshot?.rows.map(({ id, startedBy }) => [id, startedBy?.name]);
  expect(owners).toEqual([
    ["early", undefined],
    ["late", "owner of late"],
  ]);
  exporter.close();
});

test("quotas are read once an hour, and after failures sooner; what was read stays", async () => {
  const exporter = startVirtual({ quotas: true, poll: { intervalMs: MINUTE_MS } }, (aws) =>
    aws.addWorkgroup("a"),
  );
  const { aws, clock } = exporter;
  const readings = () => aws.sentMs({ operation: "ListServiceQuotas" }).length;
  await clock.advance(2.5 * HOUR_MS);
  expect(readings()).toBe(3);
  const recover = aws.fault({ operation: "ListServiceQuotas" }, "access_denied");
  await clock.advance(HOUR_MS);
  expect(readings()).toBe(3 + 5);
  expect(exporter.account().dpuQuotas).toEqual(new Map([["On-Demand DPUs", 4]]));
  recover();
  await clock.advance(HOUR_MS);
  expect(exporter.quotaReadings.at(-1)).toBeUndefined();
  exporter.close();
});
