import { ApiError } from "../failure.ts";
import {
  ACTIVE_STATES,
  ENDED_STATES,
  type Session,
  type SessionDetails,
  type SessionState,
} from "../sessions/session.ts";
import { cleanText } from "./clean-text.ts";

/** One page of a listing. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/** One workgroup as ListWorkGroups shows it. */
export interface WorkgroupSummary {
  readonly name: string;
  /** EffectiveEngineVersion, else SelectedEngineVersion; empty where absent. */
  readonly engineVersion: string;
}

/** A tag's key and value. */
type Tag = readonly [key: string, value: string];

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
export interface AthenaOutput<Value> {
  readonly value: Value;
  readonly $metadata: object;
}

/**
 * Reads a successful response instead of the SDK's deserializer, which takes an empty body for a success without members: that would
 * show as zero sessions.
 */
export function readOutput(operation: string, body: Uint8Array, nowMs: number): AthenaOutput<unknown> {
  return { value: RESPONSE_READERS[operation as keyof ResponseReaders](body, nowMs), $metadata: {} };
}

type Fields = Readonly<Record<string, unknown>>;

const KNOWN_STATES = new Set<string>([...ACTIVE_STATES, ...ENDED_STATES]);
/** Athena was announced on 2016-11-30: no session is older. */
const EARLIEST_MS = Date.UTC(2016, 10, 30);
/** Times further in the future are treated as absent. */
const MAX_FUTURE_MS = 86_400_000;

/** Far more than the API returns on a page. */
const MAX_ITEMS = 10_000;
/** Athena's longest free text has 1,024 characters, its longest identifier 2,048. */
const MAX_FREE_TEXT = 1024;
const MAX_IDENTIFIER = 2048;

const decoder = new TextDecoder();

function readObject(operation: string, body: Uint8Array): Fields {
  try {
    return object(JSON.parse(decoder.decode(body)), "the response", operation);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw malformed(operation, "the response is not JSON");
  }
}

function readPage<Item>(
  operation: string,
  body: Uint8Array,
  member: string,
  readItem: (item: unknown, operation: string) => Item,
): Page<Item> {
  const { [member]: items, NextToken } = readObject(operation, body);
  if (!Array.isArray(items)) throw malformed(operation, `the response has no list ${member}`);
  if (items.length > MAX_ITEMS) throw malformed(operation, `the response has over ${MAX_ITEMS} ${member}`);
  const nextToken = string(NextToken, "NextToken", operation);
  if (nextToken !== undefined && nextToken.length > MAX_IDENTIFIER) {
    throw malformed(operation, `NextToken is longer than ${MAX_IDENTIFIER} characters`);
  }
  return {
    items: items.map((item: unknown) => readItem(item, operation)),
    ...(nextToken !== undefined && nextToken !== "" && { nextToken }),
  };
}

function readWorkgroup(summary: unknown, operation: string): WorkgroupSummary {
  const { Name, EngineVersion } = object(summary, "a workgroup", operation);
  const name = identifier(Name, "Name", operation);
  if (name === undefined || name === "") throw malformed(operation, "a workgroup has no name");
  return { name, engineVersion: engineVersion(EngineVersion, operation) };
}

function readTag(tag: unknown, operation: string): Tag {
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

/** Parses epoch seconds, possibly fractional. An implausible time is treated as absent. */
function readTime(value: unknown, member: string, operation: string, nowMs: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw malformed(operation, `${member} is not a number of seconds`);
  const ms = Math.round(value * 1000);
  return ms >= EARLIEST_MS && ms <= nowMs + MAX_FUTURE_MS ? ms : undefined;
}

/** Free text, cleaned and cut. */
function text(value: unknown, name: string, operation: string): string | undefined {
  const read = string(value, name, operation);
  return read === undefined ? undefined : cleanText(read, MAX_FREE_TEXT);
}

/** An identifier, cleaned: one that is cut would be another one, so a longer one is an error. */
function identifier(value: unknown, name: string, operation: string): string | undefined {
  const read = string(value, name, operation);
  if (read === undefined) return undefined;
  if (read.length > MAX_IDENTIFIER) {
    throw malformed(operation, `${name} is longer than ${MAX_IDENTIFIER} characters`);
  }
  return cleanText(read, MAX_IDENTIFIER);
}

function string(value: unknown, name: string, operation: string): string | undefined {
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

/** A number of DPUs or of time units; anything else is treated as absent. */
function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(operation: string, message: string): ApiError {
  return new ApiError("malformed_response", operation, message);
}
