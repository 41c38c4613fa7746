import { describe, expect, test } from "vitest";
import { SPARK, startWorld, type World } from "./world.ts";

const DISCOVERY = { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 60 };
const TAGS = "ListTagsForResource";

const byTags = (tags: Readonly<Record<string, string>>, tagLabels: readonly string[] = []) => [
  { discovery: { ...DISCOVERY, tags, tagLabels } },
];

const workgroup = (name: string, tags: Readonly<Record<string, string>> = {}) => ({
  name,
  engine: SPARK,
  tags,
});

function infoOf(world: World, name: string): string | undefined {
  return world
    .boardLines()
    .find((line) => line.startsWith("athena_workgroup_info") && line.includes(`workgroup="${name}"`));
}

describe("discovery by tags", () => {
  test("selects the workgroups that have all tags", async () => {
    const world = await startWorld({
      workgroups: [
        workgroup("both", { team: "data", stage: "prod" }),
        workgroup("one", { team: "data" }),
        workgroup("other", { team: "data", stage: "dev" }),
        workgroup("none"),
      ],
      configured: byTags({ team: "data", stage: "prod" }),
    });
    await world.until("all is read", () => world.manager.board.isReady());
    expect(world.workgroups()).toEqual(["both"]);
    const { requests } = world.simulator;
    expect(
      ["one", "other", "none"].map((name) => requests.count({ operation: "ListSessions", workgroup: name })),
    ).toEqual([0, 0, 0]);
  });

  test("reads tags again only every few discoveries", async () => {
    const world = await startWorld({
      workgroups: [workgroup("etl", { team: "data" })],
      configured: byTags({ team: "data" }),
    });
    const askedAtMs = () =>
      world.simulator.requests.entries.filter(({ operation }) => operation === TAGS).map(({ atMs }) => atMs);
    await world.until("asked thrice", () => askedAtMs().length >= 3);
    const [first = 0, second = 0, third = 0] = askedAtMs();
    const fewDiscoveriesMs = 5 * DISCOVERY.intervalMs;
    expect(Math.min(second - first, third - second)).toBeGreaterThan(fewDiscoveriesMs);
    expect(world.discoveries.length).toBeGreaterThan(3);
  });

  test("reads the tags of a new workgroup at the next discovery", async () => {
    const world = await startWorld({
      workgroups: [workgroup("etl", { team: "data" })],
      configured: byTags({ team: "data" }),
    });
    await world.until("all is read", () => world.manager.board.isReady());
    const { fleet } = world.simulator;
    fleet.createWorkgroup({ workgroup: "new" }, { engine: SPARK, tags: { team: "data" } });
    fleet.createWorkgroup({ workgroup: "another-team" }, { engine: SPARK, tags: { team: "web" } });
    const discoveries = world.discoveries.length;
    await world.until("the new one is polled", () => world.pollsOf("new").length > 0);
    expect(world.discoveries.length - discoveries).toBeLessThanOrEqual(3);
    expect(world.workgroups().sort()).toEqual(["etl", "new"]);
  });

  test("keeps known tags while tags cannot be read, and fails", async () => {
    const world = await startWorld({
      workgroups: [workgroup("etl", { team: "data" })],
      configured: byTags({ team: "data" }),
    });
    await world.until("polled", () => world.polls.length > 0);
    world.simulator.settings.denials = [{ operation: TAGS }];
    await world.until("a failure", () => world.account().failure !== undefined);
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

  test("selects no workgroup whose tags were never read", async () => {
    const world = await startWorld({
      workgroups: [workgroup("etl", { team: "data" })],
      settings: { denials: [{ operation: TAGS }] },
      configured: byTags({ team: "data" }),
    });
    await world.until("a failure", () => world.account().failure !== undefined);
    expect(world.workgroups()).toEqual([]);
    expect(world.account().failure).toMatchObject({ reason: "access_denied", operation: TAGS });
  });

  test("reads tags beside polls, which go first under a tight rate limit", async () => {
    const many = Array.from({ length: 40 }, (_, index) => workgroup(`etl-${index}`, { team: "data" }));
    const world = await startWorld({
      workgroups: many,
      configured: byTags({ team: "data" }),
      poll: { rateLimit: 60, intervalMs: 1000 },
    });
    await world.until("the first are polled before all is read", () => world.polls.length > 0);
    expect(world.workgroups().length).toBeLessThan(40);
    expect(world.account().up).toBe(false);
    await world.until("all is read", () => world.manager.board.isReady());
    expect(world.workgroups()).toHaveLength(40);
    const { requests } = world.simulator;
    expect(requests.count({ operation: "ListSessions" })).toBeGreaterThan(
      requests.count({ operation: TAGS }),
    );
  });
});

test("tags become labels, empty where a workgroup lacks the tag", async () => {
  const world = await startWorld({
    workgroups: [workgroup("etl", { team: 'da"ta', "cost-center": "4711" }), workgroup("untagged")],
    configured: [{ discovery: { ...DISCOVERY, tagLabels: ["team", "cost-center"] } }],
  });
  await world.until("all is read", () => world.manager.board.isReady());
  expect(infoOf(world, "etl")).toContain(',tag_team="da\\"ta",tag_cost_center="4711"} 1');
  expect(infoOf(world, "untagged")).toContain(',tag_team="",tag_cost_center=""} 1');
});
