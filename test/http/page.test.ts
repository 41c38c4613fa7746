import { describe, expect, test } from "vitest";
import { agoText, durationText } from "../../src/http/page/duration-text.ts";
import { readPageRequest } from "../../src/http/page/page-request.ts";
import { renderPage } from "../../src/http/page/page.ts";
import type { PageData } from "../../src/http/page/page-source.ts";
import { accountView, sessionRow, snapshot, unpolledView, workgroupView } from "../metrics/views.ts";

const NOW_MS = 1_700_003_630_500;

function page(change: Partial<PageData> = {}, parameters: Record<string, string> = {}): string {
  const data = {
    version: "1.2.3",
    telemetryPath: "/metrics",
    accounts: [accountView()],
    workgroups: [workgroupView()],
  };
  return renderPage({ ...data, ...change }, readPageRequest(new URLSearchParams(parameters)), NOW_MS);
}

const NONE = { CREATING: 0, CREATED: 0, IDLE: 0, BUSY: 0, TERMINATING: 0, DEGRADED: 0, UNKNOWN: 0 };
const CALM = snapshot({ sessions: NONE, idle: [], rows: [], longestIdleSeconds: 0, idleDpus: 0 });
const FAILURE = { reason: "access_denied", operation: "ListSessions", message: "is not authorized" } as const;

