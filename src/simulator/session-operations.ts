import { invalidRequest } from "./aws-error.ts";
import { identityOfCaller } from "./identity.ts";
import { operation } from "./operation.ts";
import { type OperationContext, findSession, findWorkgroup } from "./operation.ts";
import { listPage, applyPageFault } from "./listing.ts";
import { dpuMs, SESSION_STATES, type SessionStatus, type SimulatedSession } from "./session.ts";
import { boolean, integer, list, oneOf, optional, required, string, structure } from "./shape.ts";
import type { SimulatedWorkgroup } from "./workgroup.ts";
import { ENGINE_CONFIGURATION, MONITORING_CONFIGURATION, WORKGROUP_NAME } from "./request-members.ts";

/** The values of CalculationExecutionState in the Athena API reference. */
const CALCULATION_STATES = [
  "CREATING",
  "CREATED",
  "QUEUED",
  "RUNNING",
  "CANCELING",
  "CANCELED",
  "COMPLETED",
  "FAILED",
] as const;
const SESSION_ID = required(string({ min: 1, max: 256 }));

export const listSessions = operation(
  structure({
    WorkGroup: WORKGROUP_NAME,
    StateFilter: optional(oneOf(SESSION_STATES)),
    MaxResults: optional(integer({ min: 1, max: 100 })),
    NextToken: optional(string({ max: 2048 })),
  }),
  ({ WorkGroup, StateFilter, MaxResults, NextToken }, context) => {
    const { caller, settings, tokens, random, nowMs, fault } = context;
    const workgroup = findSparkWorkgroup(context, WorkGroup);
    const scope = ["ListSessions", caller.accountId, caller.region, WorkGroup, StateFilter ?? ""];
    const cursor = NextToken === undefined ? {} : tokens.redeem(scope, NextToken);
    const limit = Math.min(MaxResults ?? 100, settings.pageSize);
    const request = { workgroup, stateFilter: StateFilter, limit, cursor, nowMs };
    const page = applyPageFault(listPage(request, settings, random), NextToken === undefined, fault);
    const repeated = fault?.kind === "repeated-token" ? NextToken : undefined;
    return {
      Sessions: page.sessions.map(({ session, status }) => summary(session, status)),
      NextToken: repeated ?? (page.next && tokens.issue(scope, page.next)),
    };
  },
);

export const getSessionStatus = operation(structure({ SessionId: SESSION_ID }), ({ SessionId }, context) => {
  const { status } = findSession(context, SessionId);
  return { SessionId, Status: wireStatus(status) };
});

export const getSession = operation(structure({ SessionId: SESSION_ID }), ({ SessionId }, context) => {
  const { session, status, workgroup } = findSession(context, SessionId);
  const { description, engineVersion, notebookVersion, coordinatorDpus, maxDpus, idleTimeoutMinutes } =
    session.traits;
  return {
    SessionId,
    Description: description,
    WorkGroup: workgroup.name,
    EngineVersion: engineVersion,
    NotebookVersion: notebookVersion,
    EngineConfiguration: {
      CoordinatorDpuSize: coordinatorDpus,
      MaxConcurrentDpus: maxDpus,
      DefaultExecutorDpuSize: coordinatorDpus,
    },
    SessionConfiguration: {
      ExecutionRole: session.traits.executionRole,
      IdleTimeoutSeconds: idleTimeoutMinutes * 60,
      SessionIdleTimeoutInMinutes: idleTimeoutMinutes,
    },
    Status: wireStatus(status),
    Statistics: { DpuExecutionInMillis: Math.round(dpuMs(session, context.nowMs)) },
  };
});

