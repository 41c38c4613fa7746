import { callerOf, type UserIdentity } from "../owners/caller.ts";
import {
  SESSION_OPERATIONS,
  type EventPage,
  type SessionEvent,
  type SessionOperation,
} from "../owners/session-event.ts";
import { cleanText } from "./clean-text.ts";
import { isObject, object, readPage, string, type Fields } from "./read-json.ts";

const OPERATION = "LookupEvents";
/** Systems Manager has operations of the same names. */
const EVENT_SOURCE = "athena.amazonaws.com";
/** The API does not say how long its tokens may be. */
const MAX_TOKEN = 65_536;
const MAX_TEXT = 2048;

/**
 * Reads a page of CloudTrail's events. An event is text that other services write, so one that cannot be read is passed over: it
 * tells of no session, and must not hide the others. Throws ApiError malformed_response where the page itself is malformed.
 */
export function readEvents(body: Uint8Array): EventPage {
  const { items, ...page } = readPage(OPERATION, body, "Events", readEvent, MAX_TOKEN);
  const times = items.flatMap(({ atMs }) => atMs ?? []);
  return {
    events: items.flatMap(({ event }) => event ?? []),
    ...(times.length > 0 && { oldestMs: Math.min(...times) }),
    ...page,
  };
}

function readEvent(item: unknown): { readonly event?: SessionEvent | undefined; readonly atMs?: number } {
  const { EventSource, EventName, EventTime, CloudTrailEvent } = object(item, "an event", OPERATION);
  const time = typeof EventTime === "number" ? { atMs: EventTime * 1000 } : {};
  const operation = SESSION_OPERATIONS.find((name) => name === EventName);
  if (EventSource !== EVENT_SOURCE || operation === undefined) return time;
  return { ...time, event: readRecord(operation, string(CloudTrailEvent, "CloudTrailEvent", OPERATION)) };
}

/** Undefined for a call that failed, and for one that tells no session or caller. */
function readRecord(operation: SessionOperation, record: string | undefined): SessionEvent | undefined {
  const { errorCode, userIdentity, requestParameters, responseElements } = parse(record ?? "");
  if (typeof errorCode === "string") return undefined;
  const subject = operation === "StartSession" ? responseElements : requestParameters;
  const sessionId = textOf(subject, "sessionId");
  const caller = callerOf(readIdentity(userIdentity));
  return sessionId === "" || caller === undefined ? undefined : { operation, sessionId, caller };
}

function readIdentity(identity: unknown): UserIdentity {
  const onBehalfOf = isObject(identity) ? identity["onBehalfOf"] : undefined;
  return {
    arn: textOf(identity, "arn"),
    userName: textOf(identity, "userName"),
    onBehalfOf: textOf(onBehalfOf, "userId"),
    invokedBy: textOf(identity, "invokedBy"),
    principalId: textOf(identity, "principalId"),
  };
}

function parse(json: string): Fields {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Text of a member, cleaned and cut; empty where there is none. */
function textOf(fields: unknown, name: string): string {
  const value = isObject(fields) ? fields[name] : undefined;
  return typeof value === "string" ? cleanText(value, MAX_TEXT) : "";
}
