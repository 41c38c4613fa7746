import { describe, expect, test } from "vitest";
import { formatAgo, formatSeconds } from "../../src/http/page/components.ts";
import type { PageData } from "../../src/http/page/overview.ts";
import { readPageRequest } from "../../src/http/page/page-request.ts";
import { renderStatusPage } from "../../src/http/page/status-page.ts";
import { accountView, sessionRow, snapshot, unpolledView, workgroupView } from "../metrics/views.ts";

const NOW_MS = 1_700_003_630_500;

function page(change: Partial<PageData> = {}, parameters: Record<string, string> = {}): string {
  const data = {
    version: "1.2.3",
    telemetryPath: "/metrics",
    accounts: [accountView()],
    workgroups: [workgroupView()],
  };
  return renderStatusPage({ ...data, ...change }, readPageRequest(new URLSearchParams(parameters)), NOW_MS);
}

const NO_SESSIONS = { CREATING: 0, CREATED: 0, IDLE: 0, BUSY: 0, TERMINATING: 0, DEGRADED: 0, UNKNOWN: 0 };
const EMPTY_SNAPSHOT = snapshot({
  sessions: NO_SESSIONS,
  idle: [],
  rows: [],
  longestIdleSeconds: 0,
  idleDpus: 0,
});
const FAILURE = { reason: "access_denied", operation: "ListSessions", message: "is not authorized" } as const;

