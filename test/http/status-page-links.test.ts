import { describe, expect, test } from "vitest";
import { unpolledView, workgroupView } from "../metrics/views.ts";
import { EMPTY_SNAPSHOT, links, page, visibleText } from "./rendered-page.ts";

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
    expect(links(markup)).toContain("?q=w-&sort=-idle&page=20#workgroups");
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
    expect(found).toContain("?q=etl#workgroups");
    expect(found).toContain("?q=etl&sort=busy#workgroups");
    expect(found).toContain("?q=etl&sort=-idle#workgroups");
    expect(links(page({}, { sort: "-idle" }))).toContain("?sort=idle#workgroups");
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
    expect(links(markup)).toContain("?sort=-idle");
    expect(page()).not.toContain('type="hidden"');
  });

  test("is kept beside a state, which the form keeps", () => {
    const markup = page({}, { q: "etl", state: "idle", sort: "-idle" });
    expect(links(markup)).toContain("?q=etl&state=IDLE&sort=busy#workgroups");
    expect(markup).toContain('<input type="hidden" name="state" value="IDLE" />');
    expect(visibleText(markup)).toContain("1 of 1 workgroup with IDLE sessions");
    // Its link in the bar ends the filter.
    expect(links(markup)).toContain("?q=etl&sort=-idle");
    expect(visibleText(page({}, { state: "<b>" }))).toContain(
      "There is no state “&lt;b&gt;”, so sessions in every state are shown.",
    );
  });

  test("that does not exist is reported with the valid ones", () => {
    const text = visibleText(page({}, { sort: "<b>cost" }));
    expect(text).toContain("There is no sort order “&lt;b&gt;cost”, so the most severe status is first.");
    expect(text).toContain("worst, workgroup, account, region, sessions, creating,");
  });
});

describe("the order of sessions", () => {
  const marks = (markup: string) =>
    [...markup.matchAll(/aria-sort="(\w+)"[^>]*>\s*<a href="[^"]*#sessions"\s*>([\w ]+)/g)].map(
      ([, direction, title]) => [title, direction],
    );

  test("is changed by links in the headings, reversed by the current one, and kept by all other links", () => {
    expect(links(page({}, { q: "etl" }))).toContain("?q=etl&order=cost#sessions");
    const found = links(page({}, { q: "etl", order: "cost", sort: "idle" }));
    expect(found).toContain("?q=etl&sort=idle&order=-cost#sessions");
    expect(found).toContain("?q=etl&sort=idle&order=age#sessions");
    expect(found).toContain("?q=etl&sort=busy&order=cost#workgroups");
    expect(page({}, { order: "-age" })).toContain('<input type="hidden" name="order" value="-age" />');
    expect(links(page({}, { order: "nonsense" }))).toContain("?order=cost#sessions");
  });

  test.each([
    ["", []],
    ["cost", [["Cost while idle", "descending"]]],
    ["-cost", [["Cost while idle", "ascending"]]],
    ["workgroup", [["Workgroup", "ascending"]]],
    ["-state", [["State", "descending"]]],
  ])("%j is marked as %j", (order, wanted) => {
    expect(marks(page({}, { order }))).toEqual(wanted);
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
    expect(page({ grafanaUrl })).not.toMatch(/href="https:[^"]*"(?! rel="noreferrer")/);
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
