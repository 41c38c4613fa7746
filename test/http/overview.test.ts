import { describe, expect, test } from "vitest";
import { overviewOf, type Overview, type PageData } from "../../src/http/page/overview.ts";
import { readPageRequest } from "../../src/http/page/page-request.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { accountView, sessionRow, snapshot, unpolledView, workgroupView } from "../metrics/views.ts";

const NO_SESSIONS = { CREATING: 0, CREATED: 0, IDLE: 0, BUSY: 0, TERMINATING: 0, DEGRADED: 0, UNKNOWN: 0 };
const EMPTY_SNAPSHOT = snapshot({
  sessions: NO_SESSIONS,
  idle: [],
  longestIdleSeconds: 0,
  idleDpus: 0,
  rows: [],
});
const FAILURE = { reason: "access_denied", operation: "ListSessions", message: "no" } as const;

const FLEET: readonly WorkgroupView[] = [
  workgroupView({ workgroup: "quiet", snapshot: EMPTY_SNAPSHOT }),
  workgroupView({ workgroup: "idle-1h", snapshot: { ...EMPTY_SNAPSHOT, longestIdleSeconds: 3600 } }),
  workgroupView({ workgroup: "idle-2h", snapshot: { ...EMPTY_SNAPSHOT, longestIdleSeconds: 7200 } }),
  workgroupView({
    workgroup: "leaked",
    snapshot: { ...EMPTY_SNAPSHOT, overThreshold: { ...EMPTY_SNAPSHOT.overThreshold, idle: 1 } },
  }),
  workgroupView({
    workgroup: "stuck",
    snapshot: { ...EMPTY_SNAPSHOT, overThreshold: { ...EMPTY_SNAPSHOT.overThreshold, terminating: 1 } },
  }),
  workgroupView({
    workgroup: "degraded",
    snapshot: { ...EMPTY_SNAPSHOT, overThreshold: { ...EMPTY_SNAPSHOT.overThreshold, degraded: 1 } },
  }),
  unpolledView({ workgroup: "new" }),
  workgroupView({ workgroup: "failing", up: false, failure: FAILURE }),
  unpolledView({ workgroup: "blind", region: "us-east-1", failure: FAILURE }),
];

function data(change: Partial<PageData> = {}): PageData {
  return { version: "1", telemetryPath: "/metrics", accounts: [accountView()], workgroups: FLEET, ...change };
}

/** The overview for these URL parameters. */
function overview(parameters: Record<string, string>, change: Partial<PageData> = {}): Overview {
  return overviewOf(data(change), readPageRequest(new URLSearchParams(parameters)));
}

function names({ workgroups }: Overview): readonly string[] {
  return workgroups.items.map(({ view }) => view.workgroup);
}

const matching = (q: string): readonly string[] => names(overview({ q }));

describe("the order of workgroups", () => {
  test("is by status, the most severe first, then by longest idle time", () => {
    expect(matching("")).toEqual([
      "blind",
      "failing",
      "new",
      "degraded",
      "stuck",
      "leaked",
      "idle-2h",
      "idle-1h",
      "quiet",
    ]);
  });
});

describe("the filter", () => {
  test.each([
    ["LEAK", ["leaked"]],
    ["us-east", ["blind"]],
    ["access_denied", ["blind", "failing"]],
    ["failing us-east-1", ["blind"]],
    ["  idle-  ", ["idle-2h", "idle-1h"]],
    ["long idle", ["leaked"]],
    ["nowhere", []],
  ])("%s lists only the matching workgroups", (query, wanted) => {
    expect(matching(query)).toEqual(wanted);
  });

  test("by a state finds the workgroups with active sessions in this state", () => {
    expect(matching("busy")).toEqual(["failing"]);
  });

  test("finds the accounts and regions of matching workgroups, and those that match themselves", () => {
    const accounts = [
      accountView(),
      accountView({ region: "us-east-1" }),
      accountView({
        region: "eu-north-1",
        up: false,
        failure: { reason: "credentials", operation: "", message: "x" },
      }),
    ];
    const regions = (q: string) => overview({ q }, { accounts }).accounts.map(({ region }) => region);
    expect(regions("leaked")).toEqual(["eu-west-1"]);
    expect(regions("credentials")).toEqual(["eu-north-1"]);
    expect(regions("")).toEqual(["eu-north-1", "eu-west-1", "us-east-1"]);
  });
});

test("the totals cover the workgroups that match the filter", () => {
  const polled = workgroupView({ workgroup: "polled" });
  const { totals } = overview({ q: "polled" }, { workgroups: [...FLEET, polled] });
  expect({ ...totals }).toEqual({
    workgroups: 1,
    failing: 0,
    waiting: 0,
    accounts: 1,
    failingAccounts: 0,
    sessions: 7,
    byState: { CREATING: 1, CREATED: 0, IDLE: 2, BUSY: 3, TERMINATING: 0, DEGRADED: 1, UNKNOWN: 0 },
    idleDpus: 2,
    longestIdleSeconds: 3600,
  });
});

