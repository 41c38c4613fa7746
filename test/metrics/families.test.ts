import { describe, expect, test } from "vitest";
import { ACCOUNT_FAMILIES, renderAccountRegion } from "../../src/metrics/account-families.ts";
import { renderWorkgroup, WORKGROUP_FAMILIES } from "../../src/metrics/workgroup-lines.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { accountView, sessionRow, snapshot, unpolledView, workgroupView } from "./views.ts";

const SESSION_LABELS = ["description"] as const;
const WORKGROUP = 'aws_account_id="123456789012",aws_region="eu-west-1",workgroup="etl"';
const REGION = 'aws_account_id="123456789012",aws_region="eu-west-1"';

/** Returns the samples of a workgroup's family in the text format. */
function lines(name: string, view: WorkgroupView): string {
  const index = WORKGROUP_FAMILIES.findIndex((family) => family.name === name);
  return renderWorkgroup(view, SESSION_LABELS)[index] ?? "no such family";
}

/** The lines of a histogram with these cumulative counts by the bounds of its buckets. */
function histogram(
  name: string,
  labels: string,
  buckets: Readonly<Record<string, number>>,
  { sum, count }: { readonly sum: number; readonly count: number },
): string {
  const lines = Object.entries({ ...buckets, "+Inf": count }).map(
    ([bound, below]) => `${name}_bucket{${labels},le="${bound}"} ${below}\n`,
  );
  return `${lines.join("")}${name}_sum{${labels}} ${sum}\n${name}_count{${labels}} ${count}\n`;
}

