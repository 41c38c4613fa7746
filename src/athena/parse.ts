import { AwsFailure } from "../failure.ts";
import {
  ENDED_STATES,
  LIVING_STATES,
  type Session,
  type SessionDetails,
  type SessionState,
} from "../sessions/session.ts";

/** One page of ListSessions. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  readonly nextToken?: string;
}

/** One workgroup as ListWorkGroups shows it. */
export interface WorkgroupSummary {
  readonly name: string;
  /** EffectiveEngineVersion, else SelectedEngineVersion; empty where absent. */
  readonly engineVersion: string;
}

export interface WorkgroupPage {
  readonly workgroups: readonly WorkgroupSummary[];
  readonly nextToken?: string;
}

/** Tags of a workgroup, values by keys. */
export type Tags = ReadonlyMap<string, string>;

export interface TagPage {
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly nextToken?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const KNOWN_STATES = new Set<string>([...LIVING_STATES, ...ENDED_STATES]);
/** Athena was announced on 2016-11-30: no session is older. */
const EARLIEST_MS = Date.UTC(2016, 10, 30);
/** A time further in the future is no time of a session, whatever the clocks. */
const FUTURE_MS = 86_400_000;

/**
 * An answer of ListSessions. Every member is optional by the API's model, except that the list is one; what has another
 * type than promised is malformed, and what is absent stays so. `nowMs`: Unix milliseconds by AWS' clock. Throws AwsFailure
 * malformed_response.
 */
export function parseSessionPage(output: object, nowMs: number): SessionPage {
  const { Sessions: sessions, NextToken: nextToken } = output as Fields;
  if (!Array.isArray(sessions)) throw malformed("ListSessions", "the answer holds no list of sessions");
  return {
    sessions: sessions.map((summary) => parseSession(summary, "ListSessions", nowMs)),
    ...token(nextToken, "ListSessions"),
  };
}

/** An answer of GetSessionStatus, for the session that was asked for. Throws AwsFailure malformed_response. */
export function parseSessionStatus(output: object, sessionId: string, nowMs: number): Session {
  const { SessionId: id, Status: status } = output as Fields;
  if (id !== sessionId) throw malformed("GetSessionStatus", "the answer is about another session");
  if (!isObject(status)) throw malformed("GetSessionStatus", "the answer holds no status");
  return parseSession(output, "GetSessionStatus", nowMs);
}

/** An answer of GetSession, for the session that was asked for. Throws AwsFailure malformed_response. */
export function parseSessionDetails(
  output: object,
  sessionId: string,
  nowMs: number,
): { readonly session: Session; readonly details: SessionDetails } {
  const operation = "GetSession";
  const fields = output as Fields;
  if (fields["SessionId"] !== sessionId) throw malformed(operation, "the answer is about another session");
  if (!isObject(fields["Status"])) throw malformed(operation, "the answer holds no status");
  const engine = optionalObject(fields["EngineConfiguration"], "EngineConfiguration", operation);
  const configuration = optionalObject(fields["SessionConfiguration"], "SessionConfiguration", operation);
  const statistics = optionalObject(fields["Statistics"], "Statistics", operation);
  const minutes = count(configuration["SessionIdleTimeoutInMinutes"]);
  const idleTimeoutSeconds =
    count(configuration["IdleTimeoutSeconds"]) ?? (minutes === undefined ? undefined : minutes * 60);
  const usedMs = count(statistics["DpuExecutionInMillis"]);
  const coordinatorDpus = count(engine["CoordinatorDpuSize"]);
  const maxDpus = count(engine["MaxConcurrentDpus"]);
  return {
    // Here the engine's version is a text, not the pair that listings tell.
    session: parseSession({ ...fields, EngineVersion: undefined }, operation, nowMs),
    details: {
      ...(coordinatorDpus !== undefined && { coordinatorDpus }),
      ...(maxDpus !== undefined && { maxDpus }),
      ...(idleTimeoutSeconds !== undefined && { idleTimeoutSeconds }),
      ...(usedMs !== undefined && { usedDpuSeconds: usedMs / 1000 }),
      executionRole: text(configuration["ExecutionRole"], "ExecutionRole", operation) ?? "",
    },
  };
}

/** An answer of ListWorkGroups. Throws AwsFailure malformed_response. */
export function parseWorkgroupPage(output: object): WorkgroupPage {
  const operation = "ListWorkGroups";
  const { WorkGroups: workgroups, NextToken: nextToken } = output as Fields;
  if (!Array.isArray(workgroups)) throw malformed(operation, "the answer holds no list of workgroups");
  return {
    workgroups: workgroups.map((summary: unknown) => {
      const fields = object(summary, "a workgroup", operation);
      const name = text(fields["Name"], "Name", operation);
      if (name === undefined || name === "") throw malformed(operation, "a workgroup has no name");
      return { name, engineVersion: engineVersion(fields["EngineVersion"], operation) };
    }),
    ...token(nextToken, operation),
  };
}

/** An answer of ListTagsForResource. Throws AwsFailure malformed_response. */
export function parseTagPage(output: object): TagPage {
  const operation = "ListTagsForResource";
  const { Tags: tags, NextToken: nextToken } = output as Fields;
  if (!Array.isArray(tags)) throw malformed(operation, "the answer holds no list of tags");
  return {
    tags: tags.map((tag: unknown) => {
      const fields = object(tag, "a tag", operation);
      const key = text(fields["Key"], "Key", operation);
      if (key === undefined) throw malformed(operation, "a tag has no key");
      return [key, text(fields["Value"], "Value", operation) ?? ""] as const;
    }),
    ...token(nextToken, operation),
  };
}

function parseSession(summary: unknown, operation: string, nowMs: number): Session {
  const time = <Name extends string>(name: Name, value: unknown) => parseTime(name, value, operation, nowMs);
  const fields = object(summary, "a session", operation);
  const status = fields["Status"] === undefined ? {} : object(fields["Status"], "Status", operation);
  const stateReason = text(status["StateChangeReason"], "StateChangeReason", operation);
  return {
    id: text(fields["SessionId"], "SessionId", operation) ?? "",
    state: parseState(text(status["State"], "State", operation)),
    ...time("startMs", status["StartDateTime"]),
    ...time("lastModifiedMs", status["LastModifiedDateTime"]),
    ...time("endMs", status["EndDateTime"]),
    ...time("idleSinceMs", status["IdleSinceDateTime"]),
    ...(stateReason !== undefined && { stateReason }),
    description: text(fields["Description"], "Description", operation) ?? "",
    engineVersion: engineVersion(fields["EngineVersion"], operation),
  };
}

function parseState(state: string | undefined): SessionState {
  return state !== undefined && KNOWN_STATES.has(state) ? (state as SessionState) : "UNKNOWN";
}

function engineVersion(value: unknown, operation: string): string {
  if (value === undefined || value === null) return "";
  const fields = object(value, "EngineVersion", operation);
  const effective = text(fields["EffectiveEngineVersion"], "EffectiveEngineVersion", operation);
  return effective ?? text(fields["SelectedEngineVersion"], "SelectedEngineVersion", operation) ?? "";
}

/** A time outside of what can be is as good as none told. */
function parseTime<Name extends string>(
  name: Name,
  value: unknown,
  operation: string,
  nowMs: number,
): Partial<Record<Name, number>> {
  if (value === undefined || value === null) return {};
  if (!(value instanceof Date)) throw malformed(operation, `${name} is not a time`);
  const ms = value.getTime();
  return ms >= EARLIEST_MS && ms <= nowMs + FUTURE_MS ? ({ [name]: ms } as Record<Name, number>) : {};
}

function token(value: unknown, operation: string): { nextToken?: string } {
  const nextToken = text(value, "NextToken", operation);
  return nextToken === undefined || nextToken === "" ? {} : { nextToken };
}

function text(value: unknown, name: string, operation: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw malformed(operation, `${name} is not a string`);
  return value;
}

function object(value: unknown, name: string, operation: string): Fields {
  if (!isObject(value)) throw malformed(operation, `${name} is not an object`);
  return value;
}

function optionalObject(value: unknown, name: string, operation: string): Fields {
  return value === undefined || value === null ? {} : object(value, name, operation);
}

/** A number that can be one of DPUs or of time; anything else is as good as absent. */
function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(operation: string, message: string): AwsFailure {
  return new AwsFailure("malformed_response", operation, message);
}
