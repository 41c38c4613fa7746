import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { parseInPieces } from "../../src/http/limits/small-pieces.ts";
import { rawClient, untilClosed } from "./harness.ts";

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that answers with the path and the body of each request, and tells how many it parsed. */
async function start(limit = Infinity): Promise<{ port: number; parsed: () => number }> {
  let parsed = 0;
  server = createServer((request, response) => {
    parsed += 1;
    let body = "";
    request.on("data", (data: Buffer) => (body += data.toString()));
    request.on("end", () =>
      response.end(`${request.url} ${String(request.headers["x-long"] ?? "")} ${body};`),
    );
  });
  server.on("connection", (socket) => parseInPieces(socket, () => parsed >= limit));
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, parsed: () => parsed };
}

const get = (path: string, last = false) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\n${last ? "Connection: close\r\n" : ""}\r\n`;

test("requests of any length, with bodies or without, are parsed as they were sent", async () => {
  const { port } = await start();
  const request = fc.record({
    long: fc.integer({ min: 0, max: 3_000 }),
    body: fc.integer({ min: 0, max: 5_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 6 }), async (requests) => {
      const text = requests.map(
        ({ long, body }, index) =>
          `POST /${index} HTTP/1.1\r\nHost: x\r\nX-Long: ${"h".repeat(long)}\r\nContent-Length: ${body}\r\n\r\n${"b".repeat(body)}`,
      );
      const answers = await untilClosed(rawClient(port, text.join("") + get("/last", true)));
      const wanted = requests.map(
        ({ long, body }, index) => `/${index} ${"h".repeat(long)} ${"b".repeat(body)};`,
      );
      expect(answers.match(/\/\w+ h* b*;/g)).toEqual([...wanted, "/last  ;"]);
    }),
    { numRuns: 30 },
  );
});

test("what follows is not parsed once the connection is over its limit", async () => {
  const { port, parsed } = await start(10);
  const socket = rawClient(port, get("/").repeat(2_000));
  await expect.poll(parsed).toBeGreaterThanOrEqual(10);
  socket.write(get("/").repeat(2_000));
  const answered = () => socket.bytesRead;
  await expect.poll(answered).toBeGreaterThan(0);
  // Those of the piece that exceeded the limit.
  expect(parsed()).toBeLessThan(10 + 1024 / get("/").length);
  socket.destroy();
});
