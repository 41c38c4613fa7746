import { afterEach, vi } from "vitest";
import type { Attempt } from "../../src/athena/attempt.ts";
import { systemClock, type Clock } from "../../src/clock.ts";
import { Watch } from "../../src/app/poll-manager.ts";
import type { AccountConfig, Config, PollConfig } from "../../src/config/config.ts";
import { WHOLE, type Shard } from "../../src/config/shard.ts";
import type { DiscoveryResult } from "../../src/poll/discovery.ts";
import type { PollResult } from "../../src/poll/poll.ts";
import type { AccountOptions } from "../../src/simulator/account.ts";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import type { WorkgroupOptions } from "../../src/simulator/workgroup.ts";
import type { AccountView, WorkgroupView } from "../../src/snapshot/view.ts";
import { expand } from "../../src/targets/expand.ts";

export const ACCOUNT_ID = "111111111111";
export const REGION = "eu-west-1";
export const KEY = { accessKeyId: "AKIASIMULATOREXPORT1", secretAccessKey: "a secret of the tests" };
export const SPARK = "PySpark engine version 3";

const PATIENCE_MS = 15_000;
/** What waits says itself what it waited for, before the test is ended. */
const TEST_TIMEOUT_MS = 20_000;
vi.setConfig({ testTimeout: TEST_TIMEOUT_MS });

/** What the machine that runs the tests may have of its own must not be found. */
const NO_OTHER_CREDENTIALS = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
  AWS_CONFIG_FILE: "/nonexistent/config",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

export interface WorldOptions {
  /** Of the one account's one region; or else `accounts`. */
  readonly workgroups?: readonly WorkgroupOptions[];
  readonly accounts?: readonly AccountOptions[];
  readonly settings?: Partial<SimulatorSettings>;
  readonly seed?: number;
  /** Of the simulator and of the exporter's wall time. */
  readonly clock?: Clock;
  readonly poll?: Partial<PollConfig>;
  readonly configured?: readonly Partial<AccountConfig>[];
  readonly shard?: Shard;
  /** One that another world has started, to share. */
  readonly simulator?: Simulator;
  /** Added to the variables that lead to the simulator; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A poll of a workgroup, as the exporter's listeners are told of it. */
export interface ObservedPoll {
  readonly workgroup: string;
  readonly region: string;
  readonly accountId: string;
  readonly result: PollResult;
}

type Place = Partial<Pick<WorkgroupView, "accountId" | "region">>;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The simulator on a socket, and the exporter's polling part against it by the real SDK; both end with the test. */
export class World {
  readonly simulator: Simulator;
  readonly watch: Watch;
  readonly polls: ObservedPoll[] = [];
  readonly discoveries: DiscoveryResult[] = [];
  readonly attempts: Attempt[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #end = new AbortController();

  constructor(simulator: Simulator, config: Config, clock: Clock) {
    this.simulator = simulator;
    this.watch = new Watch(config, expand(config.accounts, REGION, config.shard), {
      clock,
      random: () => 0,
      signal: this.#end.signal,
      isOneShot: false,
      listener: {
        discovered: (_region, result) => {
          this.discoveries.push(result);
          this.#notify();
        },
        polled: ({ accountId, region }, { workgroup }, result) => {
          this.polls.push({ workgroup, region, accountId, result });
          this.#notify();
        },
        skipped: () => this.#notify(),
      },
      attempted: (_region, attempt) => this.attempts.push(attempt),
    });
  }

  close(): void {
    this.#end.abort();
    this.watch.close();
  }

  view(workgroup: string, place: Place = {}): WorkgroupView {
    const found = this.watch.board
      .workgroups()
      .find(
        (view) =>
          view.workgroup === workgroup &&
          view.region === (place.region ?? view.region) &&
          view.accountId === (place.accountId ?? view.accountId),
      );
    if (found === undefined) throw new Error(`the board has no workgroup ${workgroup}`);
    return found;
  }

  account(place: Place = {}): AccountView {
    const found = this.watch.board
      .accounts()
      .find(
        (view) =>
          view.region === (place.region ?? view.region) &&
          view.accountId === (place.accountId ?? view.accountId),
      );
    if (found === undefined) throw new Error("the board has no such account's region");
    return found;
  }

  /** Polls of a workgroup that succeeded, or failed, so far. */
  pollsOf(workgroup: string): PollResult[] {
    return this.polls.filter((poll) => poll.workgroup === workgroup).map(({ result }) => result);
  }

  /** The next `count` polls of a workgroup that end from now on. */
  async nextPolls(workgroup: string, count: number): Promise<readonly PollResult[]> {
    const before = this.pollsOf(workgroup).length;
    await this.until(`${count} more polls of ${workgroup}`, () => {
      return this.pollsOf(workgroup).length >= before + count;
    });
    return this.pollsOf(workgroup).slice(before, before + count);
  }

  /** Waits until something holds; looks whenever polling tells anything. */
  async until(what: string, holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const finish = () => {
        cancel();
        this.#waiting.delete(look);
      };
      const look = () => {
        if (!holds()) return;
        finish();
        resolve();
      };
      const cancel = systemClock.after(PATIENCE_MS, () => {
        finish();
        reject(new Error(`not so within ${PATIENCE_MS} ms: ${what}`));
      });
      this.#waiting.add(look);
    });
  }

  #notify(): void {
    for (const look of this.#waiting) look();
  }
}

/** A simulator that ends with the test; `port` 0 takes a free one. */
export async function simulate(options: WorldOptions, port = 0): Promise<Simulator> {
  const { clock = systemClock, workgroups = [{ name: "etl", engine: SPARK }] } = options;
  const simulator = await startSimulator({
    clock,
    port,
    accounts: options.accounts ?? [{ id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: workgroups } }],
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(options.settings !== undefined && { settings: options.settings }),
  });
  cleanups.push(() => simulator.close());
  return simulator;
}

/** Starts a world and its polling. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const simulator = options.simulator ?? (await simulate(options));
  setEnvironment({ ...NO_OTHER_CREDENTIALS, ...simulator.environment, ...options.environment });
  const world = new World(simulator, configOf(options), options.clock ?? systemClock);
  cleanups.push(() => world.close());
  world.watch.start();
  return world;
}

/** Sets variables of this process until the test ends; undefined takes one away. */
function setEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    cleanups.push(() => assign(name, before));
    assign(name, value);
  }
}

function assign(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** The configuration that a world starts with. */
export function configOf({ poll, configured = [{}], shard = WHOLE }: WorldOptions): Config {
  return {
    poll: {
      intervalMs: 50,
      timeoutMs: 2000,
      deadlineMs: 5000,
      concurrency: 10,
      rateLimit: 1000,
      reconcileIntervalMs: 600_000,
      staleAfterMs: 300_000,
      ...poll,
    },
    accounts: configured.map((account) => ({
      name: "",
      regions: [REGION],
      discovery: { include: [], exclude: [], intervalMs: 300_000 },
      ...account,
    })),
    sessions: {
      idleThresholdsSeconds: [900, 3600],
      perSession: { enabled: true, limit: 100, totalLimit: 10_000, labels: ["description"] },
      details: false,
    },
    web: { listenAddresses: [], telemetryPath: "/metrics", maxRequests: 40, enableLifecycle: false },
    shard,
    log: { level: "info", format: "json" },
  };
}
