import { AwsError } from "./aws-error.ts";
import { visibleEvents, type CloudTrailEvent } from "./event.ts";
import { operation, type OperationContext } from "./operation.ts";
import { integer, list, number, oneOf, optional, required, string, structure } from "./shape.ts";
import type { Cursor } from "./token.ts";

const EVENTS_PER_PAGE = 50;
const KEPT_MS = 90 * 24 * 3_600_000;

const ATTRIBUTES = {
  EventId: ({ id }) => id,
  EventName: ({ name }) => name,
  ReadOnly: () => "false",
  Username: (event) => userName(event),
  ResourceType: () => undefined,
  ResourceName: () => undefined,
  EventSource: ({ source }) => source,
  AccessKeyId: () => undefined,
} as const satisfies Readonly<Record<string, (event: CloudTrailEvent) => string | undefined>>;

type AttributeKey = keyof typeof ATTRIBUTES;

/** An event and the key by which it is in the order of a listing; an event that is recorded twice has two. */
interface ListedEvent {
  readonly event: CloudTrailEvent;
  readonly key: string;
}

export const lookupEvents = operation(
  structure({
    LookupAttributes: optional(
      list(
        structure({
          AttributeKey: required(oneOf(Object.keys(ATTRIBUTES) as AttributeKey[])),
          AttributeValue: required(string({ min: 1, max: 2000 })),
        }),
      ),
    ),
    StartTime: optional(number()),
    EndTime: optional(number()),
    EventCategory: optional(oneOf(["insight"])),
    MaxResults: optional(integer()),
    NextToken: optional(string()),
  }),
  ({ LookupAttributes = [], StartTime, EndTime, EventCategory, MaxResults, NextToken }, context) => {
    const { caller, settings, nowMs, tokens, fleet } = context;
    const limit = MaxResults ?? EVENTS_PER_PAGE;
    if (limit < 1 || limit > EVENTS_PER_PAGE) {
      throw new AwsError(
        "InvalidMaxResultsException",
        `MaxResults must be between 1 and ${EVENTS_PER_PAGE}.`,
      );
    }
    if (LookupAttributes.length > 1) {
      throw new AwsError("InvalidLookupAttributesException", "Only one lookup attribute is supported.");
    }
    const [attribute] = LookupAttributes;
    const span = timeSpan(StartTime, EndTime, nowMs);
    const scope = ["LookupEvents", caller.accountId, caller.region].concat(
      JSON.stringify([attribute ?? null, StartTime ?? null, EndTime ?? null, EventCategory ?? null]),
    );
    const cursor = NextToken === undefined ? {} : redeem(context, scope, NextToken);
    const events =
      EventCategory === "insight"
        ? []
        : visibleEvents({ ...caller, ...span }, fleet, settings, nowMs).filter(
            (event) =>
              attribute === undefined ||
              ATTRIBUTES[attribute.AttributeKey](event) === attribute.AttributeValue,
          );
    const rest = listed(events).filter((item) => isAfter(item, cursor));
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const next = rest.length > limit && last !== undefined ? cursorAfter(last) : undefined;
    return {
      Events: page.map(({ event }) => wireEvent(event, caller.region)),
      NextToken: next && tokens.issue(scope, next),
    };
  },
);

function timeSpan(startTime: number | undefined, endTime: number | undefined, nowMs: number) {
  const fromMs = startTime === undefined ? nowMs - KEPT_MS : startTime * 1000;
  const toMs = endTime === undefined ? nowMs : endTime * 1000;
  // A request takes a moment.
  if (fromMs > toMs || fromMs < nowMs - KEPT_MS - 60_000) {
    throw new AwsError("InvalidTimeRangeException", "The time range is not valid.");
  }
  return { fromMs, toMs };
}

function redeem({ tokens }: OperationContext, scope: readonly string[], token: string): Cursor {
  try {
    return tokens.redeem(scope, token);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError("InvalidNextTokenException", error.message);
  }
}

function listed(events: readonly CloudTrailEvent[]): readonly ListedEvent[] {
  return events.map((event, index) => ({
    event,
    key: events[index - 1]?.id === event.id ? `${event.id} 1` : `${event.id} 2`,
  }));
}

/** Newest first, then in descending order of keys. */
function isAfter({ event, key }: ListedEvent, { after }: Cursor): boolean {
  if (after === undefined) return true;
  return event.atMs === after.startMs ? key < after.key : event.atMs < after.startMs;
}

function cursorAfter({ event, key }: ListedEvent): Cursor {
  return { after: { startMs: event.atMs, key } };
}

function userName({ identity }: CloudTrailEvent): string {
  return identity.userName ?? identity.arn.split("/").at(-1) ?? "";
}

function wireEvent(event: CloudTrailEvent, region: string): object {
  const { id, name, source, atMs, identity, requestParameters, responseElements, errorCode } = event;
  return {
    EventId: id,
    EventName: name,
    ReadOnly: "false",
    EventTime: atMs / 1000,
    EventSource: source,
    Username: userName(event),
    Resources: [],
    CloudTrailEvent: JSON.stringify({
      eventVersion: "1.11",
      userIdentity: identity,
      eventTime: new Date(atMs).toISOString().replace(/\.\d+/, ""),
      eventSource: source,
      eventName: name,
      awsRegion: region,
      ...(errorCode !== undefined && { errorCode, errorMessage: "The request is refused (simulated)" }),
      requestParameters,
      responseElements: responseElements ?? null,
      eventID: id,
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: identity.accountId,
      eventCategory: "Management",
    }),
  };
}
