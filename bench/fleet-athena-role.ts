import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Session } from "../src/sessions/session.ts";
import { type AwsResponse, jsonResponse, stsResponse } from "../src/simulator/aws-response.ts";
import { sessionsOf, workgroupNames } from "./fleet.ts";
import type { RunningRole } from "./running-role.ts";

/** What is in every account's region: they are all alike. */
export interface RegionSize {
  readonly workgroups: number;
  /** One workgroup in so many has sessions. */
  readonly workgroupsPerActive: number;
  /** In each workgroup that has some. */
  readonly sessions: number;
  /** Unix milliseconds: when it was like this. */
  readonly epochMs: number;
}

/** Bodies by what is asked for; nothing is worked out for a request. */
interface CannedAnswers {
  readonly sessions: ReadonlyMap<string, AwsResponse>;
  /** By NextToken, the first by "". */
  readonly workgroupPages: ReadonlyMap<string, AwsResponse>;
}

const WORKGROUPS_PER_PAGE = 50;
const ENGINE = { SelectedEngineVersion: "AUTO", EffectiveEngineVersion: "PySpark engine version 3" };
const CREDENTIALS_MS = 3_600_000;
const REQUEST_ID = "00000000-0000-4000-8000-000000000000";
const NO_SESSIONS = jsonResponse({ Sessions: [] });

/** An Athena that believes everybody and costs as little as node:http does, where the simulator would be what limits. */
export async function start(size: RegionSize): Promise<RunningRole<Record<string, string>>> {
  const canned = { sessions: sessionAnswers(size), workgroupPages: workgroupPages(size) };
  const server = createServer((request, response) => {
    void text(request).then((body) => send(answerTo(request, body, canned), response));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ready: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIABENCHBENCHBENCHB",
      AWS_SECRET_ACCESS_KEY: "secret-of-a-simulated-user",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    answer: async () => undefined as never,
  };
}

function sessionAnswers(size: RegionSize): Map<string, AwsResponse> {
  const active = workgroupNames(size).filter((_name, index) => index % size.workgroupsPerActive === 0);
  return new Map(
    active.map((name) => [name, jsonResponse({ Sessions: sessionsOf(name, size).map(sessionSummary) })]),
  );
}

function sessionSummary({ id, state, startMs, lastModifiedMs, idleSinceMs, description }: Session): object {
  return {
    SessionId: id,
    Description: description,
    EngineVersion: ENGINE,
    Status: {
      State: state,
      StartDateTime: seconds(startMs),
      LastModifiedDateTime: seconds(lastModifiedMs),
      IdleSinceDateTime: seconds(idleSinceMs),
    },
  };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

function workgroupPages(size: RegionSize): Map<string, AwsResponse> {
  const names = workgroupNames(size);
  const pages = new Map<string, AwsResponse>();
  for (let start = 0; start < names.length; start += WORKGROUPS_PER_PAGE) {
    const end = start + WORKGROUPS_PER_PAGE;
    const workgroups = names.slice(start, end).map((name) => ({ Name: name, EngineVersion: ENGINE }));
    const page = { WorkGroups: workgroups, ...(end < names.length && { NextToken: String(end) }) };
    pages.set(start === 0 ? "" : String(start), jsonResponse(page));
  }
  return pages;
}

function answerTo({ headers }: IncomingMessage, body: string, canned: CannedAnswers): AwsResponse {
  const operation = String(headers["x-amz-target"] ?? new URLSearchParams(body).get("Action"));
  switch (operation) {
    case "AmazonAthena.ListSessions": {
      const { WorkGroup: name = "", StateFilter: filter } = JSON.parse(body) as Record<string, string>;
      return (filter === undefined ? canned.sessions.get(name) : undefined) ?? NO_SESSIONS;
    }
    case "AmazonAthena.ListWorkGroups": {
      const { NextToken: token = "" } = JSON.parse(body) as Record<string, string>;
      return canned.workgroupPages.get(token) ?? refusal(`the token ${token}`);
    }
    case "GetCallerIdentity":
      return stsResponse(
        operation,
        { Account: "999999999999", Arn: "arn:aws:iam::999999999999:user/bench" },
        REQUEST_ID,
      );
    case "AssumeRole":
      return stsResponse(operation, { Credentials: temporaryCredentials() }, REQUEST_ID);
    default:
      return refusal(operation);
  }
}

function temporaryCredentials(): Record<string, string> {
  return {
    AccessKeyId: "ASIABENCHBENCHBENCHB",
    SecretAccessKey: "secret-of-a-simulated-role",
    SessionToken: "token-of-a-simulated-role",
    Expiration: new Date(Date.now() + CREDENTIALS_MS).toISOString(),
  };
}

/** No session ends here and no workgroup goes, so that nothing else should be asked. */
function refusal(what: string): AwsResponse {
  return {
    ...jsonResponse({ __type: "InvalidRequestException", Message: `no answer to ${what}` }),
    status: 400,
  };
}

function send({ status, headers, body }: AwsResponse, response: ServerResponse): void {
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}
