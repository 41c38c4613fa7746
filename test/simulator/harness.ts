import { AthenaClient } from "@aws-sdk/client-athena";
import { STSClient } from "@aws-sdk/client-sts";
import { afterEach } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/simulator.ts";
import { ACCOUNTS, KEY, REGION } from "./accounts.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts a simulator that is closed when the test ends. */
export async function simulate(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ clock: systemClock, accounts: ACCOUNTS, ...options });
  cleanups.push(() => simulator.close());
  return simulator;
}

export interface ClientOptions {
  readonly region?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  readonly maxAttempts?: number;
}

/** The client of the AWS SDK, configured for the simulator and, by default, without retries. */
export function athena(simulator: Simulator, options: ClientOptions = {}): AthenaClient {
  const client = new AthenaClient(clientConfig(simulator, options));
  cleanups.push(() => client.destroy());
  return client;
}

export function sts(simulator: Simulator, options: ClientOptions = {}): STSClient {
  const client = new STSClient(clientConfig(simulator, options));
  cleanups.push(() => client.destroy());
  return client;
}

function clientConfig(simulator: Simulator, options: ClientOptions) {
  return { endpoint: simulator.url, region: REGION, credentials: KEY, maxAttempts: 1, ...options };
}
