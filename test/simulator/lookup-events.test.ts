import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from "@aws-sdk/client-cloudtrail";
import { StartSessionCommand, TerminateSessionCommand } from "@aws-sdk/client-athena";
import { describe, expect, test } from "vitest";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { ACCOUNT_ID, ACCOUNTS, KEY, REGION } from "./accounts.ts";
import { athena, simulate } from "./harness.ts";
import { sendRaw } from "./raw-request.ts";

const HOUR_MS = 3_600_000;

/** Without delays, throttling and events of others. */
const PLAIN: Partial<SimulatorSettings> = {
  lookupThrottle: undefined,
  eventDelayMs: 0,
  otherEventsPerHour: 0,
};

interface Found {
  readonly name: string;
  readonly source: string;
  readonly record: {
    readonly userIdentity: { readonly type: string; readonly arn: string };
    readonly requestParameters: { readonly sessionId?: string };
    readonly responseElements: { readonly sessionId?: string } | null;
    readonly errorCode?: string;
  };
}

async function lookUp(
  simulator: Simulator,
  input: LookupEventsCommandInput = {},
): Promise<{ readonly events: readonly Found[]; readonly next: string | undefined }> {
  const client = new CloudTrailClient({
    endpoint: simulator.url,
    region: REGION,
    credentials: KEY,
    maxAttempts: 1,
  });
  try {
    const { Events = [], NextToken } = await client.send(new LookupEventsCommand(input));
    const events = Events.map(({ EventName = "", EventSource = "", CloudTrailEvent = "" }) => ({
      name: EventName,
      source: EventSource,
      record: JSON.parse(CloudTrailEvent) as Found["record"],
    }));
    return { events, next: NextToken };
  } finally {
    client.destroy();
  }
}

const named = (name: string): LookupEventsCommandInput => ({
  LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: name }],
});

