import { AwsError } from "./aws-error.ts";
import type { InjectedFault } from "./fault.ts";
import type { Fleet, FoundSession } from "./fleet.ts";
import type { Caller } from "./iam.ts";
import { keptStatus } from "./listing.ts";
import type { Organization } from "./organization.ts";
import type { Random } from "./random.ts";
import type { SessionStatus } from "./session.ts";
import type { SimulatorSettings } from "./settings.ts";
import type { Shape } from "./shape.ts";
import type { PaginationTokens } from "./token.ts";
import type { SimulatedWorkgroup } from "./workgroup.ts";

/** The caller of an operation, and the simulated account it runs against. */
export interface OperationContext {
  readonly caller: Caller;
  readonly fleet: Fleet;
  /** Undefined if no account is in one. */
  readonly organization: Organization | undefined;
  readonly settings: SimulatorSettings;
  readonly tokens: PaginationTokens;
  readonly random: Random;
  /** Unix milliseconds. */
  readonly nowMs: number;
  readonly fault: InjectedFault | undefined;
}

/** An operation of the Athena API: takes the request's JSON and returns the response's, or throws an AwsError. */
export interface Operation {
  run(input: unknown, context: OperationContext): object;
}

/** An operation that validates its request against `shape` before it runs. */
export function operation<T>(
  shape: Shape<T>,
  respond: (input: T, context: OperationContext) => object,
): Operation {
  return { run: (input, context) => respond(shape(input, ""), context) };
}

/** The caller's workgroup with this name; throws `settings.unknownWorkgroupError` if there is none. */
export function findWorkgroup(
  { caller, fleet, settings }: OperationContext,
  name: string,
): SimulatedWorkgroup {
  const workgroup = fleet.workgroups(caller.accountId, caller.region).get(name);
  if (workgroup !== undefined) return workgroup;
  throw new AwsError(settings.unknownWorkgroupError, `WorkGroup ${name} is not found.`);
}

/** The caller's session with this id; throws `settings.unknownSessionError` if Athena does not retain it. */
export function findSession(
  context: OperationContext,
  sessionId: string,
): FoundSession & { readonly status: SessionStatus } {
  const { caller, fleet, settings, nowMs } = context;
  const found = fleet.findSession(caller.accountId, caller.region, sessionId);
  const status = found && keptStatus(found.session, nowMs, settings.retentionMs);
  if (found !== undefined && status !== undefined) return { ...found, status };
  throw new AwsError(settings.unknownSessionError, `Session ${sessionId} does not exist.`);
}