describe("the sessions that need action", () => {
  const idle = (id: string, hours: number) => sessionRow({ id, stateSeconds: hours * 3600 });
  const ids = ({ sessions }: Overview) => sessions.top.map(({ row }) => row.id);

  test("are the degraded, the stuck, then the longest idle sessions of all workgroups", () => {
    const busy = sessionRow({ id: "busy", state: "BUSY" });
    const rows = [
      sessionRow({ id: "degraded", state: "DEGRADED" }),
      sessionRow({ id: "stuck", state: "CREATING", isStuck: true }),
      idle("idle-2h", 2),
      idle("idle-briefly", 0.1),
      busy,
    ];
    const workgroups = [
      workgroupView({ snapshot: snapshot({ rows }) }),
      workgroupView({ snapshot: snapshot({ rows: [idle("idle-3h", 3)] }) }),
      workgroupView({ snapshot: snapshot({ rows: [busy] }) }),
      unpolledView(),
    ];
    const shown = overview({}, { workgroups });
    expect(ids(shown)).toEqual(["degraded", "stuck", "idle-3h", "idle-2h"]);
    expect(shown.sessions.count).toBe(4);
  });

  test("are limited to the most severe, and those that a filter finds to more", () => {
    const rows = Array.from({ length: 60 }, (_, index) => idle(`idle-${index}`, 60 - index));
    const workgroups = [workgroupView({ snapshot: snapshot({ rows }) })];
    const summaryOf = ({ count, top }: Overview["found"]) => [count, top.length, top[0]?.row.id];
    expect(summaryOf(overview({}, { workgroups }).sessions)).toEqual([60, 10, "idle-0"]);
    expect(summaryOf(overview({ q: "etl" }, { workgroups }).found)).toEqual([60, 50, "idle-0"]);
  });
});

describe("the sessions that a filter finds", () => {
  const rows = [
    sessionRow({ id: "s-stuck", state: "CREATING", isStuck: true }),
    sessionRow({ id: "s-idle", description: "Nightly Load", stateReason: "waits" }),
    sessionRow({ id: "s-busy", state: "BUSY", description: "" }),
  ];
  const workgroups = [
    workgroupView({ workgroup: "etl", snapshot: snapshot({ rows }) }),
    workgroupView({ workgroup: "quiet", snapshot: EMPTY_SNAPSHOT }),
    unpolledView({ workgroup: "new" }),
  ];
  const find = (parameters: Record<string, string>) => {
    const { found, workgroups: shown } = overview(parameters, { workgroups });
    return [found.top.map(({ row }) => row.id), shown.items.map(({ view }) => view.workgroup)];
  };

  test.each<[Record<string, string>, readonly string[], readonly string[]]>([
    [{ q: "s-busy" }, ["s-busy"], ["etl"]],
    [{ q: "night load" }, ["s-idle"], ["etl"]],
    [{ q: "waits" }, ["s-idle"], ["etl"]],
    [{ q: "stuck" }, ["s-stuck"], ["etl"]],
    [{ q: "etl s-" }, ["s-stuck", "s-idle", "s-busy"], ["etl"]],
    [{ q: "quiet" }, [], ["quiet"]],
    [{ q: "quiet s-busy" }, [], []],
    [{ state: "idle" }, ["s-idle"], ["etl"]],
    [{ state: "BUSY", q: "etl" }, ["s-busy"], ["etl"]],
    [{ state: "BUSY", q: "night" }, [], []],
    [{ state: "TERMINATING" }, [], []],
    // One session without an id is counted and has no row.
    [{ state: "DEGRADED" }, [], ["etl"]],
    [{ state: "nonsense", q: "quiet" }, [], ["quiet"]],
  ])("with %j are %j, in the workgroups %j", (parameters, ids, names) => {
    expect(find(parameters)).toEqual([ids, names]);
  });

  test("are none without a filter", () => {
    expect(overview({}, { workgroups }).found).toMatchObject({ count: 0, top: [] });
  });
});

describe("the order of sessions", () => {
  const rows = [
    sessionRow({ id: "long", stateSeconds: 9_000, idleDpuSeconds: 10 }),
    sessionRow({ id: "costly", stateSeconds: 8_000, idleDpuSeconds: 90 }),
    sessionRow({ id: "short", stateSeconds: 7_000, idleDpuSeconds: 50 }),
  ];
  const workgroups = [workgroupView({ snapshot: snapshot({ rows }) })];
  const ids = ({ top }: Overview["found"]) => top.map(({ row }) => row.id);

  test.each([
    [undefined, ["long", "costly", "short"]],
    ["cost", ["costly", "short", "long"]],
    ["-idle", ["short", "costly", "long"]],
    ["nonsense", ["long", "costly", "short"]],
  ])("%s is that of the sessions that need action, and of those that a filter finds", (order, wanted) => {
    const parameters = order === undefined ? {} : { order };
    expect(ids(overview(parameters, { workgroups }).sessions)).toEqual(wanted);
    expect(ids(overview({ ...parameters, q: "etl" }, { workgroups }).found)).toEqual(wanted);
  });
});

describe("pages of workgroups", () => {
  const workgroups = Array.from({ length: 250 }, (_, index) =>
    workgroupView({ workgroup: `w-${String(index).padStart(3, "0")}` }),
  ).reverse();
  const page = (page: string) => overview({ page, sort: "workgroup" }, { workgroups });

  test("contain every workgroup once, in order", () => {
    const all = ["1", "2", "3"].flatMap((number) => names(page(number)));
    expect(all).toEqual(workgroups.map(({ workgroup }) => workgroup).sort());
    expect(page("2").workgroups).toMatchObject({ number: 2, pages: 3, before: 100, total: 250 });
  });

  test.each([
    ["0", 1],
    ["-1", 1],
    ["1.5", 1],
    ["x", 1],
    ["99", 3],
    ["999999", 3],
    ["99999999999999999999", 1],
  ])("the page for ?page=%s is page %d", (text, wanted) => {
    expect(page(text).workgroups.number).toBe(wanted);
  });
});
