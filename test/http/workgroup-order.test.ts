import { describe, expect, test } from "vitest";
import { pageHref, readPageRequest } from "../../src/http/page/page-request.ts";
import { workgroupEntry } from "../../src/http/page/workgroup-entry.ts";
import {
  comparisonFor,
  parseOrder,
  sortDirection,
  WORKGROUP_COLUMNS,
} from "../../src/http/page/workgroup-order.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { snapshot, unpolledView, workgroupView } from "../metrics/views.ts";

const NO_SESSIONS = { CREATING: 0, CREATED: 0, IDLE: 0, BUSY: 0, TERMINATING: 0, DEGRADED: 0, UNKNOWN: 0 };
const snapshotWith = (change: Parameters<typeof snapshot>[0]) =>
  snapshot({ sessions: NO_SESSIONS, idle: [], rows: [], longestIdleSeconds: 0, idleDpus: 0, ...change });

const FLEET: readonly WorkgroupView[] = [
  workgroupView({
    workgroup: "b",
    accountName: "",
    accountId: "222222222222",
    region: "us-east-1",
    snapshot: snapshotWith({ sessions: { ...NO_SESSIONS, IDLE: 2 }, idleDpus: 9, longestIdleSeconds: 10 }),
    lastSuccessMs: 3000,
  }),
  workgroupView({
    workgroup: "a",
    accountName: "data",
    region: "eu-west-1",
    snapshot: snapshotWith({
      sessions: { ...NO_SESSIONS, BUSY: 1, IDLE: 2 },
      idleDpus: 2,
      longestIdleSeconds: 30,
    }),
    lastSuccessMs: 2000,
  }),
  workgroupView({
    workgroup: "c",
    accountName: "art",
    region: "eu-north-1",
    snapshot: snapshotWith({
      sessions: { ...NO_SESSIONS, IDLE: 1, DEGRADED: 1 },
      overThreshold: { degraded: 1, creating: 0, terminating: 0, idle: 0, busy: 0, age: 0 },
      idleDpus: 1,
      longestIdleSeconds: 20,
    }),
    lastSuccessMs: 1000,
  }),
  unpolledView({ workgroup: "d", accountName: "zoo", region: "sa-east-1" }),
];

function sorted(sort: string, fleet = FLEET): string {
  const { order } = readPageRequest(new URLSearchParams({ sort }));
  return fleet
    .map(workgroupEntry)
    .sort(comparisonFor(order))
    .map(({ view }) => view.workgroup)
    .join("");
}

describe("workgroups are sorted", () => {
  test.each([
    ["", "dcab"],
    ["worst", "dcab"],
    ["-worst", "abcd"],
    ["workgroup", "abcd"],
    ["-workgroup", "dcba"],
    ["account", "bcad"],
    ["region", "cadb"],
    ["sessions", "acbd"],
    ["-sessions", "cbad"],
    ["idle", "abcd"],
    ["-idle", "cabd"],
    ["busy", "acbd"],
    ["degraded", "cabd"],
    ["idle-dpus", "bacd"],
    ["longest-idle", "acbd"],
    ["-longest-idle", "bcad"],
    ["last-success", "dcab"],
    ["-last-success", "bacd"],
  ])("by %s", (sort, wanted) => {
    expect(sorted(sort)).toBe(wanted);
    expect(sorted(sort, FLEET.toReversed())).toBe(wanted);
  });

  test.each(["IDLE", "--idle", "-", "__proto__", "constructor", "idle,busy", "x".repeat(500)])(
    "by severity for the unknown order %s, which the request keeps, truncated",
    (sort) => {
      expect(sorted(sort)).toBe(sorted("worst"));
      expect(readPageRequest(new URLSearchParams({ sort })).unknownOrder).toBe(sort.slice(0, 40));
    },
  );

  test("by each column in both directions, and the URL of a request parses to the same request", () => {
    for (const { name } of WORKGROUP_COLUMNS) {
      for (const sort of [name, `-${name}`]) {
        const request = readPageRequest(new URLSearchParams({ sort, q: "a&b", page: "7" }));
        const address = new URL(pageHref(request), "http://localhost");
        expect(request.unknownOrder).toBe("");
        expect(readPageRequest(address.searchParams)).toEqual(request);
      }
    }
  });
});

test("a URL omits parameters that have their defaults", () => {
  const hrefOf = (parameters: Record<string, string>) =>
    pageHref(readPageRequest(new URLSearchParams(parameters)));
  expect(hrefOf({ q: " ", sort: "worst", page: "1" })).toBe("./");
  expect(hrefOf({ sort: "nonsense" })).toBe("./");
  expect(hrefOf({ q: `a "b"&sort=<x>`, sort: "-idle", page: "2" })).toBe(
    "?q=a+%22b%22%26sort%3D%3Cx%3E&sort=-idle&page=2",
  );
  expect(hrefOf({ q: "x".repeat(1000) })).toBe(`?q=${"x".repeat(200)}`);
});

test("text is sorted in ascending order, numbers in descending order, unless reversed", () => {
  const directions = ["workgroup", "-workgroup", "idle", "-idle", "worst"].map((name) => {
    const order = parseOrder(name);
    return order && sortDirection(order);
  });
  expect(directions).toEqual(["ascending", "descending", "descending", "ascending", "descending"]);
});
