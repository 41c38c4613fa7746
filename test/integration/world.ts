import { afterEach } from "vitest";
import { systemClock, type Clock } from "../../src/clock.ts";
import type { Config } from "../../src/config/config.ts";
import type { PollResult } from "../../src/poll/poll.ts";
import type { AccountOptions } from "../../src/simulator/account.ts";
import type { OrganizationOptions } from "../../src/simulator/organization.ts";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import type { WorkgroupOptions } from "../../src/simulator/workgroup.ts";
import { configOf, REGION, type ConfigOptions } from "../app/config.ts";
import { Exporter } from "../app/exporter.ts";

export const ACCOUNT_ID = "111111111111";
export const KEY = { accessKeyId: "AKIASIMULATOREXPORT1", secretAccessKey: "a secret of the tests" };
export const SPARK = "PySpark engine version 3";

/** Only a test that fails waits as long; a busy machine may be slow. */
const PATIENCE_MS = 120_000;

/** What the machine that runs the tests may have of its own must not be found. */
const NO_OTHER_CREDENTIALS = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
  AWS_CONFIG_FILE: "/nonexistent/config",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

export interface WorldOptions extends ConfigOptions {
  /** Of the one account's one region; or else `accounts`. */
  readonly workgroups?: readonly WorkgroupOptions[];
  readonly accounts?: readonly AccountOptions[];
  /** Of the simulator; `organization` is the exporter's configuration. */
  readonly simulatedOrganization?: OrganizationOptions;
  readonly settings?: Partial<SimulatorSettings>;
  readonly seed?: number;
  /** Of the simulator and of the exporter's wall time. */
  readonly clock?: Clock;
  /** One that another world has started, to share. */
  readonly simulator?: Simulator;
  /** Added to the variables that lead to the simulator; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The simulator on a socket, and the exporter's polling part against it by the real SDK; both end with the test. */
export class World extends Exporter {
  readonly simulator: Simulator;
  readonly #waiting: Set<() => void>;

  constructor(simulator: Simulator, config: Config, clock: Clock) {
    const waiting = new Set<() => void>();
    super(config, clock, () => {
      for (const look of waiting) look();
    });
    this.#waiting = waiting;
    this.simulator = simulator;
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
}

/** A simulator that ends with the test; `port` 0 takes a free one. */
export async function simulate(options: WorldOptions, port = 0): Promise<Simulator> {
  const { clock = systemClock, workgroups = [{ name: "etl", engine: SPARK }] } = options;
  const simulator = await startSimulator({
    clock,
    port,
    accounts: options.accounts ?? [{ id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: workgroups } }],
    ...(options.simulatedOrganization !== undefined && { organization: options.simulatedOrganization }),
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
  world.start();
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
