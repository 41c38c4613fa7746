import { describe, expect, test } from "vitest";
import { overviewOf } from "../../src/http/overview.ts";
import type { PageData } from "../../src/http/page-source.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { accountView, sessionRow, snapshot, unpolledView, workgroupView } from "../metrics/views.ts";

const NONE = { CREATING: 0, CREATED: 0, IDLE: 0, BUSY: 0, TERMINATING: 0, DEGRADED: 0, UNKNOWN: 0 };
const QUIET = snapshot({ sessions: NONE, idle: [], longestIdleSeconds: 0, idleDpus: 0, rows: [] });
const FAILURE = { reason: "access_denied", operation: "ListSessions", message: "no" } as const;

const FLEET: readonly WorkgroupView[] = [
  workgroupView({ workgroup: "quiet", snapshot: QUIET }),
  workgroupView({ workgroup: "idle-1h", snapshot: { ...QUIET, longestIdleSeconds: 3600 } }),
  workgroupView({ workgroup: "idle-2h", snapshot: { ...QUIET, longestIdleSeconds: 7200 } }),
  workgroupView({ workgroup: "leaked", snapshot: { ...QUIET, idle: [{ minIdleSeconds: 9, count: 1 }] } }),
  workgroupView({
    workgroup: "stuck",
    snapshot: { ...QUIET, rows: [sessionRow({ state: "CREATING", isStuck: true })] },
  }),
  workgroupView({ workgroup: "degraded", snapshot: { ...QUIET, sessions: { ...NONE, DEGRADED: 1 } } }),
  unpolledView({ workgroup: "new" }),
  workgroupView({ workgroup: "failing", up: false, failure: FAILURE }),
  unpolledView({ workgroup: "blind", region: "us-east-1", failure: FAILURE }),
];

function data(change: Partial<PageData> = {}): PageData {
  return { version: "1", telemetryPath: "/metrics", accounts: [accountView()], workgroups: FLEET, ...change };
}

function found(query: string): readonly string[] {
  return overviewOf(data(), query).workgroups.map(({ view }) => view.workgroup);
}

describe("the order of workgroups", () => {
  test("is what fails, what is not known, what is degraded, stuck or leaked, then the longest idle", () => {
    expect(found("")).toEqual([
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
  ])("%s", (query, wanted) => {
    expect(found(query)).toEqual(wanted);
  });

  test("by state finds the workgroups that have such sessions now", () => {
    expect(found("busy")).toEqual(["failing"]);
  });

  test("keeps the accounts of what it found, and those that match themselves", () => {
    const accounts = [
      accountView(),
      accountView({ region: "us-east-1" }),
      accountView({
        region: "eu-north-1",
        up: false,
        failure: { reason: "credentials", operation: "", message: "x" },
      }),
    ];
    const regions = (query: string) =>
      overviewOf(data({ accounts }), query).accounts.map(({ region }) => region);
    expect(regions("leaked")).toEqual(["eu-west-1"]);
    expect(regions("credentials")).toEqual(["eu-north-1"]);
    expect(regions("")).toEqual(["eu-north-1", "eu-west-1", "us-east-1"]);
  });
});

test("the totals are over what the filter left", () => {
  const polled = workgroupView({ workgroup: "polled" });
  const overview = overviewOf(data({ workgroups: [...FLEET, polled] }), "polled");
  expect(overview.totals).toEqual({
    workgroups: 1,
    failing: 0,
    accounts: 1,
    failingAccounts: 0,
    sessions: 7,
    idle: 2,
    busy: 3,
    degraded: 1,
    idleDpus: 2,
    longestIdleSeconds: 3600,
  });
});

test("sessions to look at are the degraded, the stuck, then the longest idle of all workgroups", () => {
  const rows = [
    sessionRow({ id: "degraded", state: "DEGRADED" }),
    sessionRow({ id: "stuck", state: "CREATING", isStuck: true }),
    sessionRow({ id: "idle-2h", idleSeconds: 7200 }),
    sessionRow({ id: "idle-briefly", idleSeconds: 60 }),
    busyRow(),
  ];
  const workgroups = [
    workgroupView({ snapshot: snapshot({ rows }) }),
    workgroupView({ snapshot: snapshot({ rows: [sessionRow({ id: "idle-3h", idleSeconds: 10_800 })] }) }),
  ];
  const sessions = overviewOf(data({ workgroups }), "").sessions.map(({ row }) => row.id);
  expect(sessions).toEqual(["degraded", "stuck", "idle-3h", "idle-2h"]);
});

function busyRow(): ReturnType<typeof sessionRow> {
  const { idleSeconds: _idle, ...row } = sessionRow({ id: "busy", state: "BUSY" });
  return row;
}
