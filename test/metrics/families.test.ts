import { describe, expect, test } from "vitest";
import { ACCOUNT_FAMILIES } from "../../src/metrics/account-families.ts";
import { renderAccount, renderWorkgroup, WORKGROUP_FAMILIES } from "../../src/metrics/families.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { accountView, sessionRow, snapshot, unpolledView, workgroupView } from "./views.ts";

const OPTIONS = { sessionLabels: ["description"] } as const;
const K = 'aws_account_id="123456789012",aws_region="eu-west-1",workgroup="etl"';
const R = 'aws_account_id="123456789012",aws_region="eu-west-1"';

/** What a family of a workgroup looks like on the wire. */
function lines(name: string, view: WorkgroupView): string {
  const index = WORKGROUP_FAMILIES.findIndex((family) => family.name === name);
  return renderWorkgroup(view, OPTIONS)[index] ?? "no such family";
}

const WANTED: Readonly<Record<string, string>> = {
  athena_sessions: `athena_sessions{${K},state="CREATING"} 1
athena_sessions{${K},state="CREATED"} 0
athena_sessions{${K},state="IDLE"} 2
athena_sessions{${K},state="BUSY"} 3
athena_sessions{${K},state="TERMINATING"} 0
athena_sessions{${K},state="DEGRADED"} 1
athena_sessions{${K},state="UNKNOWN"} 0
`,
  athena_sessions_recently_ended: `athena_sessions_recently_ended{${K},state="TERMINATED"} 4
athena_sessions_recently_ended{${K},state="FAILED"} 1
`,
  athena_idle_sessions: `athena_idle_sessions{${K},min_idle_seconds="900"} 2
athena_idle_sessions{${K},min_idle_seconds="3600"} 1
`,
  athena_sessions_longest_idle_seconds: `athena_sessions_longest_idle_seconds{${K}} 3600\n`,
  athena_sessions_combined_idle_seconds: `athena_sessions_combined_idle_seconds{${K}} 4600.5\n`,
  athena_sessions_oldest_age_seconds: `athena_sessions_oldest_age_seconds{${K},state="CREATING"} 5
athena_sessions_oldest_age_seconds{${K},state="CREATED"} 0
athena_sessions_oldest_age_seconds{${K},state="IDLE"} 13600
athena_sessions_oldest_age_seconds{${K},state="BUSY"} 60
athena_sessions_oldest_age_seconds{${K},state="TERMINATING"} 0
athena_sessions_oldest_age_seconds{${K},state="DEGRADED"} 7200
`,
  athena_idle_dpus: `athena_idle_dpus{${K}} 2\n`,
  athena_idle_dpu_seconds_total: `athena_idle_dpu_seconds_total{${K}} 3.5\n`,
  athena_session_seconds_total: `athena_session_seconds_total{${K},state="CREATING"} 1
athena_session_seconds_total{${K},state="CREATED"} 2
athena_session_seconds_total{${K},state="IDLE"} 3.5
athena_session_seconds_total{${K},state="BUSY"} 4
athena_session_seconds_total{${K},state="TERMINATING"} 5
athena_session_seconds_total{${K},state="DEGRADED"} 6
athena_session_seconds_total{${K},state="UNKNOWN"} 7
`,
  athena_sessions_started_total: `athena_sessions_started_total{${K}} 7\n`,
  athena_sessions_ended_total: `athena_sessions_ended_total{${K},state="TERMINATED"} 5
athena_sessions_ended_total{${K},state="FAILED"} 2
athena_sessions_ended_total{${K},state="UNKNOWN"} 1
`,
  athena_sessions_degraded_total: `athena_sessions_degraded_total{${K}} 3\n`,
  athena_ended_dpu_seconds_total: `athena_ended_dpu_seconds_total{${K}} 9\n`,
  athena_session_info: `athena_session_info{${K},session_id="s-1",engine_version="PySpark engine version 3",description="nightly"} 1\n`,
  athena_session_start_timestamp_seconds: `athena_session_start_timestamp_seconds{${K},session_id="s-1"} 1699990000\n`,
  athena_session_state_since_timestamp_seconds: `athena_session_state_since_timestamp_seconds{${K},session_id="s-1",state="IDLE"} 1700000000.5\n`,
  athena_session_max_dpus: `athena_session_max_dpus{${K},session_id="s-1"} 20\n`,
  athena_session_idle_timeout_seconds: `athena_session_idle_timeout_seconds{${K},session_id="s-1"} 1200\n`,
  athena_sessions_omitted: `athena_sessions_omitted{${K}} 0\n`,
  athena_workgroup_info: `athena_workgroup_info{${K},account_name="data",engine_version="PySpark engine version 3"} 1\n`,
  athena_workgroup_up: `athena_workgroup_up{${K}} 1\n`,
  athena_workgroup_failing: "",
  athena_workgroup_last_success_timestamp_seconds: `athena_workgroup_last_success_timestamp_seconds{${K}} 1700003600.5\n`,
  athena_workgroup_poll_interval_seconds: `athena_workgroup_poll_interval_seconds{${K}} 60\n`,
  athena_workgroup_poll_duration_seconds: `athena_workgroup_poll_duration_seconds{${K}} 0.25\n`,
  athena_workgroup_polls_total: `athena_workgroup_polls_total{${K}} 12\n`,
  athena_workgroup_poll_failures_total: `athena_workgroup_poll_failures_total{${K}} 2\n`,
  athena_workgroup_listings_truncated_total: `athena_workgroup_listings_truncated_total{${K}} 1\n`,
};

