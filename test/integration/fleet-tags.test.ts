import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { boardText } from "../../src/metrics/board-text.ts";
import { SPARK, startWorld, type World } from "./world.ts";

const DISCOVERY = { include: [], exclude: [], intervalMs: 60 };
const TAGS = "ListTagsForResource";

const byTags = (tags: Readonly<Record<string, string>>, tagLabels: readonly string[] = []) => [
  { discovery: { ...DISCOVERY, tags, tagLabels } },
];

const workgroup = (name: string, tags: Readonly<Record<string, string>> = {}) => ({
  name,
  engine: SPARK,
  tags,
});

const names = ({ watch }: World) => watch.board.workgroups().map((view) => view.workgroup);

function infoOf({ watch: { board } }: World, name: string): string | undefined {
  const options = { format: "text", nowMs: systemClock.monotonicMs() } as const;
  const text = boardText({ workgroups: [...board.rendered()], accounts: board.accounts() }, options);
  return [...text]
    .join("")
    .split("\n")
    .find((line) => line.startsWith("athena_workgroup_info") && line.includes(`workgroup="${name}"`));
}

describe("discovery by tags", () => {
  test("takes the workgroups that have all of them", async () => {
    const world = await startWorld({
      workgroups: [
        workgroup("both", { team: "data", stage: "prod" }),
        workgroup("one", { team: "data" }),
        workgroup("other", { team: "data", stage: "dev" }),
        workgroup("none"),
      ],
      configured: byTags({ team: "data", stage: "prod" }),
    });
    await world.until("all is read", () => world.watch.board.isReady());
    expect(names(world)).toEqual(["both"]);
    const { requests } = world.simulator;
    expect(
      ["one", "other", "none"].map((name) => requests.count({ operation: "ListSessions", workgroup: name })),
    ).toEqual([0, 0, 0]);
  });

  test("asks again only every few discoveries, and for new workgroups at once", async () => {
    const world = await startWorld({
      workgroups: [workgroup("etl", { team: "data" })],
      configured: byTags({ team: "data" }),
    });
    await world.until("all is read", () => world.watch.board.isReady());
    const listings = () => world.simulator.requests.count({ operation: "ListWorkGroups", status: 200 });
    const before = listings();
    world.simulator.fleet.createWorkgroup({ workgroup: "new" }, { engine: SPARK, tags: { team: "data" } });
    await world.until("the new one is polled", () => world.pollsOf("new").length > 0);
    expect(listings() - before).toBeLessThanOrEqual(2);
    await world.until("many discoveries", () => listings() >= before + 12);
    expect(world.simulator.requests.count({ operation: TAGS })).toBeLessThanOrEqual(
      2 * (1 + (listings() - 1) / 5),
    );
    expect(world.simulator.requests.count({ operation: TAGS })).toBeGreaterThan(2);
  });

  test("keeps what it knows where tags can no longer be read, and says so", async () => {
    const world = await startWorld({
      workgroups: [workgroup("etl", { team: "data" })],
      configured: byTags({ team: "data" }),
    });
    await world.until("polled", () => world.polls.length > 0);
    world.simulator.settings.denials = [{ operation: TAGS }];
    await world.until("told", () => world.account().failure !== undefined);
    expect(world.account()).toMatchObject({
      up: false,
      failure: { reason: "access_denied", operation: TAGS },
      workgroups: 1,
    });
    await world.nextPolls("etl", 2);
    expect(world.view("etl").up).toBe(true);
    world.simulator.settings.denials = [];
    await world.until("it is well again", () => world.account().up);
  });

  test("takes nothing for tagged that could never be read", async () => {
    const world = await startWorld({
      workgroups: [workgroup("etl", { team: "data" })],
      settings: { denials: [{ operation: TAGS }] },
      configured: byTags({ team: "data" }),
    });
    await world.until("told", () => world.account().failure !== undefined);
    expect(names(world)).toEqual([]);
    expect(world.account().failure).toMatchObject({ reason: "access_denied", operation: TAGS });
  });

  test("goes on beside polls, which keep their pace under a tight limit", async () => {
    const many = Array.from({ length: 60 }, (_, index) => workgroup(`etl-${index}`, { team: "data" }));
    const world = await startWorld({
      workgroups: many,
      configured: byTags({ team: "data" }),
      poll: { rateLimit: 60, intervalMs: 400 },
    });
    await world.until("the first are polled before all is read", () => world.polls.length > 0);
    expect(names(world).length).toBeLessThan(60);
    expect(world.account().up).toBe(false);
    await world.until("all is read", () => world.watch.board.isReady());
    expect(names(world)).toHaveLength(60);
    const { requests } = world.simulator;
    expect(requests.count({ operation: "ListSessions" })).toBeGreaterThan(
      requests.count({ operation: TAGS }),
    );
  });
});

test("tags become labels, empty where a workgroup has not the tag", async () => {
  const world = await startWorld({
    workgroups: [workgroup("etl", { team: 'da"ta', "cost-center": "4711" }), workgroup("untagged")],
    configured: [{ discovery: { ...DISCOVERY, tagLabels: ["team", "cost-center"] } }],
  });
  await world.until("all is read", () => world.watch.board.isReady());
  expect(infoOf(world, "etl")).toContain(',tag_team="da\\"ta",tag_cost_center="4711"} 1');
  expect(infoOf(world, "untagged")).toContain(',tag_team="",tag_cost_center=""} 1');
});
