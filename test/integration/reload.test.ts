import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { expand } from "../../src/targets/expand.ts";
import {
  ACCOUNT_ID,
  configOf,
  KEY,
  REGION,
  SPARK,
  startWorld,
  type World,
  type WorldOptions,
} from "./world.ts";

const workgroups = ["a", "b"].map((name) => ({ name, engine: SPARK }));

function reconfigure(
  world: World,
  options: WorldOptions,
  change: (config: Config) => Config = (same) => same,
): void {
  const config = change(configOf(options));
  world.watch.reconfigure(config, expand(config.accounts, REGION, config.shard));
}

async function watching(options: WorldOptions): Promise<World> {
  const world = await startWorld({ workgroups, ...options });
  await world.until("all polled", () => world.watch.board.isReady());
  return world;
}

describe("a changed configuration", () => {
  it("leaves alone what did not change, and adds and drops workgroups at once", async () => {
    const world = await watching({ configured: [{ workgroups: ["a"] }] });
    world.simulator.fleet.addSession({ workgroup: "a" }, { state: "IDLE", atMs: Date.now() });
    await world.until("the start counted", () => world.view("a").counters.started === 1);
    const { polls } = world.view("a");
    reconfigure(world, { configured: [{ workgroups: ["a", "b"] }] });
    await world.until("b polled", () => world.pollsOf("b").length > 0);
    expect(world.view("a")).toMatchObject({ counters: { started: 1 }, up: true });
    expect(world.view("a").polls).toBeGreaterThanOrEqual(polls);
    reconfigure(world, { configured: [{ workgroups: ["b"] }] });
    await world.until("a dropped", () => world.watch.board.workgroups().length === 1);
    expect([...world.watch.board.rendered()]).toHaveLength(1);
  });

  it("of how polls are made keeps counters and snapshots, and no session is news", async () => {
    const world = await watching({});
    world.simulator.fleet.addSession({ workgroup: "a" }, { state: "IDLE", atMs: Date.now() });
    await world.until("the start counted", () => world.view("a").counters.started === 1);
    reconfigure(world, { poll: { intervalMs: 100 } });
    expect(world.view("a")).toMatchObject({ counters: { started: 1 }, snapshot: { sessions: { IDLE: 1 } } });
    await world.nextPolls("a", 2);
    expect(world.view("a")).toMatchObject({ counters: { started: 1 }, plannedIntervalSeconds: 0.1 });
  });

  it("of what is shown holds at once, by what the last polls found", async () => {
    const world = await watching({ poll: { intervalMs: 60_000 } });
    reconfigure(world, { poll: { intervalMs: 60_000 } }, (config) => ({
      ...config,
      sessions: { ...config.sessions, idleThresholdsSeconds: [1, 2, 3] },
    }));
    expect(world.view("a").snapshot?.idle).toHaveLength(3);
  });

  it("ends what is no longer configured, and nothing of it is asked again", async () => {
    const world = await watching({
      accounts: [{ id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: workgroups, "us-east-1": [] } }],
      configured: [{ regions: [REGION] }, { regions: ["us-east-1"] }],
    });
    const discoveries = world.discoveries.length;
    reconfigure(world, {
      configured: [
        {
          regions: ["us-east-1"],
          discovery: { include: [/x/], exclude: [], tags: {}, tagLabels: [], intervalMs: 300_000 },
        },
      ],
    });
    expect(world.watch.board.accounts()).toMatchObject([{ region: "us-east-1" }]);
    expect(world.watch.board.workgroups()).toEqual([]);
    const asked = () => world.simulator.requests.count({ region: REGION });
    const before = asked();
    await world.until("another discovery elsewhere", () => world.discoveries.length > discoveries);
    expect(asked()).toBe(before);
  });

  it("with details asks for them", async () => {
    const world = await watching({ configured: [{ workgroups: ["a"] }] });
    world.simulator.fleet.addSession({ workgroup: "a" }, { state: "IDLE", atMs: Date.now(), maxDpus: 33 });
    reconfigure(world, { configured: [{ workgroups: ["a"] }] }, (config) => ({
      ...config,
      sessions: { ...config.sessions, details: true },
    }));
    await world.until("details known", () => world.view("a").snapshot?.rows[0]?.maxDpus === 33);
    expect(world.simulator.requests.count({ operation: "GetSession" })).toBe(1);
  });
});
