import {
  CloudTrailClient,
  LookupEventsCommand,
  type CloudTrailClientConfig,
} from "@aws-sdk/client-cloudtrail";
import type { EventQuery } from "../owners/session-event.ts";
import type { ApiCalls, SdkRequest } from "./api-calls.ts";
import { readEvents } from "./read-events.ts";

/** The most that the API accepts. */
const EVENTS_PER_PAGE = 50;

/** Makes a client of CloudTrail, and gives what turns a query into a request of it. */
export function connectCloudTrail(
  config: CloudTrailClientConfig,
  calls: ApiCalls,
): (query: EventQuery) => SdkRequest {
  const client = new CloudTrailClient(config);
  client.middlewareStack.use(
    calls.middleware((_operation, body) => ({ value: readEvents(body), $metadata: {} })),
  );
  return ({ operation, fromMs, toMs, nextToken }) => ({
    sender: client,
    command: new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: operation }],
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      MaxResults: EVENTS_PER_PAGE,
      ...(nextToken !== undefined && { NextToken: nextToken }),
    }),
  });
}
