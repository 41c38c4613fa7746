import { describe, expect, test } from "vitest";
import { readEvents } from "../../src/athena/read-events.ts";

const ARN = "arn:aws:sts::123456789012:assumed-role/Admin/alias";
const RECORD = {
  userIdentity: { type: "AssumedRole", principalId: "EXAMPLE:alias", arn: ARN },
  requestParameters: { workGroup: "notebooks" },
  responseElements: { sessionId: "a-session", state: "CREATED" },
};

const eventOf = (change: object = {}, record: unknown = RECORD) => ({
  EventName: "StartSession",
  EventSource: "athena.amazonaws.com",
  EventTime: 1_700_000_000,
  CloudTrailEvent: typeof record === "string" ? record : JSON.stringify(record),
  ...change,
});

const read = (body: unknown) => readEvents(Buffer.from(JSON.stringify(body)));
const readOne = (event: unknown) => read({ Events: [event] }).events;

test("a start tells the new session and the caller", () => {
  expect(read({ Events: [eventOf()], NextToken: "next" })).toEqual({
    events: [{ operation: "StartSession", sessionId: "a-session", caller: { arn: ARN, name: "alias" } }],
    oldestMs: 1_700_000_000_000,
    nextToken: "next",
  });
});

test("a termination tells the session that was requested", () => {
  const record = {
    ...RECORD,
    requestParameters: { sessionId: "ended" },
    responseElements: { state: "TERMINATING" },
  };
  expect(readOne(eventOf({ EventName: "TerminateSession" }, record))).toMatchObject([
    { operation: "TerminateSession", sessionId: "ended" },
  ]);
});

describe("no session is told by", () => {
  test.each([
    ["an event of Systems Manager", eventOf({ EventSource: "ssm.amazonaws.com" })],
    ["an event of another name", eventOf({ EventName: "StartQueryExecution" })],
    ["a call that failed", eventOf({}, { ...RECORD, errorCode: "InvalidRequestException" })],
    ["an event without responseElements", eventOf({}, { ...RECORD, responseElements: null })],
    ["a session id that is no text", eventOf({}, { ...RECORD, responseElements: { sessionId: 7 } })],
    ["an event without identity", eventOf({}, { ...RECORD, userIdentity: undefined })],
    ["an event that is not JSON", eventOf({}, "{")],
    ["an event that is no object", eventOf({}, "[1]")],
    ["an event without a record", eventOf({ CloudTrailEvent: undefined })],
    ["an empty event", {}],
  ])("%s, and the others on the page are read", (_what, event) => {
    expect(read({ Events: [event, eventOf()] }).events).toHaveLength(1);
    expect(readOne(event)).toEqual([]);
  });
});

test("names lose what could forge output, and are bounded", () => {
  const arn = `arn:aws:sts::123456789012:assumed-role/Admin/a"b\nc\u001b[2J${"x".repeat(5000)}`;
  const [event] = readOne(eventOf({}, { ...RECORD, userIdentity: { arn } }));
  expect(event?.caller.name).toMatch(/^a"b c\uFFFD\[2Jx+$/);
  expect(event?.caller.arn.length).toBe(2048);
});

test.each([
  ["null", null],
  ["no list", {}],
  ["a list of text", { Events: ["x"] }],
  ["a record that is no text", { Events: [eventOf({ CloudTrailEvent: 7 })] }],
  ["a token that is no text", { Events: [], NextToken: 7 }],
])("a page that is malformed is a failure: %s", (_what, body) => {
  expect(() => read(body)).toThrow(expect.objectContaining({ reason: "malformed_response" }));
});
