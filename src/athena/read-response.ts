import {
  ACTIVE_STATES,
  ENDED_STATES,
  type Session,
  type SessionDetails,
  type SessionState,
} from "../sessions/session.ts";
import {
  count,
  identifier,
  isObject,
  malformed,
  object,
  optionalObject,
  readObject,
  readPage,
  readTime,
  string,
  text,
  type Fields,
  type Page,
} from "./read-json.ts";

/** One workgroup as ListWorkGroups shows it. */
export interface WorkgroupSummary {
  readonly name: string;
  /** EffectiveEngineVersion, else SelectedEngineVersion; empty where absent. */
  readonly engineVersion: string;
}

/** A tag's key and value. */
export type Tag = readonly [key: string, value: string];

/**
 * Parses the body of a successful response. `nowMs`: Unix milliseconds of AWS' clock. Throws ApiError malformed_response where a member has another type than the API promises; an absent
 * member stays absent.
 */
type ResponseReader<Output> = (body: Uint8Array, nowMs: number) => Output;

/** The reader of each operation of Athena that the exporter calls. */
export interface ResponseReaders {
  readonly ListSessions: ResponseReader<Page<Session>>;
  readonly GetSessionStatus: ResponseReader<Session>;
  readonly GetSession: ResponseReader<{ readonly session: Session; readonly details: SessionDetails }>;
  readonly ListWorkGroups: ResponseReader<Page<WorkgroupSummary>>;
  readonly ListTagsForResource: ResponseReader<Page<Tag>>;
}

export const RESPONSE_READERS: ResponseReaders = {
  ListSessions: (body, nowMs) =>
    readPage("ListSessions", body, "Sessions", (item, operation) => readSession(item, operation, nowMs)),
  GetSessionStatus: (body, nowMs) =>
    readSessionWithStatus(readObject("GetSessionStatus", body), "GetSessionStatus", nowMs),
  GetSession: readSessionDetails,
  ListWorkGroups: (body) => readPage("ListWorkGroups", body, "WorkGroups", readWorkgroup),
  ListTagsForResource: (body) => readPage("ListTagsForResource", body, "Tags", readTag),
};

/** The output of a successful call. The SDK adds the number of attempts to `$metadata`. */
export interface ApiOutput<Value> {
  readonly value: Value;
  readonly $metadata: object;
}

/**
 * Reads a successful response instead of the SDK's deserializer, which takes an empty body for a success without members: that would
 * show as zero sessions.
 */
export function readOutput(operation: string, body: Uint8Array, nowMs: number): ApiOutput<unknown> {
  return { value: RESPONSE_READERS[operation as keyof ResponseReaders](body, nowMs), $metadata: {} };
}

const KNOWN_STATES = new Set<string>([...ACTIVE_STATES, ...ENDED_STATES]);

function readWorkgroup(summary: unknown, operation: string): WorkgroupSummary {
  const { Name, EngineVersion } = object(summary, "a workgroup", operation);
  const name = identifier(Name, "Name", operation);
  if (name === undefined || name === "") throw malformed(operation, "a workgroup has no name");
  return { name, engineVersion: engineVersion(EngineVersion, operation) };
}

export function readTag(tag: unknown, operation: string): Tag {
  const { Key, Value } = object(tag, "a tag", operation);
  const key = identifier(Key, "Key", operation);
  if (key === undefined) throw malformed(operation, "a tag has no key");
  return [key, text(Value, "Value", operation) ?? ""];
}

function readSessionWithStatus(fields: Fields, operation: string, nowMs: number): Session {
  if (!isObject(fields["Status"])) throw malformed(operation, "the response has no Status");
  return readSession(fields, operation, nowMs);
}

function readSessionDetails(
  body: Uint8Array,
  nowMs: number,
): { readonly session: Session; readonly details: SessionDetails } {
  const operation = "GetSession";
  const fields = readObject(operation, body);
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
    // GetSession has the engine's version as text, not as the pair of other operations.
    session: readSessionWithStatus({ ...fields, EngineVersion: undefined }, operation, nowMs),
    details: {
      ...(coordinatorDpus !== undefined && { coordinatorDpus }),
      ...(maxDpus !== undefined && { maxDpus }),
      ...(idleTimeoutSeconds !== undefined && { idleTimeoutSeconds }),
      ...(usedMs !== undefined && { usedDpuSeconds: usedMs / 1000 }),
      executionRole: identifier(configuration["ExecutionRole"], "ExecutionRole", operation) ?? "",
    },
  };
}

function readSession(summary: unknown, operation: string, nowMs: number): Session {
  const fields = object(summary, "a session", operation);
  const status = optionalObject(fields["Status"], "Status", operation);
  const time = (member: string) => readTime(status[member], member, operation, nowMs);
  return {
    id: identifier(fields["SessionId"], "SessionId", operation) ?? "",
    state: readState(string(status["State"], "State", operation)),
    startMs: time("StartDateTime"),
    lastModifiedMs: time("LastModifiedDateTime"),
    endMs: time("EndDateTime"),
    idleSinceMs: time("IdleSinceDateTime"),
    stateReason: text(status["StateChangeReason"], "StateChangeReason", operation),
    description: text(fields["Description"], "Description", operation) ?? "",
    engineVersion: engineVersion(fields["EngineVersion"], operation),
  };
}

function readState(state: string | undefined): SessionState {
  return state !== undefined && KNOWN_STATES.has(state) ? (state as SessionState) : "UNKNOWN";
}

function engineVersion(value: unknown, operation: string): string {
  const { EffectiveEngineVersion, SelectedEngineVersion } = optionalObject(value, "EngineVersion", operation);
  const effective = text(EffectiveEngineVersion, "EffectiveEngineVersion", operation);
  return effective ?? text(SelectedEngineVersion, "SelectedEngineVersion", operation) ?? "";
}