const WANTED: Readonly<Record<string, string>> = {
  athena_sessions: `athena_sessions{${WORKGROUP},state="CREATING"} 1
athena_sessions{${WORKGROUP},state="CREATED"} 0
athena_sessions{${WORKGROUP},state="IDLE"} 2
athena_sessions{${WORKGROUP},state="BUSY"} 3
athena_sessions{${WORKGROUP},state="TERMINATING"} 0
athena_sessions{${WORKGROUP},state="DEGRADED"} 1
athena_sessions{${WORKGROUP},state="UNKNOWN"} 0
`,
  athena_sessions_recently_ended: `athena_sessions_recently_ended{${WORKGROUP},state="TERMINATED"} 4
athena_sessions_recently_ended{${WORKGROUP},state="FAILED"} 1
`,
  athena_idle_sessions: `athena_idle_sessions{${WORKGROUP},min_idle_seconds="900"} 2
athena_idle_sessions{${WORKGROUP},min_idle_seconds="3600"} 1
`,
  athena_sessions_longest_idle_seconds: `athena_sessions_longest_idle_seconds{${WORKGROUP}} 3600\n`,
  athena_sessions_combined_idle_seconds: `athena_sessions_combined_idle_seconds{${WORKGROUP}} 4600.5\n`,
  athena_sessions_oldest_age_seconds: `athena_sessions_oldest_age_seconds{${WORKGROUP},state="CREATING"} 5
athena_sessions_oldest_age_seconds{${WORKGROUP},state="CREATED"} 0
athena_sessions_oldest_age_seconds{${WORKGROUP},state="IDLE"} 13600
athena_sessions_oldest_age_seconds{${WORKGROUP},state="BUSY"} 60
athena_sessions_oldest_age_seconds{${WORKGROUP},state="TERMINATING"} 0
athena_sessions_oldest_age_seconds{${WORKGROUP},state="DEGRADED"} 7200
`,
  athena_idle_dpus: `athena_idle_dpus{${WORKGROUP}} 2\n`,
  athena_sessions_over_threshold: `athena_sessions_over_threshold{${WORKGROUP},threshold="degraded"} 0
athena_sessions_over_threshold{${WORKGROUP},threshold="creating"} 0
athena_sessions_over_threshold{${WORKGROUP},threshold="terminating"} 0
athena_sessions_over_threshold{${WORKGROUP},threshold="idle"} 1
athena_sessions_over_threshold{${WORKGROUP},threshold="busy"} 0
athena_sessions_over_threshold{${WORKGROUP},threshold="age"} 0
`,
  athena_sessions_without_owner: `athena_sessions_without_owner{${WORKGROUP}} 3\n`,
  athena_idle_dpu_seconds_total: `athena_idle_dpu_seconds_total{${WORKGROUP}} 3.5\n`,
  athena_session_seconds_total: `athena_session_seconds_total{${WORKGROUP},state="CREATING"} 1
athena_session_seconds_total{${WORKGROUP},state="CREATED"} 2
athena_session_seconds_total{${WORKGROUP},state="IDLE"} 3.5
athena_session_seconds_total{${WORKGROUP},state="BUSY"} 4
athena_session_seconds_total{${WORKGROUP},state="TERMINATING"} 5
athena_session_seconds_total{${WORKGROUP},state="DEGRADED"} 6
athena_session_seconds_total{${WORKGROUP},state="UNKNOWN"} 7
`,
  athena_sessions_started_total: `athena_sessions_started_total{${WORKGROUP}} 7\n`,
  athena_sessions_ended_total: `athena_sessions_ended_total{${WORKGROUP},state="TERMINATED"} 5
athena_sessions_ended_total{${WORKGROUP},state="FAILED"} 2
athena_sessions_ended_total{${WORKGROUP},state="UNKNOWN"} 1
`,
  athena_sessions_degraded_total: `athena_sessions_degraded_total{${WORKGROUP}} 3\n`,
  athena_ended_dpu_seconds_total: `athena_ended_dpu_seconds_total{${WORKGROUP}} 9\n`,
  athena_session_info: `athena_session_info{${WORKGROUP},session_id="s-1",engine_version="PySpark engine version 3",description="nightly"} 1\n`,
  athena_session_start_timestamp_seconds: `athena_session_start_timestamp_seconds{${WORKGROUP},session_id="s-1"} 1699990000\n`,
  athena_session_state_since_timestamp_seconds: `athena_session_state_since_timestamp_seconds{${WORKGROUP},session_id="s-1",state="IDLE"} 1700000000.5\n`,
  athena_session_max_dpus: `athena_session_max_dpus{${WORKGROUP},session_id="s-1"} 20\n`,
  athena_session_idle_timeout_seconds: `athena_session_idle_timeout_seconds{${WORKGROUP},session_id="s-1"} 1200\n`,
  athena_session_startup_seconds: histogram(
    "athena_session_startup_seconds",
    WORKGROUP,
    { "5.0": 1, "10.0": 1, "20.0": 1, "30.0": 1, "60.0": 2, "120.0": 2, "300.0": 2, "600.0": 2, "1800.0": 2 },
    { sum: 49, count: 2 },
  ),
  athena_session_duration_seconds:
    histogram(
      "athena_session_duration_seconds",
      `${WORKGROUP},state="TERMINATED"`,
      {
        "60.0": 0,
        "300.0": 0,
        "900.0": 0,
        "1800.0": 0,
        "3600.0": 1,
        "7200.0": 1,
        "14400.0": 1,
        "28800.0": 1,
        "86400.0": 1,
      },
      { sum: 3600, count: 1 },
    ) +
    histogram(
      "athena_session_duration_seconds",
      `${WORKGROUP},state="FAILED"`,
      {
        "60.0": 0,
        "300.0": 0,
        "900.0": 0,
        "1800.0": 0,
        "3600.0": 0,
        "7200.0": 0,
        "14400.0": 0,
        "28800.0": 0,
        "86400.0": 0,
      },
      { sum: 0, count: 0 },
    ),
  athena_session_idle_before_end_seconds: histogram(
    "athena_session_idle_before_end_seconds",
    WORKGROUP,
    {
      "60.0": 0,
      "300.0": 0,
      "600.0": 0,
      "1200.0": 0,
      "1800.0": 1,
      "3600.0": 1,
      "7200.0": 1,
      "14400.0": 1,
      "28800.0": 1,
    },
    { sum: 1200.5, count: 1 },
  ),
  athena_sessions_omitted: `athena_sessions_omitted{${WORKGROUP}} 0\n`,
  athena_workgroup_info: `athena_workgroup_info{${WORKGROUP},account_name="data",engine_version="PySpark engine version 3"} 1\n`,
  athena_threshold_seconds: `athena_threshold_seconds{${WORKGROUP},threshold="degraded"} 300
athena_threshold_seconds{${WORKGROUP},threshold="creating"} 600
athena_threshold_seconds{${WORKGROUP},threshold="terminating"} 600
athena_threshold_seconds{${WORKGROUP},threshold="idle"} 3600
athena_threshold_seconds{${WORKGROUP},threshold="busy"} 43200
athena_threshold_seconds{${WORKGROUP},threshold="age"} 86400
`,
  athena_threshold_daily_idle_cost_usd: `athena_threshold_daily_idle_cost_usd{${WORKGROUP}} 50\n`,
  athena_workgroup_up: `athena_workgroup_up{${WORKGROUP}} 1\n`,
  athena_workgroup_failing: "",
  athena_workgroup_last_success_timestamp_seconds: `athena_workgroup_last_success_timestamp_seconds{${WORKGROUP}} 1700003600.5\n`,
  athena_workgroup_poll_interval_seconds: `athena_workgroup_poll_interval_seconds{${WORKGROUP}} 60\n`,
  athena_workgroup_poll_duration_seconds: `athena_workgroup_poll_duration_seconds{${WORKGROUP}} 0.25\n`,
  athena_workgroup_polls_total: `athena_workgroup_polls_total{${WORKGROUP}} 12\n`,
  athena_workgroup_poll_failures_total: `athena_workgroup_poll_failures_total{${WORKGROUP}} 2\n`,
  athena_workgroup_listings_truncated_total: `athena_workgroup_listings_truncated_total{${WORKGROUP}} 1\n`,
};