test("starting and terminating a session are events of the caller", async () => {
  const simulator = await simulate({ settings: PLAIN });
  const client = athena(simulator);
  const { SessionId } = await client.send(
    new StartSessionCommand({ WorkGroup: "etl", EngineConfiguration: { MaxConcurrentDpus: 4 } }),
  );
  await client.send(new TerminateSessionCommand({ SessionId }));
  const { events: starts } = await lookUp(simulator, named("StartSession"));
  const { events: ends } = await lookUp(simulator, named("TerminateSession"));
  expect(starts.map(({ source, record }) => [source, record.responseElements?.sessionId])).toEqual([
    ["athena.amazonaws.com", SessionId],
  ]);
  expect(ends.map(({ record }) => record.requestParameters.sessionId)).toEqual([SessionId]);
  const identities = [...starts, ...ends].map(({ record }) => record.userIdentity);
  const user = { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT_ID}:user/exporter` };
  expect(identities).toEqual([expect.objectContaining(user), expect.objectContaining(user)]);
});

test("a session that reaches its idle timeout is terminated by no event", async () => {
  const nowMs = Date.now();
  const state = { state: "TERMINATED", atMs: nowMs - 1000, startMs: nowMs - HOUR_MS } as const;
  const simulator = await simulate({ settings: PLAIN });
  simulator.fleet.addSession({ workgroup: "etl" }, state);
  const { events } = await lookUp(simulator);
  expect(events.map(({ name }) => name)).toEqual(["StartSession"]);
});

test("pages go from the newest event to the oldest, and each event is on one of them", async () => {
  const nowMs = Date.now();
  const simulator = await simulate({ settings: { ...PLAIN, otherEventsPerHour: 60 } });
  for (let index = 0; index < 30; index += 1) {
    simulator.fleet.addSession({ workgroup: "etl" }, { state: "IDLE", atMs: nowMs - index * 60_000 });
  }
  const input = {
    ...named("StartSession"),
    StartTime: new Date(nowMs - HOUR_MS),
    EndTime: new Date(nowMs),
    MaxResults: 7,
  };
  const found: Found[] = [];
  let next: string | undefined;
  do {
    const page = await lookUp(simulator, { ...input, ...(next !== undefined && { NextToken: next }) });
    expect(page.events.length).toBeGreaterThan(0);
    found.push(...page.events);
    next = page.next;
  } while (next !== undefined);
  const { events: whole } = await lookUp(simulator, { ...input, MaxResults: 50 });
  expect(found.slice(0, whole.length)).toEqual(whole);
  const sessions = found.flatMap(({ source, record }) =>
    source === "athena.amazonaws.com" && record.errorCode === undefined
      ? (record.responseElements?.sessionId ?? [])
      : [],
  );
  expect(new Set(sessions).size).toBe(30);
  expect(sessions).toHaveLength(30);
  expect(found.some(({ source }) => source === "ssm.amazonaws.com")).toBe(true);
  expect(found.some(({ record }) => record.errorCode !== undefined)).toBe(true);
});

test("an event is shown after its delay", async () => {
  const nowMs = Date.now();
  const simulator = await simulate({ settings: { ...PLAIN, eventDelayMs: HOUR_MS } });
  simulator.fleet.addSession({ workgroup: "etl" }, { state: "IDLE", atMs: nowMs - 10 * 60_000 });
  simulator.fleet.addSession({ workgroup: "etl" }, { state: "IDLE", atMs: nowMs - 2 * HOUR_MS });
  expect((await lookUp(simulator)).events).toHaveLength(1);
  simulator.settings.eventDelayMs = 0;
  expect((await lookUp(simulator)).events).toHaveLength(2);
});

test("events are missing or twice as the settings say", async () => {
  const simulator = await simulate({ settings: { ...PLAIN, duplicateEventShare: 1 } });
  simulator.fleet.addSession({ workgroup: "etl" }, { state: "IDLE", atMs: Date.now() - 1000 });
  const first = await lookUp(simulator, { MaxResults: 1 });
  const StartTime = new Date(Date.now() - HOUR_MS);
  expect((await lookUp(simulator, { StartTime })).events).toHaveLength(2);
  expect(first.next).toBeDefined();
  simulator.settings.duplicateEventShare = 0;
  simulator.settings.missingEventShare = 1;
  expect((await lookUp(simulator)).events).toEqual([]);
});

test("more than two requests a second of an account and region are throttled, and no calls of Athena", async () => {
  const now = { wallMs: () => 1_700_000_000_000, monotonicMs: () => 0, after: () => () => undefined };
  const simulator = await simulate({ clock: now, settings: { maxSkewMs: Infinity } });
  const input = { StartTime: new Date(now.wallMs() - HOUR_MS) };
  await lookUp(simulator, input);
  await lookUp(simulator, input);
  await expect(lookUp(simulator, input)).rejects.toMatchObject({ name: "ThrottlingException" });
  const athenaRequest = { body: JSON.stringify({ WorkGroup: "etl" }) };
  expect((await sendRaw(simulator.url, athenaRequest)).status).toBe(200);
});

test("an account sees its own events only", async () => {
  const simulator = await simulate({ settings: PLAIN, accounts: ACCOUNTS });
  const [, other] = ACCOUNTS;
  const place = { accountId: other?.id ?? "", region: REGION, workgroup: "etl" };
  simulator.fleet.addSession(place, { state: "IDLE", atMs: Date.now() - 1000 });
  expect((await lookUp(simulator)).events).toEqual([]);
});

describe("a wrong request is refused", () => {
  const send = async (input: object, target = "CloudTrail_20131101.LookupEvents") => {
    const { url } = await simulate({ settings: PLAIN });
    return sendRaw(url, { target, service: "cloudtrail", body: JSON.stringify(input) });
  };
  const nowSeconds = Date.now() / 1000;
  const attribute = { AttributeKey: "EventName", AttributeValue: "StartSession" };

  test.each([
    ["MaxResults 0", { MaxResults: 0 }, "InvalidMaxResultsException"],
    ["MaxResults 51", { MaxResults: 51 }, "InvalidMaxResultsException"],
    ["two attributes", { LookupAttributes: [attribute, attribute] }, "InvalidLookupAttributesException"],
    [
      "a start after the end",
      { StartTime: nowSeconds, EndTime: nowSeconds - 1 },
      "InvalidTimeRangeException",
    ],
    ["a start 91 days ago", { StartTime: nowSeconds - 91 * 86_400 }, "InvalidTimeRangeException"],
    ["a token never issued", { NextToken: "made.up" }, "InvalidNextTokenException"],
    ["a time as text", { StartTime: "yesterday" }, "SerializationException"],
    [
      "an unknown attribute",
      { LookupAttributes: [{ ...attribute, AttributeKey: "Person" }] },
      "InvalidRequestException",
    ],
    ["an unknown member", { Name: "x" }, "InvalidRequestException"],
  ])("%s", async (_name, input, error) => {
    const response = await send(input);
    expect([response.status, response.type]).toEqual([400, error]);
  });

  test("a token of another request", async () => {
    const simulator = await simulate({ settings: { ...PLAIN, otherEventsPerHour: 60 } });
    const { next } = await lookUp(simulator, { ...named("StartSession"), MaxResults: 1 });
    const other = lookUp(simulator, { ...named("TerminateSession"), NextToken: next });
    await expect(other).rejects.toMatchObject({ name: "InvalidNextTokenException" });
  });

  test("boto3's name of the service is accepted, and no other", async () => {
    const boto3 = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
    expect((await send({}, boto3)).status).toBe(200);
    expect((await send({}, "CloudWatch.LookupEvents")).type).toBe("UnknownOperationException");
    expect((await send({}, "CloudTrail_20131101.ListSessions")).type).toBe("UnknownOperationException");
  });

  test("a signature for Athena", async () => {
    const { url } = await simulate({ settings: PLAIN });
    const response = await sendRaw(url, { target: "CloudTrail_20131101.LookupEvents", service: "athena" });
    expect(response.type).toBe("InvalidSignatureException");
  });

  test("a caller without the permission", async () => {
    const denials = [{ operation: "LookupEvents" }];
    const simulator = await simulate({ settings: { ...PLAIN, denials } });
    await expect(lookUp(simulator)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("cloudtrail:LookupEvents on resource: *"),
    });
  });
});
