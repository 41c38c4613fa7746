import { AwsError } from "./aws-error.ts";
import type { Fault } from "./fault.ts";
import type { Fleet, FoundSession } from "./fleet.ts";
import type { Caller } from "./identity.ts";
import { keptStatus } from "./listing.ts";
import type { Random } from "./random.ts";
import type { SessionStatus } from "./session.ts";
import type { SimulatorSettings } from "./settings.ts";
import type { TokenMint } from "./token.ts";
import type { SimulatedWorkgroup } from "./workgroup.ts";

/** What an operation of Athena has to answer with. */
export interface Context {
  readonly caller: Caller;
  readonly fleet: Fleet;
  readonly settings: SimulatorSettings;
  readonly tokens: TokenMint;
  readonly random: Random;
  readonly nowMs: number;
  readonly fault: Fault | undefined;
}

/** The caller's workgroup of that name, or the error that the settings name. */
export function findWorkgroup({ caller, fleet, settings }: Context, name: string): SimulatedWorkgroup {
  const workgroup = fleet.region(caller.accountId, caller.region).get(name);
  if (workgroup !== undefined) return workgroup;
  throw new AwsError(settings.unknownWorkgroupError, `WorkGroup ${name} is not found.`);
}

/** A session of the caller's that Athena still keeps, or the error that the settings name. */
export function findSession(
  context: Context,
  sessionId: string,
): FoundSession & { readonly status: SessionStatus } {
  const { caller, fleet, settings, nowMs } = context;
  const found = fleet.findSession(caller.accountId, caller.region, sessionId);
  const status = found && keptStatus(found.session, nowMs, settings.retentionMs);
  if (found !== undefined && status !== undefined) return { ...found, status };
  throw new AwsError(settings.unknownSessionError, `Session ${sessionId} does not exist.`);
}