describe("a workgroup that was polled", () => {
  test.each(Object.entries(WANTED))("%s", (name, wanted) => {
    expect(lines(name, workgroupView())).toBe(wanted);
  });

  test("the families shown here are all there are", () => {
    expect(Object.keys(WANTED)).toEqual(WORKGROUP_FAMILIES.map(({ name }) => name));
  });

  test("every sample has the labels that the table promises", () => {
    const rendered = renderWorkgroup(workgroupView(), { sessionLabels: [] });
    for (const [row, { labels }] of WORKGROUP_FAMILIES.entries()) {
      for (const line of (rendered[row] ?? "").split("\n").filter(Boolean)) {
        expect([...line.matchAll(/(\w+)="/g)].map(([, label]) => label)).toEqual(labels);
      }
    }
  });
});

describe("details", () => {
  test("have no series where they are not asked for, or not told", () => {
    const { maxDpus: _dpus, idleTimeoutSeconds: _timeout, ...row } = sessionRow();
    const view = workgroupView({ snapshot: snapshot({ rows: [row] }), showsDetails: false });
    for (const name of [
      "athena_session_max_dpus",
      "athena_session_idle_timeout_seconds",
      "athena_ended_dpu_seconds_total",
    ]) {
      expect(lines(name, view)).toBe("");
    }
  });
});

describe("sessions with series of their own", () => {
  test("only the first within the limit; the rest is counted", () => {
    const rows = ["a", "b", "c"].map((id) => sessionRow({ id }));
    const view = workgroupView({ snapshot: snapshot({ rows }), shownSessions: 1, omittedSessions: 2 });
    expect(lines("athena_session_info", view).match(/session_id="[^"]*"/g)).toEqual(['session_id="a"']);
    expect(lines("athena_sessions_omitted", view)).toBe(`athena_sessions_omitted{${K}} 2\n`);
  });

  test("a session without a start has no start time", () => {
    const { startMs: _start, ...row } = sessionRow();
    const view = workgroupView({ snapshot: snapshot({ rows: [row] }) });
    expect(lines("athena_session_start_timestamp_seconds", view)).toBe("");
  });

  test("a description is escaped, and cut at 128 characters", () => {
    const description = `say "hi"\\\n${"x".repeat(200)}`;
    const view = workgroupView({ snapshot: snapshot({ rows: [sessionRow({ description })] }) });
    expect(lines("athena_session_info", view)).toContain(
      `description="say \\"hi\\"\\\\\\n${"x".repeat(118)}"} 1\n`,
    );
  });

  test("a cut never splits a character in two", () => {
    const description = `${"x".repeat(127)}😀`;
    const view = workgroupView({ snapshot: snapshot({ rows: [sessionRow({ description })] }) });
    expect(lines("athena_session_info", view)).toContain(`description="${"x".repeat(127)}"} 1\n`);
  });

  test("what is unknown is empty", () => {
    const row = sessionRow({ description: "", engineVersion: "" });
    const view = workgroupView({ snapshot: snapshot({ rows: [row] }) });
    expect(lines("athena_session_info", view)).toContain('engine_version="",description=""} 1');
  });

  test("labels that are not configured are not there", () => {
    const text = renderWorkgroup(workgroupView(), { sessionLabels: [] }).join("");
    expect(text).not.toContain("description=");
  });
});

describe("a workgroup that fails", () => {
  const failure = { reason: "throttled", operation: "ListSessions", message: "Rate exceeded" } as const;

  test("says why, keeps its last-good samples, and is down", () => {
    const view = workgroupView({ up: false, failure });
    expect(lines("athena_workgroup_failing", view)).toBe(
      `athena_workgroup_failing{${K},reason="throttled"} 1\n`,
    );
    expect(lines("athena_workgroup_up", view)).toBe(`athena_workgroup_up{${K}} 0\n`);
    expect(lines("athena_sessions", view)).toBe(WANTED["athena_sessions"]);
  });

  test("without a snapshot only the gauges derived from sessions are withdrawn", () => {
    const view = unpolledView({ failure });
    for (const family of WORKGROUP_FAMILIES) {
      const empty = lines(family.name, view) === "";
      const wanted = family.fromSessions || family.name === "athena_workgroup_poll_duration_seconds";
      expect([family.name, empty]).toEqual([family.name, wanted]);
    }
  });

  test("every counter of a workgroup that was never polled is there as 0", () => {
    for (const family of WORKGROUP_FAMILIES.filter(({ type }) => type === "counter")) {
      expect(lines(family.name, unpolledView())).toMatch(/ 0\n$/);
    }
  });
});

describe("an account's region", () => {
  const wanted: Readonly<Record<string, string>> = {
    athena_account_up: `athena_account_up{${R}} 0\n`,
    athena_account_failing: `athena_account_failing{${R},reason="credentials"} 1\n`,
    athena_account_last_success_timestamp_seconds: `athena_account_last_success_timestamp_seconds{${R}} 1700003600.5\n`,
    athena_account_workgroups: `athena_account_workgroups{${R}} 3\n`,
  };
  const failure = { reason: "credentials", operation: "", message: "expired" } as const;

  test("shows whether it works, why not, since when and how many it holds", () => {
    expect(renderAccount(accountView({ up: false, failure }))).toEqual(Object.values(wanted));
    expect(Object.keys(wanted)).toEqual(ACCOUNT_FAMILIES.map(({ name }) => name));
  });

  test("names no reason while it works", () => {
    expect(renderAccount(accountView()).join("")).not.toContain("athena_account_failing");
  });
});
