import { randomBytes } from "node:crypto";
import { get, type IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { text as readText } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import { DEFAULT_TIMEOUTS, type HttpServerOptions } from "../../src/http/server.ts";
import type { Body } from "../../src/exposition/body-memory.ts";
import type { Encoding } from "../../src/exposition/exposition.ts";
import { bodyOf, deferred, rawClient, type Running, serve, untilClosed } from "./harness.ts";

const SHORT = { headersMs: 100, requestMs: 150, stalledMs: 5000, keepAliveMs: 5000, checkMs: 20 };
const GET = "GET /metrics HTTP/1.1\r\nHost: x\r\n";

let running: Running | undefined;
afterEach(() => running?.server.close(0));

async function start(change: Partial<HttpServerOptions> = {}): Promise<Running> {
  running = await serve(change);
  return running;
}

/** Incompressible and larger than the buffers of sockets. */
const LARGE_TEXT = randomBytes(12_000_000).toString("latin1");
const LARGE_BODIES = { gzip: bodyOf(LARGE_TEXT, "gzip"), identity: bodyOf(LARGE_TEXT, "identity") };
const largeBody = async (_format: string, encoding: Encoding) => LARGE_BODIES[encoding];

/** Waits until a scrape is accepted, which means that the previous one no longer counts. */
async function expectScrapeAccepted(url: string): Promise<void> {
  const status = async () => (await fetch(`${url}/metrics`, { method: "HEAD" })).status;
  await expect.poll(status, { timeout: 5000 }).toBe(200);
}

describe("scrapes over the limit", () => {
  test("get 503 with Retry-After until another scrape has ended", async () => {
    const waiting = deferred<Body>();
    const started = deferred<undefined>();
    const body = () => {
      started.resolve(undefined);
      return waiting.promise;
    };
    const { url } = await start({ maxRequests: 1, body });
    const first = fetch(`${url}/metrics`);
    await started.promise;
    const refused = await fetch(`${url}/metrics`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await refused.text()).toContain("--web.max-requests");
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    waiting.resolve(bodyOf("x 1\n", "gzip"));
    expect(await (await first).text()).toBe("x 1\n");
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  test("are counted until their response is sent", async () => {
    const { url, port } = await start({ maxRequests: 1, body: largeBody });
    const reader = rawClient(port, `${GET}Accept-Encoding: gzip\r\n\r\n`);
    await new Promise((resolve) => reader.once("readable", resolve));
    expect((await fetch(`${url}/metrics`)).status).toBe(503);
    reader.destroy();
  });

  test("no longer count once their connection is closed, even if other requests waited on it", async () => {
    const neverReady: Promise<Body>[] = [];
    const body = async () => neverReady.shift() ?? bodyOf("x 1\n", "gzip");
    const { url, port, errors } = await start({ maxRequests: 1, body });
    for (let connection = 1; connection <= 2; connection += 1) {
      neverReady.push(new Promise<Body>(() => undefined));
      const socket = rawClient(port, `${GET}\r\n`.repeat(3));
      await expect.poll(() => neverReady.length, { timeout: 5000 }).toBe(0);
      expect((await fetch(`${url}/metrics`)).status).toBe(503);
      socket.destroy();
      await expectScrapeAccepted(url);
    }
    expect(errors).toEqual([]);
  });

  test("all get a response if 300 arrive at once", async () => {
    const { url } = await start({ maxRequests: 40 });
    const statuses = await Promise.all(
      Array.from({ length: 300 }, async () => {
        const response = await fetch(`${url}/metrics`);
        await response.text();
        return response.status;
      }),
    );
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
  });
});

test("a client that reads slowly and without gzip gets the whole text, and delays no other", async () => {
  const { url } = await start({ body: largeBody });
  const response = await new Promise<IncomingMessage>((resolve) => get(`${url}/metrics`, resolve));
  response.pause();
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
  expect((await readText(response)) === LARGE_TEXT).toBe(true);
});

describe("the server disconnects only the client", () => {
  test("that sends nothing", async () => {
    const { url, port } = await start({ timeouts: SHORT });
    const closed = untilClosed(rawClient(port, ""));
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    expect(await closed).toMatch(/^(HTTP\/1\.1 408|$)/);
  });

  test("that does not complete its headers", async () => {
    const { port } = await start({ timeouts: SHORT });
    expect(await untilClosed(rawClient(port, "GET / HTTP/1.1\r\nHo"))).toMatch(/^HTTP\/1\.1 408/);
  });

  test("that does not complete its body", async () => {
    const { port } = await start({ timeouts: SHORT });
    const text = await untilClosed(
      rawClient(port, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"),
    );
    expect(text).toMatch(/^HTTP\/1\.1 405/);
  });

  test.each(["gzip", "identity"])("that stops reading %s", async (encoding) => {
    const { url, port, errors } = await start({
      timeouts: { ...SHORT, stalledMs: 100 },
      maxRequests: 1,
      body: largeBody,
    });
    const socket = rawClient(port, `${GET}Accept-Encoding: ${encoding}\r\n\r\n`);
    await new Promise((resolve) => socket.once("readable", resolve));
    socket.pause();
    await expectScrapeAccepted(url);
    socket.destroy();
    expect(errors).toEqual([]);
  });

  test.each(["gzip", "identity"])("that disconnects while it reads %s", async (encoding) => {
    const { url, port, errors } = await start({ maxRequests: 1, body: largeBody });
    const socket = rawClient(port, `${GET}Accept-Encoding: ${encoding}\r\n\r\n`);
    await new Promise((resolve) => socket.once("readable", resolve));
    socket.resetAndDestroy();
    await expectScrapeAccepted(url);
    expect(errors).toEqual([]);
  });

  test("that disconnects before its response is ready", async () => {
    const waiting = deferred<Body>();
    const started = deferred<undefined>();
    const bodies = [waiting.promise];
    const body = async () => {
      started.resolve(undefined);
      return bodies.shift() ?? bodyOf("x 1\n", "gzip");
    };
    const { url, port, errors } = await start({ maxRequests: 1, body });
    const socket = rawClient(port, `${GET}\r\n`);
    await started.promise;
    socket.destroy();
    await expectScrapeAccepted(url);
    waiting.resolve(bodyOf("late 1\n", "gzip"));
    await expectScrapeAccepted(url);
    expect(errors).toEqual([]);
  });

  test("whose scrape takes longer than a minute", async () => {
    const timers: { delayMs: number; action: () => void }[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (delayMs, action) => {
        timers.push({ delayMs, action });
        return () => undefined;
      },
    };
    const { port } = await start({ clock, body: largeBody });
    const socket = rawClient(port, `${GET}Accept-Encoding: gzip\r\n\r\n`);
    await new Promise((resolve) => socket.once("readable", resolve));
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([60_000]);
    timers[0]?.action();
    const text = await untilClosed(socket);
    expect(text.length).toBeLessThan(LARGE_BODIES.gzip.bytes);
  });

  test("whose headers are too long", async () => {
    const { port } = await start();
    const text = await untilClosed(rawClient(port, `${GET}X: ${"x".repeat(20_000)}\r\n\r\n`));
    expect(text).toMatch(/^HTTP\/1\.1 431/);
  });

  test("that does not send HTTP", async () => {
    const { port } = await start();
    expect(await untilClosed(rawClient(port, "\x16\x03\x01\x02\x00"))).toMatch(/^HTTP\/1\.1 400/);
  });
});

describe("listening", () => {
  test("works on several addresses", async () => {
    const { server } = await start();
    const bound = await server.listen([
      { host: "127.0.0.1", port: 0 },
      { host: "localhost", port: 0 },
    ]);
    for (const { port } of bound) {
      expect((await fetch(`http://localhost:${port}/-/healthy`)).status).toBe(200);
    }
  });

  test("on a port in use fails with an error of one line", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = (typeof address === "object" ? address?.port : undefined) ?? 0;
    const { server } = await start();
    await expect(server.listen([{ host: "127.0.0.1", port }])).rejects.toThrow(
      new RegExp(
        `^port ${port} on 127\\.0\\.0\\.1 is already in use; choose another with --web\\.listen-address$`,
      ),
    );
    await new Promise((resolve) => other.close(resolve));
  });

  test("on an address of another host fails", async () => {
    const { server } = await start();
    await expect(server.listen([{ host: "192.0.2.1", port: 0 }])).rejects.toThrow(
      "192.0.2.1 is not an address of this host",
    );
  });

  test("by default keeps connections open for longer than a scrape interval", () => {
    expect(DEFAULT_TIMEOUTS.keepAliveMs).toBeGreaterThan(60_000);
  });
});

describe("closing", () => {
  test("waits for running responses and accepts no new ones", async () => {
    const waiting = deferred<Body>();
    const started = deferred<undefined>();
    const body = () => {
      started.resolve(undefined);
      return waiting.promise;
    };
    const { server, url } = await start({ body });
    const scrape = fetch(`${url}/metrics`);
    await started.promise;
    const closing = server.close(5000);
    await expect(fetch(`${url}/-/healthy`)).rejects.toThrow("fetch failed");
    waiting.resolve(bodyOf("x 1\n", "gzip"));
    expect(await (await scrape).text()).toBe("x 1\n");
    await closing;
  });

  test("disconnects all clients after the grace period", async () => {
    const started = deferred<undefined>();
    const body = () => {
      started.resolve(undefined);
      return new Promise<Body>(() => undefined);
    };
    const { server, port } = await start({ body });
    const silent = rawClient(port, "");
    await new Promise((resolve) => silent.once("connect", resolve));
    const closed = Promise.all([untilClosed(silent), untilClosed(rawClient(port, `${GET}\r\n`))]);
    await started.promise;
    await server.close(20);
    expect(await closed).toEqual(["", ""]);
  });
});
