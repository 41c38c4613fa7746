import { expect, test } from "vitest";
import { type RawRequest, sendRaw } from "./raw-request.ts";
import { simulate } from "./harness.ts";

function request(operation: string, input: unknown): RawRequest {
  return { target: `AmazonAthena.${operation}`, body: JSON.stringify(input) };
}

test("a correct request is accepted", async () => {
  const { url } = await simulate();
  const response = await sendRaw(
    url,
    request("ListSessions", { WorkGroup: "etl", MaxResults: 100, StateFilter: "IDLE" }),
  );
  expect([response.status, response.text]).toEqual([200, '{"Sessions":[]}']);
  expect(response.headers["content-type"]).toBe("application/x-amz-json-1.1");
  expect(response.headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ["an unknown member", "ListSessions", { WorkGroup: "etl", Workgroup: "x" }, "Unknown member 'Workgroup'"],
  ["no workgroup", "ListSessions", {}, "'WorkGroup' failed"],
  ["a null workgroup", "ListSessions", { WorkGroup: null }, "'WorkGroup' failed"],
  ["a workgroup with a space", "ListSessions", { WorkGroup: "a b" }, "regular expression"],
  ["a workgroup of 129 characters", "ListSessions", { WorkGroup: "a".repeat(129) }, "regular expression"],
  [
    "an unknown state",
    "ListSessions",
    { WorkGroup: "etl", StateFilter: "ASLEEP" },
    "enum value set: [CREATING",
  ],
  ["MaxResults 0", "ListSessions", { WorkGroup: "etl", MaxResults: 0 }, "greater than or equal to 1"],
  ["MaxResults 101", "ListSessions", { WorkGroup: "etl", MaxResults: 101 }, "less than or equal to 100"],
  ["a token of 2049", "ListSessions", { WorkGroup: "etl", NextToken: "t".repeat(2049) }, "equal to 2048"],
  [
    "a token never issued",
    "ListSessions",
    { WorkGroup: "etl", NextToken: "made.up" },
    "NextToken is invalid",
  ],
  ["an SQL workgroup", "ListSessions", { WorkGroup: "sql" }, "not an Apache Spark"],
  ["an unknown workgroup", "ListSessions", { WorkGroup: "gone" }, "WorkGroup gone is not found."],
  ["MaxResults 51", "ListWorkGroups", { MaxResults: 51 }, "equal to 50"],
  ["an empty token", "ListWorkGroups", { NextToken: "" }, "equal to 1"],
  ["MaxResults 74", "ListTagsForResource", { ResourceARN: "arn:aws:x", MaxResults: 74 }, "equal to 75"],
  ["no session id", "GetSessionStatus", {}, "'SessionId' failed"],
  ["a session id of 257", "GetSession", { SessionId: "s".repeat(257) }, "equal to 256"],
  ["no engine configuration", "StartSession", { WorkGroup: "etl" }, "'EngineConfiguration' failed"],
  [
    "one DPU",
    "StartSession",
    { WorkGroup: "etl", EngineConfiguration: { MaxConcurrentDpus: 1 } },
    "'EngineConfiguration.MaxConcurrentDpus'",
  ],
  [
    "an idle timeout of 481 minutes",
    "StartSession",
    { WorkGroup: "etl", EngineConfiguration: {}, SessionIdleTimeoutInMinutes: 481 },
    "equal to 480",
  ],
])("%s is an InvalidRequestException that names the mistake", async (_, operation, input, words) => {
  const { url } = await simulate();
  const response = await sendRaw(url, request(operation, input));
  expect([response.status, response.type]).toEqual([400, "InvalidRequestException"]);
  expect((JSON.parse(response.text) as { Message: string }).Message).toContain(words);
});

test.each([
  ["a string instead of a number", "ListSessions", { WorkGroup: "etl", MaxResults: "10" }],
  ["a fraction", "ListSessions", { WorkGroup: "etl", MaxResults: 1.5 }],
  ["a number instead of a string", "ListSessions", { WorkGroup: 7 }],
  ["a list instead of the request", "ListSessions", []],
  ["a list instead of a structure", "StartSession", { WorkGroup: "etl", EngineConfiguration: [] }],
])("%s is a SerializationException", async (_, operation, input) => {
  const { url } = await simulate();
  const response = await sendRaw(url, request(operation, input));
  expect([response.status, response.type]).toEqual([400, "SerializationException"]);
});

test.each<[string, RawRequest, number, string]>([
  ["an unknown operation", { target: "AmazonAthena.ListDragons" }, 400, "UnknownOperationException"],
  ["an operation of another service", { target: "AmazonEC2.ListSessions" }, 400, "UnknownOperationException"],
  ["GET", { method: "GET", body: "" }, 405, "UnknownOperationException"],
  ["another path", { path: "/sessions" }, 404, "UnknownOperationException"],
  ["another content type", { contentType: "application/json" }, 415, "UnsupportedMediaTypeException"],
  ["a body that is not JSON", { body: "{" }, 400, "SerializationException"],
  ["a body of 1.1 MB", { body: " ".repeat(1_100_000) }, 413, "RequestEntityTooLargeException"],
])("%s is refused", async (_, raw, status, type) => {
  const { url } = await simulate();
  const response = await sendRaw(url, raw);
  expect([response.status, response.type]).toEqual([status, type]);
});

test("the error for an unknown workgroup or session is configurable", async () => {
  const { url } = await simulate({
    settings: {
      unknownWorkgroupError: "ResourceNotFoundException",
      unknownSessionError: "InvalidRequestException",
    },
  });
  expect((await sendRaw(url, request("ListSessions", { WorkGroup: "gone" }))).type).toBe(
    "ResourceNotFoundException",
  );
  expect((await sendRaw(url, request("GetSession", { SessionId: "gone" }))).type).toBe(
    "InvalidRequestException",
  );
});
