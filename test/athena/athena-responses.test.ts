import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test, vi } from "vitest";
import { Athena } from "../../src/athena/athena.ts";
import { OwnCredentials } from "../../src/athena/own-credentials.ts";
import { systemClock } from "../../src/clock.ts";

const closers: (() => unknown)[] = [];

afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
  vi.unstubAllEnvs();
});

/** The API of Athena at a server that answers every request with `listener`; `readCredentials` gives the process' own credentials. */
async function athenaAt(
  listener: RequestListener,
  readCredentials = async () => ({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" }),
): Promise<Athena> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const athena = new Athena({
    region: "eu-west-1",
    ownCredentials: new OwnCredentials(systemClock, () => readCredentials),
    timeoutMs: 5000,
    version: "1.0.0",
    clock: systemClock,
    observer: () => undefined,
  });
  closers.push(() => {
    athena.close();
    server.closeAllConnections();
    server.close();
  });
  return athena;
}

const context = { signal: new AbortController().signal, permit: async () => undefined };

test.each([202, 204])("a response with the status %i and no body is malformed", async (status) => {
  const athena = await athenaAt((_request, response) => response.writeHead(status).end());
  await expect(athena.listSessions({ workgroup: "etl" }, context)).rejects.toMatchObject({
    name: "ApiError",
    reason: "malformed_response",
    operation: "ListSessions",
  });
});

test("a listing of workgroups that goes on beyond every quota ends with an error", async () => {
  const WorkGroups = Array.from({ length: 5000 }, (_, index) => ({ Name: `w-${index}` }));
  let pages = 0;
  const athena = await athenaAt((request, response) => {
    // The first request asks STS for the account of the credentials.
    if (request.headers["x-amz-target"] === undefined) {
      response.writeHead(500).end();
      return;
    }
    pages += 1;
    response.end(JSON.stringify({ WorkGroups, NextToken: `page ${pages}` }));
  });
  await expect(athena.listWorkgroups(context)).rejects.toMatchObject({
    reason: "malformed_response",
    message: "the listing of ListWorkGroups does not end",
  });
  expect(pages).toBe(3);
});

test("the message of missing credentials is not prefixed with an internal error's name", async () => {
  const athena = await athenaAt(
    (_request, response) => response.end(),
    async () => {
      throw Object.assign(new Error("there are no credentials"), { name: "CredentialsProviderError" });
    },
  );
  await expect(athena.listWorkgroups(context)).rejects.toThrow(
    /^there are no credentials: they were looked for in/,
  );
});

test("later requests of an operation are the SDK's first one, but for what differs from call to call", async () => {
  const requests: { readonly headers: object; readonly body: string }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const isAthena = request.headers["x-amz-target"] !== undefined;
    if (isAthena) requests.push({ headers: request.headers, body });
    response.writeHead(isAthena ? 200 : 403).end(JSON.stringify({ Sessions: [] }));
  };
  const athena = await athenaAt((request, response) => void answer(request, response));
  for (const workgroup of ["etl", "etl", "\u00fcber"]) await athena.listSessions({ workgroup }, context);
  const [first, second, third] = requests;
  const ofEachCall = {
    "amz-sdk-invocation-id": expect.any(String),
    authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\//),
    "x-amz-date": expect.any(String),
  };
  expect(second?.body).toBe(first?.body);
  expect(second?.headers).toEqual({ ...first?.headers, ...ofEachCall });
  expect(JSON.parse(third?.body ?? "")).toMatchObject({ WorkGroup: "\u00fcber" });
  expect(third?.headers).toMatchObject({ "content-length": String(Buffer.byteLength(third?.body ?? "")) });
  const ids = requests.map(({ headers }) => (headers as Record<string, string>)["amz-sdk-invocation-id"]);
  expect(new Set(ids).size).toBe(3);
});

test("attempts go on with the SDK's retries where a later request of an operation fails", async () => {
  const attempts: string[] = [];
  const athena = await athenaAt((request, response) => {
    const isAthena = request.headers["x-amz-target"] !== undefined;
    if (isAthena) attempts.push(String(request.headers["amz-sdk-request"]));
    const status = isAthena && attempts.length !== 2 ? 200 : 503;
    response.writeHead(status).end(JSON.stringify({ Sessions: [] }));
  });
  for (const workgroup of ["etl", "notebooks"]) await athena.listSessions({ workgroup }, context);
  expect(attempts).toEqual(["attempt=1; max=3", "attempt=1; max=3", "attempt=2; max=3"]);
});