/** The calculations of a session are the times that it was BUSY, newest first; they are completed once it is in another state. */
export const listCalculationExecutions = operation(
  structure({
    SessionId: SESSION_ID,
    StateFilter: optional(oneOf(CALCULATION_STATES)),
    MaxResults: optional(integer({ min: 1, max: 100 })),
    NextToken: optional(string({ max: 2048 })),
  }),
  ({ SessionId, StateFilter, MaxResults, NextToken }, context) => {
    if (NextToken !== undefined) throw invalidRequest("NextToken is not valid.");
    const { session } = findSession(context, SessionId);
    const changes = session.changesUntil(context.nowMs);
    const calculations = changes.flatMap(({ state, atMs }, index) =>
      state === "BUSY" ? [calculation(`${SessionId}-${index}`, atMs, changes[index + 1]?.atMs)] : [],
    );
    const matching = calculations.filter(
      ({ Status }) => StateFilter === undefined || Status.State === StateFilter,
    );
    return { Calculations: matching.reverse().slice(0, MaxResults ?? 100) };
  },
);

function calculation(id: string, startMs: number, endMs: number | undefined) {
  const Status = {
    SubmissionDateTime: startMs / 1000,
    ...(endMs !== undefined && { CompletionDateTime: endMs / 1000 }),
    State: endMs === undefined ? "RUNNING" : "COMPLETED",
  };
  return { CalculationExecutionId: id, Status };
}

export const startSession = operation(
  structure({
    WorkGroup: WORKGROUP_NAME,
    EngineConfiguration: required(ENGINE_CONFIGURATION),
    Description: optional(string({ min: 1, max: 1024 })),
    ExecutionRole: optional(
      string({ min: 20, max: 2048, pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/?[\w+=,.@/-]+$/ }),
    ),
    MonitoringConfiguration: optional(MONITORING_CONFIGURATION),
    NotebookVersion: optional(string({ min: 1, max: 128 })),
    SessionIdleTimeoutInMinutes: optional(integer({ min: 1, max: 480 })),
    ClientRequestToken: optional(string({ min: 32, max: 128 })),
    Tags: optional(
      list(structure({ Key: optional(string({ min: 1, max: 128 })), Value: optional(string({ max: 256 })) })),
    ),
    CopyWorkGroupTags: optional(boolean()),
  }),
  (input, context) => {
    const workgroup = findSparkWorkgroup(context, input.WorkGroup);
    if (workgroup.state === "DISABLED") throw invalidRequest(`WorkGroup ${input.WorkGroup} is disabled.`);
    const options = {
      description: input.Description,
      idleTimeoutMinutes: input.SessionIdleTimeoutInMinutes,
      maxDpus: input.EngineConfiguration.MaxConcurrentDpus,
      executionRole: input.ExecutionRole,
      notebookVersion: input.NotebookVersion,
      tags: Object.fromEntries((input.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
      startedBy: identityOfCaller(context.caller),
      clientToken: input.ClientRequestToken,
    };
    const session = workgroup.start(options, context.nowMs);
    return { SessionId: session.traits.id, State: session.statusAt(context.nowMs)?.state };
  },
);

export const terminateSession = operation(structure({ SessionId: SESSION_ID }), ({ SessionId }, context) => {
  const { session, workgroup } = findSession(context, SessionId);
  workgroup.terminate(session, context.nowMs, identityOfCaller(context.caller));
  return { State: session.statusAt(context.nowMs)?.state };
});

function findSparkWorkgroup(context: OperationContext, name: string): SimulatedWorkgroup {
  const workgroup = findWorkgroup(context, name);
  if (workgroup.spark) return workgroup;
  throw invalidRequest(`WorkGroup ${name} is not an Apache Spark enabled workgroup.`);
}

function summary(session: SimulatedSession, status: SessionStatus): object {
  const { id, description, engineVersion, notebookVersion } = session.traits;
  return {
    SessionId: id,
    Description: description,
    EngineVersion: { SelectedEngineVersion: engineVersion, EffectiveEngineVersion: engineVersion },
    NotebookVersion: notebookVersion,
    Status: wireStatus(status),
  };
}

function wireStatus(status: SessionStatus): object {
  return {
    State: status.state,
    StateChangeReason: status.reason,
    StartDateTime: status.startMs / 1000,
    LastModifiedDateTime: status.lastModifiedMs / 1000,
    IdleSinceDateTime: status.idleSinceMs && status.idleSinceMs / 1000,
    EndDateTime: status.endMs && status.endMs / 1000,
  };
}
