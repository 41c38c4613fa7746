import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
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