describe("a workgroup that was polled", () => {
  test.each(Object.entries(WANTED))("%s", (name, wanted) => {
    expect(lines(name, workgroupView())).toBe(wanted);
  });

  test("every family is tested", () => {
    expect(Object.keys(WANTED)).toEqual(WORKGROUP_FAMILIES.map(({ name }) => name));
  });

  test("every sample has the documented labels", () => {
    const rendered = renderWorkgroup(workgroupView(), []);
    for (const [row, { labels }] of WORKGROUP_FAMILIES.entries()) {
      for (const line of (rendered[row] ?? "").split("\n").filter(Boolean)) {
        const found = [...line.matchAll(/(\w+)="/g)].map(([, label]) => label);
        expect(found.filter((label) => label !== "le")).toEqual(labels);
      }
    }
  });
});

describe("details", () => {
  test("have no series if they are disabled or unknown", () => {
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

test("owners have no series if they are not looked up", () => {
  expect(lines("athena_sessions_without_owner", workgroupView({ showsOwners: false }))).toBe("");
});

test("the owner is a label where the configuration names owners, empty while unknown, cut and escaped", () => {
  const infoOf = (name: string | undefined) => {
    const startedBy = name === undefined ? undefined : { name, arn: "" };
    const view = workgroupView({ snapshot: snapshot({ rows: [sessionRow({ startedBy })] }) });
    const row = WORKGROUP_FAMILIES.findIndex((family) => family.name === "athena_session_info");
    const [text = ""] =
      /started_by="(?:[^"\\]|\\.)*"/.exec(renderWorkgroup(view, ["started_by"])[row] ?? "") ?? [];
    return text;
  };
  expect(infoOf("ana")).toBe('started_by="ana"');
  expect(infoOf(undefined)).toBe('started_by=""');
  expect(infoOf("a".repeat(200))).toBe(`started_by="${"a".repeat(128)}"`);
  expect(infoOf('say "hi"\\')).toBe('started_by="say \\"hi\\"\\\\"');
});

test("durations have no series if they are disabled", () => {
  const view = workgroupView({ showsDurations: false });
  const names = WORKGROUP_FAMILIES.filter(({ type }) => type === "histogram").map(({ name }) => name);
  expect(names.map((name) => lines(name, view))).toEqual(["", "", ""]);
});

test("the durations of a workgroup are 48 series, in at most 12 buckets each", () => {
  const histograms = WORKGROUP_FAMILIES.filter(({ type }) => type === "histogram").map(({ name }) =>
    lines(name, workgroupView()),
  );
  expect(histograms.join("").trimEnd().split("\n")).toHaveLength(48);
  for (const text of histograms) expect((text.match(/_bucket/g) ?? []).length).toBeLessThanOrEqual(24);
});

describe("per-session series", () => {
  test("are limited to the first sessions, and the others are counted as omitted", () => {
    const rows = ["a", "b", "c"].map((id) => sessionRow({ id }));
    const view = workgroupView({ snapshot: snapshot({ rows }), shownSessions: 1, omittedSessions: 2 });
    expect(lines("athena_session_info", view).match(/session_id="[^"]*"/g)).toEqual(['session_id="a"']);
    expect(lines("athena_sessions_omitted", view)).toBe(`athena_sessions_omitted{${WORKGROUP}} 2\n`);
  });

  test("have no start time if it is unknown", () => {
    const { startMs: _start, ...row } = sessionRow();
    const view = workgroupView({ snapshot: snapshot({ rows: [row] }) });
    expect(lines("athena_session_start_timestamp_seconds", view)).toBe("");
  });

  test("have a description that is escaped and truncated to 128 characters", () => {
    const description = `say "hi"\\\n${"x".repeat(200)}`;
    const view = workgroupView({ snapshot: snapshot({ rows: [sessionRow({ description })] }) });
    expect(lines("athena_session_info", view)).toContain(
      `description="say \\"hi\\"\\\\\\n${"x".repeat(118)}"} 1\n`,
    );
  });

  test("have a description that is never truncated within a character", () => {
    const description = `${"x".repeat(127)}😀`;
    const view = workgroupView({ snapshot: snapshot({ rows: [sessionRow({ description })] }) });
    expect(lines("athena_session_info", view)).toContain(`description="${"x".repeat(127)}"} 1\n`);
  });

  test("have empty labels for unknown values", () => {
    const row = sessionRow({ description: "", engineVersion: "" });
    const view = workgroupView({ snapshot: snapshot({ rows: [row] }) });
    expect(lines("athena_session_info", view)).toContain('engine_version="",description=""} 1');
  });

  test("have only the configured labels", () => {
    const text = renderWorkgroup(workgroupView(), []).join("");
    expect(text).not.toContain("description=");
  });
});

describe("a workgroup that fails", () => {
  const failure = { reason: "throttled", operation: "ListSessions", message: "Rate exceeded" } as const;

  test("reports the reason, keeps the samples of its last successful poll, and is not up", () => {
    const view = workgroupView({ up: false, failure });
    expect(lines("athena_workgroup_failing", view)).toBe(
      `athena_workgroup_failing{${WORKGROUP},reason="throttled"} 1\n`,
    );
    expect(lines("athena_workgroup_up", view)).toBe(`athena_workgroup_up{${WORKGROUP}} 0\n`);
    expect(lines("athena_sessions", view)).toBe(WANTED["athena_sessions"]);
  });

  test("without a snapshot omits only the gauges derived from sessions and the poll duration", () => {
    const view = unpolledView({ failure });
    for (const family of WORKGROUP_FAMILIES) {
      const empty = lines(family.name, view) === "";
      const wanted = family.fromSessions || family.name === "athena_workgroup_poll_duration_seconds";
      expect([family.name, empty]).toEqual([family.name, wanted]);
    }
  });

  test("whose ended sessions have not been listed yet does not count those of the last hour", () => {
    const { recentlyEnded: _withheld, ...rest } = snapshot();
    const view = workgroupView({ snapshot: rest });
    expect(lines("athena_sessions_recently_ended", view)).toBe("");
    expect(lines("athena_sessions", view)).toBe(WANTED["athena_sessions"]);
  });

  test("that was never polled has every counter at 0", () => {
    for (const family of WORKGROUP_FAMILIES.filter(({ type }) => type === "counter")) {
      expect(lines(family.name, unpolledView())).toMatch(/ 0\n$/);
    }
  });
});

describe("an account and region", () => {
  const wanted: Readonly<Record<string, string>> = {
    athena_account_up: `athena_account_up{${REGION}} 0\n`,
    athena_account_failing: `athena_account_failing{${REGION},reason="credentials"} 1\n`,
    athena_account_last_success_timestamp_seconds: `athena_account_last_success_timestamp_seconds{${REGION}} 1700003600.5\n`,
    athena_account_workgroups: `athena_account_workgroups{${REGION}} 3\n`,
    athena_account_dpu_quota: `athena_account_dpu_quota{${REGION},quota="Apache Spark DPU concurrency"} 160
athena_account_dpu_quota{${REGION},quota="On-Demand DPUs"} 4
`,
    athena_account_active_dpus: `athena_account_active_dpus{${REGION},quota="Apache Spark DPU concurrency"} 21\n`,
  };
  const failure = { reason: "credentials", operation: "", message: "expired" } as const;

  test("exposes whether it is up, the failure reason, the last success and the number of workgroups", () => {
    const pyspark = "Apache Spark DPU concurrency";
    const dpuQuotas = new Map([
      [pyspark, 160],
      ["On-Demand DPUs", 4],
    ]);
    const activeDpus = new Map([[pyspark, 21]]);
    const view = accountView({ up: false, failure, dpuQuotas, activeDpus });
    expect(renderAccountRegion(view)).toEqual(Object.values(wanted));
    expect(Object.keys(wanted)).toEqual(ACCOUNT_FAMILIES.map(({ name }) => name));
  });

  test("has no failure reason while it is up, and no quotas if they are not read", () => {
    expect(renderAccountRegion(accountView()).join("")).not.toMatch(/athena_account_(failing|dpu|active)/);
  });
});