/** What a person reads. */
function words(markup: string): string {
  return markup
    .replace(/<style>.*<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

/** The addresses of its links, as a browser reads them. */
function links(markup: string): readonly string[] {
  return [...markup.matchAll(/<a\b[^>]*href="([^"]*)"/g)].map(([, href = ""]) =>
    href.replaceAll("&amp;", "&"),
  );
}

describe("at a glance", () => {
  test("it says what it is, where the metrics are, and how things are", () => {
    const text = words(page());
    expect(text).toContain("Athena Spark sessions athena-session-exporter 1.2.3");
    expect(links(page())).toContain("/metrics");
    expect(text).toContain("Workgroups failing 0 of 1");
    expect(text).toContain("Longest idle 1 h");
  });

  test("a workgroup has its counts by state, its longest idle and its last success", () => {
    expect(words(page())).toContain(
      "degraded etl data 123456789012 eu-west-1 7 1 0 2 3 0 1 0 2 1 h 30 s ago",
    );
  });

  test("a failure is told in words, with what to do, and the title says how many", () => {
    const markup = page({ workgroups: [unpolledView({ failure: FAILURE })] });
    expect(words(markup)).toContain("access_denied : is not authorized");
    expect(words(markup)).toContain(
      "Grant athena:ListSessions on arn:aws:athena:eu-west-1:123456789012:workgroup/etl to the exporter&#39;s role.",
    );
    expect(markup).toContain("<title>1 failing · Athena Spark sessions</title>");
  });

  test("what is not known is no zero", () => {
    const text = words(page({ workgroups: [unpolledView()] }));
    expect(text).toContain(`waiting etl data 123456789012 eu-west-1 ${"– not known ".repeat(10)}never`);
  });

  test("a session to act on has its state, whose it is, and the command that ends it", () => {
    expect(words(page())).toContain("IDLE etl 1 h 3 h 46 m data 123456789012 eu-west-1 nightly");
    expect(words(page())).toContain("aws athena terminate-session --region eu-west-1 --session-id s-1");
    expect(words(page())).toContain("athena:TerminateSession");
  });

  test("accounts that fail come first, since they explain the rest", () => {
    const failure = { reason: "credentials", operation: "", message: "expired" } as const;
    const position = (markup: string) => words(markup).indexOf("Accounts and regions");
    const failing = page({ accounts: [accountView({ up: false, failure })] });
    expect(position(failing)).toBeLessThan(words(failing).indexOf("in each workgroup"));
    expect(position(page())).toBeGreaterThan(words(page()).indexOf("in each workgroup"));
  });
});

describe("in a sentence it says how things are", () => {
  const ok = workgroupView({ snapshot: CALM });
  const blind = unpolledView({ failure: FAILURE });
  const failing = accountView({ up: false, failure: FAILURE });

  test.each<[string, Partial<PageData>, string]>([
    ["all is well", { workgroups: [ok, ok] }, "good All 2 workgroups are read. No session to act on."],
    ["there is one", { workgroups: [ok] }, "good The workgroup is read. No session to act on."],
    [
      "there is something to do",
      {
        workgroups: [
          workgroupView({ snapshot: snapshot({ idle: [{ minIdleSeconds: 900, count: 1 }] }) }),
          ok,
        ],
      },
      "warn All 2 workgroups are read. 1 session to act on.",
    ],
    ["some fail", { workgroups: [ok, blind] }, "bad 1 of 2 workgroups cannot be read. No session to act on."],
    ["all fail", { workgroups: [blind] }, "bad No workgroup can be read. What is below is old or missing."],
    [
      "it begins",
      { workgroups: [ok, unpolledView()] },
      "wait 1 of 2 workgroups not read yet. No session to act on.",
    ],
    [
      "an account fails",
      { workgroups: [ok], accounts: [accountView(), failing] },
      "bad 1 of 2 accounts cannot be read. No session to act on.",
    ],
    [
      "the account fails",
      { workgroups: [], accounts: [failing] },
      "bad The account cannot be read. What is below is old or missing.",
    ],
    [
      "all at once",
      {
        workgroups: [blind, unpolledView(), workgroupView()],
        accounts: [accountView(), failing],
      },
      "bad 1 of 3 workgroups cannot be read. 1 of 2 accounts cannot be read. 1 of 3 workgroups not read yet. 2 sessions to act on.",
    ],
    ["there is nothing", { workgroups: [] }, "wait There is no workgroup to show."],
  ])("%s", (_what, change, wanted) => {
    const [, tone, markup = ""] = /<p class="headline (\w+)">(.*?)<\/p>/s.exec(page(change)) ?? [];
    expect(`${tone} ${words(markup).replaceAll(/ +/g, " ").trim()}`).toBe(wanted);
  });

  test("that leads to what it speaks of", () => {
    const accounts = [accountView(), failing];
    const found = links(page({ accounts, workgroups: [blind, workgroupView()] }));
    const markup = page({ accounts, workgroups: [blind, workgroupView()] });
    for (const fragment of ["workgroups", "accounts", "sessions"]) {
      expect(found).toContain(`#${fragment}`);
      expect(markup).toContain(`<h2 id="${fragment}">`);
    }
  });

  test("and where there is no workgroup, why", () => {
    const waiting = accountView({
      accountId: "",
      accountName: "",
      up: false,
      lastSuccessMs: 0,
      workgroups: 0,
    });
    const text = words(page({ workgroups: [], accounts: [waiting] }));
    expect(text).toContain("AWS is being asked. Reload the page in a few seconds.");
    expect(text).toContain("waiting account not yet known eu-west-1 0 never");
    expect(words(page({ workgroups: [] }))).toContain("accounts and regions say what was found there");
    expect(words(page({}, { q: "nowhere" }))).toContain("No workgroup matches");
  });
});

describe("of very many workgroups", () => {
  const workgroups = Array.from({ length: 2000 }, (_, index) =>
    workgroupView({ workgroup: `w-${index}`, snapshot: CALM }),
  );
  const rows = (markup: string) => markup.match(/<th scope="row">w-/g)?.length;

  test("it shows a page, and links to the others that keep filter and order", () => {
    const markup = page({ workgroups }, { q: "w-", sort: "-idle", page: "5" });
    expect(words(markup)).toContain("in each workgroup, 401 to 500 of 2,000");
    expect(words(markup)).toContain("Previous Page 1 … Page 3 Page 4 Page 5 Page 6 Page 7 … Page 20 Next");
    expect(links(markup)).toContain("/?q=w-&sort=-idle&page=20#workgroups");
    expect(markup.match(/aria-current="page"/g)).toHaveLength(1);
    expect(rows(markup)).toBe(100);
    expect(markup.length).toBeLessThan(250_000);
  });

  test("the ends of the list have nothing before and after them, and a short list has no pages", () => {
    expect(words(page({ workgroups }))).toContain(" Page 1 Page 2 Page 3 … Page 20 Next ");
    expect(words(page({ workgroups }))).not.toContain("Previous");
    expect(words(page({ workgroups }, { page: "20" }))).toContain(
      "Previous Page 1 … Page 18 Page 19 Page 20 ",
    );
    expect(words(page({ workgroups }, { page: "20" }))).not.toContain("Next");
    expect(page({ workgroups: workgroups.slice(0, 100) })).not.toContain("<nav");
  });
});

describe("order", () => {
  test("headings are links that order by them, and once more the other way round", () => {
    const found = links(page({}, { q: "etl", sort: "idle", page: "3" }));
    expect(found).toContain("/?q=etl#workgroups");
    expect(found).toContain("/?q=etl&sort=busy#workgroups");
    expect(found).toContain("/?q=etl&sort=-idle#workgroups");
    expect(links(page({}, { sort: "-idle" }))).toContain("/?sort=idle#workgroups");
  });

  test("the heading in force says so, once", () => {
    const sorted = (sort: string) => page({}, { sort }).match(/aria-sort="\w+"/g);
    expect([sorted(""), sorted("workgroup"), sorted("-idle"), sorted("idle")]).toEqual([
      ['aria-sort="descending"'],
      ['aria-sort="ascending"'],
      ['aria-sort="ascending"'],
      ['aria-sort="descending"'],
    ]);
  });

  test("the filter keeps it, and so does showing all", () => {
    const markup = page({}, { q: "etl", sort: "-idle" });
    expect(markup).toContain('<input type="hidden" name="sort" value="-idle" />');
    expect(links(markup)).toContain("/?sort=-idle");
    expect(page()).not.toContain('type="hidden"');
  });

  test("that is none is told in words, with those that there are", () => {
    const text = words(page({}, { sort: "<b>cost" }));
    expect(text).toContain("There is no order “&lt;b&gt;cost”, so the worst come first.");
    expect(text).toContain("worst, workgroup, account, region, sessions, creating,");
  });
});

describe("dashboards", () => {
  const grafanaUrl = "https://grafana.example.net/sub";

  test("are linked to where Grafana is known", () => {
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
    expect(words(page({ grafanaUrl }))).toContain("etl dashboard");
  });

  test("of an account that is not yet known are not narrowed to it", () => {
    const workgroups = [unpolledView({ accountId: "" })];
    expect(links(page({ grafanaUrl, workgroups }))).toContain(
      `${grafanaUrl}/d/athena-sessions-workgroup?var-region=eu-west-1&var-workgroup=etl`,
    );
  });

  test("are not spoken of elsewhere", () => {
    expect(page()).not.toContain("dashboard");
  });
});

describe("commands", () => {
  const withRow = (change: Parameters<typeof sessionRow>[0]) =>
    page({ workgroups: [workgroupView({ snapshot: snapshot({ rows: [sessionRow(change)] }) })] });

  test("are there for what is stuck in starting, not for what is ending already", () => {
    const starting = withRow({ id: "s-9", state: "CREATING", isStuck: true });
    expect(words(starting)).toContain("--session-id s-9");
    const ending = withRow({ id: "s-9", state: "TERMINATING", isStuck: true });
    expect(words(ending)).toContain("s-9 is ending already.");
    expect(ending).not.toContain("--session-id");
  });

  test("quote what a shell would read, and never hold what a terminal would", () => {
    expect(withRow({ id: "$(x)'" })).toContain("--session-id &#39;$(x)&#39;\\&#39;&#39;&#39;");
    const odd = withRow({ id: "a\u001bb" });
    expect(words(odd)).toContain("cannot be put in a command");
    expect(odd).not.toContain("--session-id");
  });
});

describe("what others wrote", () => {
  const attack = `"><script>alert('x')</script>&amp;`;

  test("is shown, never run", () => {
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

  test("in the filter stays in its field", () => {
    expect(page({}, { q: attack })).toContain(`value="&quot;&gt;&lt;script&gt;`);
  });
});

describe("for those who do not see it", () => {
  test("tables have captions and scopes, fields a label, the document a language", () => {
    const markup = page();
    expect(markup).toContain('<html lang="en">');
    expect(markup.match(/<caption>/g)).toHaveLength(3);
    expect(markup.match(/<th\b/g)?.length).toBe(markup.match(/<th\s+scope="(?:col|row)"/g)?.length);
    expect(markup).toContain('<label for="q">');
    expect(markup.match(/<h1>/g)).toHaveLength(1);
  });
});

test.each([
  [-5, "0 s"],
  [59.9, "59 s"],
  [60, "1 m"],
  [125, "2 m 5 s"],
  [3600, "1 h"],
  [12_000, "3 h 20 m"],
  [187_200, "2 d 4 h"],
])("%d seconds are %s", (seconds, wanted) => {
  expect(durationText(seconds)).toBe(wanted);
});

test("a time that never was is never", () => {
  expect(agoText(0, NOW_MS)).toBe("never");
  expect(agoText(NOW_MS + 5000, NOW_MS)).toBe("0 s ago");
});
