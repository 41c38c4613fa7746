import { describe, expect, test } from "vitest";
import type { PageData } from "../../src/http/page/overview.ts";
import { accountView, snapshot, unpolledView, workgroupView } from "../metrics/views.ts";
import { EMPTY_SNAPSHOT, FAILURE, links, page, visibleText } from "./rendered-page.ts";

describe("the headline", () => {
  const ok = workgroupView({ snapshot: EMPTY_SNAPSHOT });
  const unreadable = unpolledView({ failure: FAILURE });
  const failing = accountView({ up: false, failure: FAILURE });

  test.each<[string, Partial<PageData>, string]>([
    [
      "two workgroups without problems",
      { workgroups: [ok, ok] },
      "good No session needs action. All 2 workgroups are up to date.",
    ],
    [
      "one workgroup without problems",
      { workgroups: [ok] },
      "good No session needs action. The workgroup is up to date.",
    ],
    [
      "a session that needs action",
      {
        workgroups: [workgroupView({ snapshot: snapshot() }), ok],
      },
      "warn 1 session needs action. All 2 workgroups are up to date.",
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
      "bad 1 of 3 workgroups cannot be read. 1 of 2 accounts cannot be read. 1 of 3 workgroups not polled yet. 1 session needs action.",
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
      roleArn: "",
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
