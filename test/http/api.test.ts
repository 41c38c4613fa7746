import { afterEach, describe, expect, test } from "vitest";
import type { PageData } from "../../src/http/page/overview.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { sessionRow, snapshot, unpolledView, workgroupView } from "../metrics/views.ts";
import { type Running, serve } from "./harness.ts";

const HOUR_MS = 3_600_000;
const SINCE_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

let running: Running | undefined;
afterEach(() => running?.server.close(0));

async function start(workgroups: readonly WorkgroupView[]): Promise<string> {
  const data: PageData = { version: "1.2.3", telemetryPath: "/metrics", accounts: [], workgroups };
  running = await serve({ page: () => data });
  return `${running.url}/api/v1`;
}

interface List {
  readonly sessions?: readonly { readonly session_id: string; readonly workgroup: string }[];
  readonly workgroups?: readonly { readonly workgroup: string }[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

const get = async (url: string) => (await (await fetch(url)).json()) as List;
const idsOf = async (url: string) => (await get(url)).sessions?.map(({ session_id: id }) => id);

/** A workgroup of sessions that have been idle for these hours. */
function idleWorkgroup(workgroup: string, hours: readonly number[]): WorkgroupView {
  const rows = hours.map((count) =>
    sessionRow({
      id: `${workgroup}-${count}h`,
      stateSeconds: count * 3600,
      idleDpuSeconds: count * 3600,
    }),
  );
  return workgroupView({ workgroup, snapshot: snapshot({ rows }) });
}

describe("/api/v1/sessions", () => {
  test("has who started each session where owners are looked up, and filters by that", async () => {
    const rows = ["ana", "bert"].map((name) =>
      sessionRow({ id: `of ${name}`, startedBy: { name, arn: `arn:aws:iam::111122223333:user/${name}` } }),
    );
    const unknown = sessionRow({ id: "unknown", startedBy: undefined });
    const view = workgroupView({ namesOwners: true, snapshot: snapshot({ rows: [...rows, unknown] }) });
    const url = await start([view]);
    const { sessions } = await get(`${url}/sessions?q=user/bert`);
    expect(sessions).toMatchObject([
      { session_id: "of bert", started_by: "bert", started_by_arn: "arn:aws:iam::111122223333:user/bert" },
    ]);
    expect((await get(`${url}/sessions?q=unknown`)).sessions).toMatchObject([{ started_by: null }]);
  });

  test("lists every active session with the fields that `sessions --output=json` has", async () => {
    const row = sessionRow({ sinceMs: SINCE_MS, startMs: SINCE_MS - HOUR_MS });
    const polledAtMs = SINCE_MS + HOUR_MS;
    const url = await start([
      workgroupView({ snapshot: snapshot({ rows: [row], polledAtMs }) }),
      unpolledView(),
    ]);
    const response = await fetch(`${url}/sessions`);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toBe(
      `{"sessions":[{"aws_account_id":"123456789012","account_name":"data","aws_region":"eu-west-1","workgroup":"etl",` +
        `"session_id":"s-1","state":"IDLE","since":"2026-01-02T03:04:05.000Z","start":"2026-01-02T02:04:05.000Z",` +
        `"age_seconds":7200,"idle_seconds":3600,"idle_cost_usd":3.5,"over_threshold":"idle","engine_version":"PySpark engine version 3",` +
        `"description":"nightly","state_change_reason":""}],"page":1,"pages":1,"total":1}\n`,
    );
  });

  test("orders by urgency, or as ?sort= says over all workgroups, and filters by ?q=", async () => {
    const url = `${await start([idleWorkgroup("etl", [3, 1]), idleWorkgroup("notebooks", [2])])}/sessions`;
    expect(await idsOf(url)).toEqual(["etl-3h", "notebooks-2h", "etl-1h"]);
    expect(await idsOf(`${url}?sort=-cost`)).toEqual(["etl-1h", "notebooks-2h", "etl-3h"]);
    expect(await idsOf(`${url}?sort=workgroup`)).toEqual(["etl-3h", "etl-1h", "notebooks-2h"]);
    expect(await idsOf(`${url}?q=NOTEBOOKS+idle`)).toEqual(["notebooks-2h"]);
    expect(await idsOf(`${url}?q=etl-1h`)).toEqual(["etl-1h"]);
    expect(await idsOf(`${url}?q=busy`)).toEqual([]);
  });

  test("lists one state with ?state=, in any case, and what else the filter says", async () => {
    const busy = workgroupView({
      workgroup: "busy",
      snapshot: snapshot({ rows: [sessionRow({ id: "b-1", state: "BUSY" })] }),
    });
    const url = `${await start([idleWorkgroup("etl", [3, 1]), busy])}/sessions`;
    expect(await idsOf(`${url}?state=IDLE`)).toEqual(["etl-3h", "etl-1h"]);
    expect(await idsOf(`${url}?state=busy`)).toEqual(["b-1"]);
    expect(await idsOf(`${url}?state=IDLE&q=1h`)).toEqual(["etl-1h"]);
    expect(await get(`${url}?state=CREATED`)).toMatchObject({ sessions: [], total: 0 });
  });

  test("has a hundred sessions on a page, each on one page, and none after the last", async () => {
    const hours = Array.from({ length: 150 }, (_, index) => index + 1);
    const url = `${await start([idleWorkgroup("etl", hours), idleWorkgroup("notebooks", hours)])}/sessions`;
    const pages = await Promise.all([1, 2, 3].map((page) => get(`${url}?page=${page}`)));
    expect(pages.map(({ page, pages, total }) => ({ page, pages, total }))).toEqual(
      [1, 2, 3].map((page) => ({ page, pages: 3, total: 300 })),
    );
    const ids = pages.flatMap(({ sessions = [] }) => sessions.map(({ session_id: id }) => id));
    expect(new Set(ids).size).toBe(300);
    expect(ids.slice(0, 3)).toEqual(["etl-150h", "notebooks-150h", "etl-149h"]);
    expect(await get(`${url}?page=4`)).toEqual({ sessions: [], page: 4, pages: 3, total: 300 });
  });
});

describe("/api/v1/workgroups", () => {
  test("lists every workgroup with its counts, and with what failed and what to do about it", async () => {
    const failure = { reason: "access_denied", operation: "ListSessions", message: "no" } as const;
    const url = await start([workgroupView(), unpolledView({ workgroup: "locked", failure })]);
    const { workgroups, ...rest } = await get(`${url}/workgroups`);
    expect(rest).toEqual({ page: 1, pages: 1, total: 2 });
    const [locked, etl] = workgroups ?? [];
    expect(locked).toMatchObject({
      workgroup: "locked",
      status: "no data",
      sessions: null,
      sessions_by_state: null,
      last_success: null,
      failure: { reason: "access_denied", advice: expect.stringContaining("Grant athena:ListSessions") },
    });
    expect(etl).toEqual({
      aws_account_id: "123456789012",
      account_name: "data",
      aws_region: "eu-west-1",
      workgroup: "etl",
      engine_version: "PySpark engine version 3",
      status: "long idle",
      sessions: 7,
      sessions_by_state: {
        creating: 1,
        created: 0,
        idle: 2,
        busy: 3,
        terminating: 0,
        degraded: 1,
        unknown: 0,
      },
      idle_dpus: 2,
      longest_idle_seconds: 3600,
      last_success: "2023-11-14T23:13:20.500Z",
      failure: null,
    });
  });

  test("takes the filter and the order of the status page", async () => {
    const url = `${await start([idleWorkgroup("etl", [1]), idleWorkgroup("notebooks", [1])])}/workgroups`;
    const namesOf = async (query: string) =>
      (await get(`${url}${query}`)).workgroups?.map(({ workgroup }) => workgroup);
    expect(await namesOf("?sort=-workgroup")).toEqual(["notebooks", "etl"]);
    expect(await namesOf("?q=note")).toEqual(["notebooks"]);
    expect(await namesOf("?q=notebooks-1h")).toEqual(["notebooks"]);
    expect(await namesOf("?state=terminating")).toEqual([]);
    expect(await namesOf("?state=idle")).toEqual(["etl", "notebooks"]);
    expect(await namesOf("?page=2")).toEqual([]);
  });
});

test.each([
  [
    "sessions?sort=cpu",
    'sort: expected one of urgency, idle, cost, age, state, workgroup, account, after a minus to reverse it, got "cpu"',
  ],
  ["sessions?page=0", 'page: expected a number from 1 to 999999, got "0"'],
  ["sessions?state=IDLE&per_page=1", '"per_page": no such parameter; expected q, state, sort, page'],
  ["workgroups?status=ok", '"status": no such parameter; expected q, state, sort, page'],
  [
    "sessions?state=idel",
    'state: expected one of CREATING, CREATED, IDLE, BUSY, TERMINATING, DEGRADED, UNKNOWN, got "idel"',
  ],
  ["sessions?state=IDLE&state=BUSY", "state: expected once, got 2 times"],
  [`workgroups?q=${"a".repeat(201)}`, "q: expected at most 200 characters, got 201"],
  ["workgroups?page=two%0Alines", 'page: expected a number from 1 to 999999, got "two\\nlines"'],
])("%s is refused with what is wrong", async (path, problem) => {
  const response = await fetch(`${await start([])}/${path}`);
  expect(response.status).toBe(400);
  expect(await response.text()).toBe(`${problem}\n`);
});

test("an unknown order of workgroups is refused, and other methods too", async () => {
  const url = await start([]);
  expect((await fetch(`${url}/workgroups?sort=urgency`)).status).toBe(400);
  expect((await fetch(`${url}/sessions`, { method: "POST" })).status).toBe(405);
});