/** The text that a browser shows. */
function visibleText(markup: string): string {
  return markup
    .replace(/<style>.*<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

/** The URLs of the links, as a browser reads them. */
function links(markup: string): readonly string[] {
  return [...markup.matchAll(/<a\b[^>]*href="([^"]*)"/g)].map(([, href = ""]) =>
    href.replaceAll("&amp;", "&"),
  );
}

describe("the status page", () => {
  test("has a title, a link to the metrics, and totals", () => {
    const text = visibleText(page());
    expect(text).toContain("Athena Spark sessions athena-session-exporter 1.2.3");
    expect(links(page())).toContain("/metrics");
    expect(text).toContain("Workgroups failing 0 of 1");
    expect(text).toContain("Longest idle 1h");
  });

  test("contains its stylesheet and loads nothing", () => {
    expect(page()).toMatch(/<style>[^<]*\.headline\.bad \{[^<]*<\/style>/);
    expect(page()).not.toMatch(/<link|<img|<script|\bsrc=|url\(|@import/);
  });

  test("shows sessions by state, longest idle time and last success of a workgroup", () => {
    expect(visibleText(page())).toContain(
      "degraded etl data 123456789012 eu-west-1 7 1 0 2 3 0 1 0 2 1h 30s ago",
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

  test("does not show unknown values as zero", () => {
    const text = visibleText(page({ workgroups: [unpolledView()] }));
    expect(text).toContain(`waiting etl data 123456789012 eu-west-1 ${"– not known ".repeat(10)}never`);
  });

  test("shows a session that needs action with its account and the command that terminates it", () => {
    expect(visibleText(page())).toContain("IDLE etl 1h 3h 46m data 123456789012 eu-west-1 nightly");
    expect(visibleText(page())).toContain("aws athena terminate-session --region eu-west-1 --session-id s-1");
    expect(visibleText(page())).toContain("athena:TerminateSession");
  });

  test("shows failing accounts and regions before the workgroups", () => {
    const failure = { reason: "credentials", operation: "", message: "expired" } as const;
    const position = (markup: string) => visibleText(markup).indexOf("Accounts and regions");
    const failing = page({ accounts: [accountView({ up: false, failure })] });
    expect(position(failing)).toBeLessThan(visibleText(failing).indexOf("in each workgroup"));
    expect(position(page())).toBeGreaterThan(visibleText(page()).indexOf("in each workgroup"));
  });
});

describe("the headline", () => {
  const ok = workgroupView({ snapshot: EMPTY_SNAPSHOT });
  const unreadable = unpolledView({ failure: FAILURE });
  const failing = accountView({ up: false, failure: FAILURE });

  test.each<[string, Partial<PageData>, string]>([
    [
      "two workgroups without problems",
      { workgroups: [ok, ok] },
      "good All 2 workgroups are up to date. No session needs action.",
    ],
    [
      "one workgroup without problems",
      { workgroups: [ok] },
      "good The workgroup is up to date. No session needs action.",
    ],
    [
      "a session that needs action",
      {
        workgroups: [
          workgroupView({ snapshot: snapshot({ idle: [{ minIdleSeconds: 900, count: 1 }] }) }),
          ok,
        ],
      },
      "warn All 2 workgroups are up to date. 1 session needs action.",
    ],
    [
      "one failing workgroup of two",
      { workgroups: [ok, unreadable] },
      "bad 1 of 2 workgroups cannot be read. No session needs action.",
    ],
    [
      "only failing workgroups",
      { workgroups: [unreadable] },
      "bad No workgroup can be read. The data below is outdated or missing.",
    ],
    [
      "a workgroup that was not polled yet",
      { workgroups: [ok, unpolledView()] },
      "wait 1 of 2 workgroups not polled yet. No session needs action.",
    ],
    [
      "a failing account",
      { workgroups: [ok], accounts: [accountView(), failing] },
      "bad 1 of 2 accounts cannot be read. No session needs action.",
    ],
    [
      "only failing accounts",
      { workgroups: [], accounts: [failing] },
      "bad The account cannot be read. The data below is outdated or missing.",
    ],
    [
      "several problems",
      {
        workgroups: [unreadable, unpolledView(), workgroupView()],
        accounts: [accountView(), failing],
      },
      "bad 1 of 3 workgroups cannot be read. 1 of 2 accounts cannot be read. 1 of 3 workgroups not polled yet. 2 sessions need action.",
    ],
    ["no workgroup", { workgroups: [] }, "wait There is no workgroup to show."],
  ])("for %s", (_fleet, change, wanted) => {
    const [, tone, markup = ""] = /<p class="headline (\w+)">(.*?)<\/p>/s.exec(page(change)) ?? [];
    expect(`${tone} ${visibleText(markup).replaceAll(/ +/g, " ").trim()}`).toBe(wanted);
  });

  test("links to the sections", () => {
    const accounts = [accountView(), failing];
    const found = links(page({ accounts, workgroups: [unreadable, workgroupView()] }));
    const markup = page({ accounts, workgroups: [unreadable, workgroupView()] });
    for (const fragment of ["workgroups", "accounts", "sessions"]) {
      expect(found).toContain(`#${fragment}`);
      expect(markup).toContain(`<h2 id="${fragment}">`);
    }
  });

  test("and the section of workgroups explain why there is no workgroup", () => {
    const waiting = accountView({
      accountId: "",
      accountName: "",
      up: false,
      lastSuccessMs: 0,
      workgroups: 0,
    });
    const text = visibleText(page({ workgroups: [], accounts: [waiting] }));
    expect(text).toContain("No workgroup is known yet. Reload the page in a few seconds.");
    expect(text).toContain("waiting account not yet known eu-west-1 0 never");
    expect(visibleText(page({ workgroups: [] }))).toContain(
      "The table of accounts and regions shows what fails.",
    );
    expect(visibleText(page({}, { q: "nowhere" }))).toContain("No workgroup matches the filter.");
  });
});

describe("with 2,000 workgroups", () => {
  const workgroups = Array.from({ length: 2000 }, (_, index) =>
    workgroupView({ workgroup: `w-${index}`, snapshot: EMPTY_SNAPSHOT }),
  );
  const rows = (markup: string) => markup.match(/<th scope="row">w-/g)?.length;

  test("the status page shows 100 of them and links to the other pages with the same filter and order", () => {
    const markup = page({ workgroups }, { q: "w-", sort: "-idle", page: "5" });
    expect(visibleText(markup)).toContain("in each workgroup, 401 to 500 of 2,000");
    expect(visibleText(markup)).toContain(
      "Previous Page 1 … Page 3 Page 4 Page 5 Page 6 Page 7 … Page 20 Next",
    );
    expect(links(markup)).toContain("/?q=w-&sort=-idle&page=20#workgroups");
    expect(markup.match(/aria-current="page"/g)).toHaveLength(1);
    expect(rows(markup)).toBe(100);
    expect(markup.length).toBeLessThan(250_000);
  });

  test("the first page has no previous and the last no next page, and a short list has no links to pages", () => {
    expect(visibleText(page({ workgroups }))).toContain(" Page 1 Page 2 Page 3 … Page 20 Next ");
    expect(visibleText(page({ workgroups }))).not.toContain("Previous");
    expect(visibleText(page({ workgroups }, { page: "20" }))).toContain(
      "Previous Page 1 … Page 18 Page 19 Page 20 ",
    );
    expect(visibleText(page({ workgroups }, { page: "20" }))).not.toContain("Next");
    expect(page({ workgroups: workgroups.slice(0, 100) })).not.toContain("<nav");
  });
});

describe("the sort order", () => {
  test("is changed by links in the headings, and reversed by the current one", () => {
    const found = links(page({}, { q: "etl", sort: "idle", page: "3" }));
    expect(found).toContain("/?q=etl#workgroups");
    expect(found).toContain("/?q=etl&sort=busy#workgroups");
    expect(found).toContain("/?q=etl&sort=-idle#workgroups");
    expect(links(page({}, { sort: "-idle" }))).toContain("/?sort=idle#workgroups");
  });

  test("is marked in one heading", () => {
    const sorted = (sort: string) => page({}, { sort }).match(/aria-sort="\w+"/g);
    expect([sorted(""), sorted("workgroup"), sorted("-idle"), sorted("idle")]).toEqual([
      ['aria-sort="descending"'],
      ['aria-sort="ascending"'],
      ['aria-sort="ascending"'],
      ['aria-sort="descending"'],
    ]);
  });

  test("is kept by the filter and by the link that shows all", () => {
    const markup = page({}, { q: "etl", sort: "-idle" });
    expect(markup).toContain('<input type="hidden" name="sort" value="-idle" />');
    expect(links(markup)).toContain("/?sort=-idle");
    expect(page()).not.toContain('type="hidden"');
  });

  test("that does not exist is reported with the valid ones", () => {
    const text = visibleText(page({}, { sort: "<b>cost" }));
    expect(text).toContain("There is no sort order “&lt;b&gt;cost”, so the most severe status is first.");
    expect(text).toContain("worst, workgroup, account, region, sessions, creating,");
  });
});

describe("dashboards", () => {
  const grafanaUrl = "https://grafana.example.net/sub";

  test("have links if Grafana's URL is configured", () => {
    const found = links(page({ grafanaUrl, workgroups: [workgroupView({ workgroup: "a&b=c" })] }));
    expect(found.filter((href) => href.startsWith(grafanaUrl))).toEqual([
      `${grafanaUrl}/d/athena-sessions-fleet`,
      `${grafanaUrl}/d/athena-session-exporter-health`,
      ...Array.from(
        { length: 2 },
        () =>
          `${grafanaUrl}/d/athena-sessions-workgroup?var-account=123456789012&var-region=eu-west-1&var-workgroup=a%26b%3Dc`,
      ),
    ]);
    expect(page({ grafanaUrl }).match(/rel="noreferrer"/g)).toHaveLength(4);
    expect(visibleText(page({ grafanaUrl }))).toContain("etl dashboard");
  });

  test("of a workgroup are not filtered by an account that is not yet known", () => {
    const workgroups = [unpolledView({ accountId: "" })];
    expect(links(page({ grafanaUrl, workgroups }))).toContain(
      `${grafanaUrl}/d/athena-sessions-workgroup?var-region=eu-west-1&var-workgroup=etl`,
    );
  });

  test("are not mentioned otherwise", () => {
    expect(page()).not.toContain("dashboard");
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
