import { describe, expect, test } from "vitest";
import { formatAgo, formatSeconds } from "../../src/http/page/components.ts";
import type { SessionRow } from "../../src/snapshot/snapshot.ts";
import type { AccountRegionView } from "../../src/snapshot/view.ts";
import { accountView, sessionRow, snapshot, unpolledView, workgroupView } from "../metrics/views.ts";
import { consoleUrl } from "../../src/http/page/links.ts";
import { FAILURE, links, NOW_MS, page, visibleText } from "./rendered-page.ts";

describe("the status page", () => {
  test("has a title, a link to the metrics, and totals", () => {
    const text = visibleText(page());
    expect(text).toContain("Athena Spark sessions athena-session-exporter 1.2.3");
    expect(links(page())).toContain("./metrics");
    expect(text).toContain("Workgroups failing 0 of 1");
    expect(text).toContain("Longest idle 1h");
  });

  test("contains its stylesheet and its icon, and loads nothing", () => {
    expect(page()).toMatch(/<style>[^<]*\.headline\.bad \{[^<]*<\/style>/);
    expect(page().match(/<link[^>]*>/g)).toEqual([
      expect.stringMatching(/^<link rel="icon" href="data:image\/svg/),
    ]);
    expect(page()).not.toMatch(/<img|<script|\bsrc=|url\(|@import/);
  });

  test("shows sessions by state, longest idle time and last success of a workgroup", () => {
    expect(visibleText(page())).toContain(
      "long idle etl data 123456789012 eu-west-1 7 1 0 2 3 0 1 0 2 1h 30s ago",
    );
  });

  test("shows a failure with what to do about it, and the number of failures in the title", () => {
    const markup = page({ workgroups: [unpolledView({ failure: FAILURE })] });
    expect(visibleText(markup)).toContain("access_denied : is not authorized");
    expect(visibleText(markup)).toContain(
      "Grant athena:ListSessions on arn:aws:athena:eu-west-1:123456789012:workgroup/etl to the exporter&#39;s role.",
    );
    expect(markup).toContain("<title>1 failing · Athena Spark sessions</title>");
  });

  test("shows the active sessions as one bar, and a number for each state that leads to its sessions", () => {
    const markup = page({}, { sort: "-idle" });
    expect(visibleText(markup)).toContain("7 active sessions CREATING 1 IDLE 2 BUSY 3 DEGRADED 1");
    expect(links(markup)).toContain("?state=BUSY&sort=-idle");
    const widths = [...markup.matchAll(/<rect class="(\w+)"\s+x="([\d.]+)"\s+width="([\d.]+)"/g)];
    expect(widths.map(([, state, x, width]) => [state, x, width])).toEqual([
      ["CREATING", "0.0", "142.9"],
      ["IDLE", "142.9", "285.7"],
      ["BUSY", "428.6", "428.6"],
      ["DEGRADED", "857.1", "142.9"],
    ]);
  });

  test("shows no match instead of zeros where the filter finds nothing", () => {
    const text = visibleText(page({}, { q: "nowhere" }));
    expect(text).toContain("No match. No session, workgroup or account has all of the filter.");
    expect(text).not.toContain("Longest idle 0s");
    expect(text).not.toContain("active sessions CREATING");
  });

  test("says how often it refreshes itself, and how to stop that", () => {
    expect(visibleText(page())).toContain("The page refreshes itself every 60 seconds. Stop that");
    expect(links(page({}, { q: "etl" }))).toContain("?q=etl&refresh=0");
    const stopped = page({}, { q: "etl", refresh: "0" });
    expect(visibleText(stopped)).toContain("The page does not refresh itself. Refresh it every minute");
    expect(links(stopped)).toContain("?q=etl");
    expect(links(stopped)).toContain("?q=etl&sort=busy&refresh=0#workgroups");
    expect(stopped).toContain('<input type="hidden" name="refresh" value="0" />');
  });

  test.each([
    [{ state: "DEGRADED" } as const, "AthenaSessionDegraded.md"],
    [{ state: "IDLE" } as const, "AthenaSessionIdleTooLong.md"],
    [{ state: "CREATING", isStuck: true } as const, "AthenaSessionStuckCreating.md"],
  ])("leads from a session that is %j to the AWS console and the runbook %s", (change, runbook) => {
    const rows = [sessionRow(change)];
    const found = links(page({ workgroups: [workgroupView({ snapshot: snapshot({ rows }) })] }));
    expect(found).toContain(
      "https://eu-west-1.console.aws.amazon.com/athena/home?region=eu-west-1#/workgroups",
    );
    expect(found.filter((href) => href.endsWith(`/docs/runbooks/${runbook}`))).toHaveLength(1);
  });

  test.each([
    ["cn-north-1", "https://console.amazonaws.cn/athena/home?region=cn-north-1#/workgroups"],
    ["us-gov-west-1", "https://console.amazonaws-us-gov.com/athena/home?region=us-gov-west-1#/workgroups"],
    ["evil.example/", undefined],
    ["", undefined],
  ])("the AWS console of %j is %s", (region, url) => {
    expect(consoleUrl(region)).toBe(url);
  });

  test("does not show unknown values as zero", () => {
    const text = visibleText(page({ workgroups: [unpolledView()] }));
    expect(text).toContain(`waiting etl data 123456789012 eu-west-1 ${"– not known ".repeat(10)}never`);
  });

  test("shows a session that needs action with its account and the command that terminates it", () => {
    expect(visibleText(page())).toContain(
      "IDLE etl 1h of 1h 3h 46m at least $3.50 data 123456789012 eu-west-1 nightly",
    );
    expect(visibleText(page())).toContain("aws athena terminate-session --region eu-west-1 --session-id s-1");
    expect(visibleText(page())).toContain("athena:TerminateSession");
  });

  test("shows who started a session, where owners are looked up", () => {
    const named = (startedBy: SessionRow["startedBy"]) =>
      page({
        workgroups: [
          workgroupView({ namesOwners: true, snapshot: snapshot({ rows: [sessionRow({ startedBy })] }) }),
        ],
      });
    expect(visibleText(named({ name: "<ana>", arn: "" }))).toContain("Region Started by Description");
    expect(visibleText(named({ name: "<ana>", arn: "" }))).toContain("eu-west-1 &lt;ana&gt; nightly");
    expect(visibleText(named(undefined))).toContain("eu-west-1 – not known nightly");
    expect(visibleText(page())).not.toContain("Started by");
  });

  test("shows the DPUs in use of each quota that sessions count against, where quotas are read", () => {
    const dpuQuotas = new Map([
      ["Apache Spark DPU concurrency", 1600],
      ["On-Demand DPUs", 4],
    ]);
    const rowOf = (change: Partial<AccountRegionView>) =>
      visibleText(page({ accounts: [accountView(change)] }));
    const used = new Map([["Apache Spark DPU concurrency", 21]]);
    expect(rowOf({ dpuQuotas, activeDpus: used })).toContain(
      "eu-west-1 3 21 of 1,600 Apache Spark DPU concurrency 30s ago",
    );
    expect(rowOf({ dpuQuotas, activeDpus: new Map() })).toContain("eu-west-1 3 0 30s ago");
    expect(visibleText(page())).not.toContain("DPUs in use");
  });

  test("shows how long a session is in its state, and its age, as of the last poll by AWS' clock", () => {
    const row = sessionRow({ stateSeconds: 7200, ageSeconds: 10_800 });
    const markup = page({ workgroups: [workgroupView({ snapshot: snapshot({ rows: [row] }) })] });
    expect(visibleText(markup)).toContain("IDLE etl 2h of 1h 3h at least $3.50 data");
    expect(markup).toMatch(/class="limit".*?class="reached".*?<rect width="100"/s);
  });

  test("shows no cost below a cent", () => {
    const textWith = (idleDpuSeconds: number) => {
      const rows = [sessionRow({ idleDpuSeconds })];
      return visibleText(page({ workgroups: [workgroupView({ snapshot: snapshot({ rows }) })] }));
    };
    expect(textWith(100)).toContain("IDLE etl 1h of 1h 3h 46m data");
    expect(textWith(0)).toContain("IDLE etl 1h of 1h 3h 46m data");
    expect(textWith(104)).toContain("IDLE etl 1h of 1h 3h 46m at least $0.01 data");
  });

  test("shows failing accounts and regions before the workgroups", () => {
    const failure = { reason: "credentials", operation: "", message: "expired" } as const;
    const position = (markup: string) => visibleText(markup).indexOf("Accounts and regions");
    const failing = page({ accounts: [accountView({ up: false, failure })] });
    expect(position(failing)).toBeLessThan(visibleText(failing).indexOf("in each workgroup"));
    expect(position(page())).toBeGreaterThan(visibleText(page()).indexOf("in each workgroup"));
  });
});

describe("the terminate command", () => {
  const withRow = (change: Parameters<typeof sessionRow>[0]) =>
    page({ workgroups: [workgroupView({ snapshot: snapshot({ rows: [sessionRow(change)] }) })] });

  test("is shown for a session stuck in CREATING, but not for one that is already terminating", () => {
    const starting = withRow({ id: "s-9", state: "CREATING", isStuck: true });
    expect(visibleText(starting)).toContain("--session-id s-9");
    const ending = withRow({ id: "s-9", state: "TERMINATING", isStuck: true });
    expect(visibleText(ending)).toContain("s-9 is already terminating.");
    expect(ending).not.toContain("--session-id");
  });

  test("says whose credentials it needs where the account is read by a role", () => {
    const view = { roleArn: "arn:aws:iam::210987654321:role/readers/athena", accountId: "210987654321" };
    const rows = [sessionRow({ id: "a" })];
    const other = page({ workgroups: [workgroupView({ ...view, snapshot: snapshot({ rows }) })] });
    expect(visibleText(other)).toContain(
      "needs credentials of 210987654321; the exporter reads it by its role athena",
    );
    expect(visibleText(withRow({ id: "a" }))).not.toContain("needs credentials of");
  });

  test("quotes characters of the shell and is omitted for control characters", () => {
    expect(withRow({ id: "$(x)'" })).toContain("--session-id &#39;$(x)&#39;\\&#39;&#39;&#39;");
    const odd = withRow({ id: "a\u001bb" });
    expect(visibleText(odd)).toContain("has no command");
    expect(odd).not.toContain("--session-id");
  });
});

describe("untrusted text", () => {
  const attack = `"><script>alert('x')</script>&amp;`;

  test("is escaped everywhere", () => {
    const rows = [sessionRow({ id: attack, description: attack, stateReason: attack })];
    const failure = { reason: "other", operation: "ListSessions", message: attack } as const;
    const view = { accountId: attack, accountName: attack, region: attack };
    const workgroups = [workgroupView({ ...view, workgroup: attack, failure, snapshot: snapshot({ rows }) })];
    const markup = page(
      { version: attack, grafanaUrl: attack, workgroups, accounts: [accountView({ ...view, failure })] },
      { q: attack.slice(2, 9), sort: attack },
    );
    expect(markup).not.toContain("<script");
    expect(markup).toContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;");
  });

  test("is escaped in the field of the filter", () => {
    expect(page({}, { q: attack })).toContain(`value="&quot;&gt;&lt;script&gt;`);
  });
});

describe("accessibility", () => {
  test("is supported by captions and scopes of tables, labels of fields and the language of the document", () => {
    const markup = page();
    expect(markup).toContain('<html lang="en">');
    expect(markup.match(/<caption>/g)).toHaveLength(3);
    expect(markup.match(/<th\b/g)?.length).toBe(markup.match(/<th\s+scope="(?:col|row)"/g)?.length);
    expect(markup).toContain('<label for="q">');
    expect(markup.match(/<h1>/g)).toHaveLength(1);
  });
});

test.each([
  [-5, "0s"],
  [0.5, "0s"],
  [59.9, "59s"],
  [12_000, "3h 20m"],
  [187_200, "2d 4h"],
])("%d seconds are formatted as %s", (seconds, wanted) => {
  expect(formatSeconds(seconds)).toBe(wanted);
});

test("a time of 0 is formatted as never, a time in the future as 0 seconds ago", () => {
  expect(formatAgo(0, NOW_MS)).toBe("never");
  expect(formatAgo(NOW_MS - 125_000, NOW_MS)).toBe("2m 5s ago");
  expect(formatAgo(NOW_MS + 5000, NOW_MS)).toBe("0s ago");
});
