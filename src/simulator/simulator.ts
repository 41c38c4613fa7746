import type { Clock } from "../clock.ts";
import type { AccountOptions } from "./account.ts";
import { FaultBoard } from "./fault.ts";
import { Fleet } from "./fleet.ts";
import { Handler } from "./handler.ts";
import { Directory } from "./identity.ts";
import { RequestLog } from "./request-log.ts";
import { startServer } from "./server.ts";
import { defaultSettings, type SimulatorSettings } from "./settings.ts";

const DEFAULT_SEED = 1;

export interface SimulatorOptions {
  readonly clock: Clock;
  /** The same seed gives the same fleet and the same accidents. */
  readonly seed?: number;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly accounts: readonly AccountOptions[];
  readonly settings?: Partial<SimulatorSettings>;
}

/** Athena and STS on a local socket. */
export interface Simulator {
  /** For example "http://127.0.0.1:40123"; plain HTTP. */
  readonly url: string;
  /** The variables with which any AWS client talks to it as the first account's first user. */
  readonly environment: Readonly<Record<string, string>>;
  /** Scripts of what happens, and the truth. */
  readonly fleet: Fleet;
  /** May be changed at any time. */
  readonly settings: SimulatorSettings;
  readonly faults: FaultBoard;
  readonly requests: RequestLog;
  /** Ends the server and its connections at once. */
  close(): Promise<void>;
}

/** Starts a simulator on 127.0.0.1; rejects if the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { clock, accounts, seed = DEFAULT_SEED, port = 0 } = options;
  const settings = { ...defaultSettings(), ...options.settings };
  const fleet = new Fleet(accounts, seed, clock.wallMs());
  const faults = new FaultBoard();
  const requests = new RequestLog();
  const directory = new Directory(accounts, seed);
  const handler = new Handler({ fleet, directory, settings, faults, requests, seed });
  const server = await startServer({ handler, clock, settings }, port);
  return {
    url: server.url,
    environment: clientEnvironment(server.url, accounts),
    fleet,
    settings,
    faults,
    requests,
    close: () => server.close(),
  };
}

function clientEnvironment(url: string, accounts: readonly AccountOptions[]): Record<string, string> {
  const [account] = accounts;
  const [key] = account?.keys ?? [];
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: Object.keys(account?.regions ?? {})[0] ?? "",
    AWS_ACCESS_KEY_ID: key?.accessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: key?.secretAccessKey ?? "",
  };
}
