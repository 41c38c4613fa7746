import { describe, expect, test } from "vitest";
import { agoText, durationText } from "../../src/http/duration-text.ts";
import { renderPage } from "../../src/http/page.ts";
import type { PageData } from "../../src/http/page-source.ts";
import { accountView, sessionRow, snapshot, unpolledView, workgroupView } from "../metrics/views.ts";

const NOW_MS = 1_700_003_630_500;

function page(change: Partial<PageData> = {}, query = ""): string {
  const data = {
    version: "1.2.3",
    telemetryPath: "/metrics",
    accounts: [accountView()],
    workgroups: [workgroupView()],
  };
  return renderPage({ ...data, ...change }, query, NOW_MS);
}

/** What a person reads. */
function words(markup: string): string {
  return markup
    .replace(/<style>.*<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

describe("at a glance", () => {
  test("it says what it is, where the metrics are, and how things are", () => {
    const text = words(page());
    expect(text).toContain("Athena Spark sessions athena-session-exporter 1.2.3");
    expect(page()).toContain('<a href="/metrics">');
    expect(text).toContain("Workgroups failing 0 of 1");
    expect(text).toContain("Longest idle 1 h");
  });

  test("a workgroup has its counts by state, its longest idle and its last success", () => {
    expect(words(page())).toContain("degraded etl data 123456789012 eu-west-1 1 0 2 3 0 1 0 1 h 30 s ago");
  });

  test("a failure is told in words, with what to do, and the title says how many", () => {
    const failure = {
      reason: "access_denied",
      operation: "ListSessions",
      message: "is not authorized",
    } as const;
    const markup = page({ workgroups: [unpolledView({ failure })] });
    expect(words(markup)).toContain("access_denied : is not authorized");
    expect(words(markup)).toContain(
      "Grant athena:ListSessions on arn:aws:athena:eu-west-1:123456789012:workgroup/etl to the exporter&#39;s role.",
    );
    expect(markup).toContain("<title>1 failing · Athena Spark sessions</title>");
  });

  test("what is not known is no zero", () => {
    const text = words(page({ workgroups: [unpolledView()] }));
    expect(text).toContain("waiting etl data 123456789012 eu-west-1 – – – – – – – – never");
  });

  test("the sessions to look at are named, with whose they are", () => {
    expect(words(page())).toContain("IDLE s-1 etl eu-west-1 1 h 3 h 46 m nightly");
  });

  test("without any workgroup it says where to look", () => {
    expect(words(page({ workgroups: [] }))).toContain("No workgroup is known yet");
    expect(words(page({}, "nowhere"))).toContain("No workgroup matches");
  });

  test("accounts that fail come first, since they explain the rest", () => {
    const failure = { reason: "credentials", operation: "", message: "expired" } as const;
    const position = (markup: string) => words(markup).indexOf("Accounts and regions");
    const failing = page({ accounts: [accountView({ up: false, failure })] });
    expect(position(failing)).toBeLessThan(words(failing).indexOf("the worst first"));
    expect(position(page())).toBeGreaterThan(words(page()).indexOf("the worst first"));
  });

  test("of very many it shows the worst and says how many are left", () => {
    const workgroups = Array.from({ length: 2000 }, (_, index) => workgroupView({ workgroup: `w-${index}` }));
    expect(words(page({ workgroups }))).toContain("1700 more that are less urgent; filter to see them.");
    expect(page({ workgroups }).length).toBeLessThan(500_000);
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
      { version: attack, workgroups, accounts: [accountView({ ...view, failure })] },
      attack.slice(2, 9),
    );
    expect(markup).not.toContain("<script");
    expect(markup).toContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;");
  });

  test("in the filter stays in its field", () => {
    expect(page({}, attack)).toContain(`value="&quot;&gt;&lt;script&gt;`);
  });
});

describe("for those who do not see it", () => {
  test("tables have captions and scopes, fields a label, the document a language", () => {
    const markup = page();
    expect(markup).toContain('<html lang="en">');
    expect(markup.match(/<caption>/g)).toHaveLength(3);
    expect(markup).not.toMatch(/<th(?! scope| *>)[ >]/);
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
