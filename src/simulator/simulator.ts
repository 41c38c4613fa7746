import type { Clock } from "../clock.ts";
import type { AccountOptions } from "./account.ts";
import { FaultInjector } from "./fault.ts";
import { Fleet } from "./fleet.ts";
import { Handler } from "./handler.ts";
import { IamDirectory } from "./iam.ts";
import { Organization, type OrganizationOptions } from "./organization.ts";
import { RequestLog } from "./request-log.ts";
import { startServer } from "./server.ts";
import { defaultSettings, type SimulatorSettings } from "./settings.ts";

const DEFAULT_SEED = 1;

/** How to start a simulator. */
export interface SimulatorOptions {
  readonly clock: Clock;
  /** The same seed gives the same sessions and the same random failures; 1 by default. */
  readonly seed?: number;
  /** 0, the default, picks a free port. */
  readonly port?: number;
  readonly accounts: readonly AccountOptions[];
  /** None if absent. */
  readonly organization?: OrganizationOptions;
  readonly settings?: Partial<SimulatorSettings>;
}

/** A running simulator of the APIs of Athena, STS, CloudTrail, Service Quotas and Organizations. */
export interface Simulator {
  /** For example "http://127.0.0.1:40123"; plain HTTP. */
  readonly url: string;
  /** Environment variables that make an AWS client use the simulator with the first account's first access key. */
  readonly environment: Readonly<Record<string, string>>;
  /** The simulated workgroups and sessions, to change and to compare with. */
  readonly fleet: Fleet;
  /** Its members may be changed at any time. */
  readonly organization: Organization | undefined;
  /** May be changed at any time. */
  readonly settings: SimulatorSettings;
  readonly faults: FaultInjector;
  readonly requests: RequestLog;
  /** Stops the server and closes its connections immediately. */
  close(): Promise<void>;
}

/** Starts a simulator on 127.0.0.1; rejects if the port is in use. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { clock, accounts, seed = DEFAULT_SEED, port = 0 } = options;
  const settings = { ...defaultSettings(), ...options.settings };
  const fleet = new Fleet(accounts, seed, clock.wallMs());
  const organization = options.organization && new Organization(options.organization);
  const faults = new FaultInjector();
  const requests = new RequestLog();
  const directory = new IamDirectory(accounts, seed);
  const handler = new Handler({ fleet, organization, directory, settings, faults, requests, seed });
  const server = await startServer({ handler, clock, settings }, port);
  return {
    url: server.url,
    environment: clientEnvironment(server.url, accounts),
    fleet,
    organization,
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
