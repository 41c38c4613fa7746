import { afterEach, describe, expect, test } from "vitest";
import { problemOfHost } from "../../src/http/expected-host.ts";
import type { HttpServerOptions } from "../../src/http/server.ts";
import { rawClient, serve, untilClosed, type Running } from "./harness.ts";

const EXTERNAL_URL = "https://tools.example.net/athena";

let running: Running | undefined;
afterEach(() => running?.server.close(0));

async function start(change: Partial<HttpServerOptions> = {}): Promise<Running> {
  running = await serve(change);
  return running;
}

const statusOf = (host: string, externalUrl: string | undefined = EXTERNAL_URL) =>
  problemOfHost({ headers: { host }, httpVersion: "1.1" }, externalUrl)?.status;

describe("where --web.external-url is set", () => {
  test.each([
    "tools.example.net",
    "TOOLS.example.net:10284",
    "10.0.0.7:10284",
    "127.0.0.1",
    "[::1]:10284",
    "[fd00::7]",
    "localhost:10284",
    "athena-session-exporter:10284",
  ])("the Host header %s is accepted", (host) => {
    expect(statusOf(host)).toBeUndefined();
  });

  test.each([
    "evil.example",
    "evil.example:10284",
    "tools.example.net.evil.example",
    "10.0.0.7.evil.example",
    "[::1].evil.example",
    "tools.example.net@evil.example",
    "tools.example.net/",
    "[tools]",
    "",
    " ",
    ":10284",
  ])("the Host header %j is refused", (host) => {
    expect(statusOf(host)).toBe(421);
  });

  test("the response says what is expected, on every path, and nothing of what was sent", async () => {
    const { port } = await start({ externalUrl: EXTERNAL_URL });
    for (const path of ["/", "/metrics", "/-/healthy", "/api/v1/sessions", "/nothing"]) {
      const request = `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`;
      const text = await untilClosed(rawClient(port, request));
      expect(text).toMatch(/^HTTP\/1\.1 421 /);
      expect(text).toContain(
        "expected tools.example.net, or an IP address, localhost or a name without a dot.",
      );
      expect(text).not.toContain("evil");
    }
  });

  test("a scrape and a probe by address are answered", async () => {
    const { url } = await start({ externalUrl: EXTERNAL_URL });
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  });

  test("a reload from its own pages is accepted, also where the proxy changes the Host header", async () => {
    const { url } = await start({ externalUrl: EXTERNAL_URL, reload: async () => [] });
    const reload = async (origin: string) =>
      (await fetch(`${url}/-/reload`, { method: "POST", headers: { origin } })).status;
    expect(await reload("https://tools.example.net")).toBe(200);
    expect(await reload("http://tools.example.net")).toBe(403);
    expect(await reload("https://evil.example")).toBe(403);
  });
});

test("without it every Host header is accepted", () => {
  expect(problemOfHost({ headers: { host: "evil.example" }, httpVersion: "1.1" }, undefined)).toBeUndefined();
});

describe("without a Host header", () => {
  test("a request of HTTP/1.0 is answered, and one of HTTP/1.1 is refused", async () => {
    const { port } = await start();
    expect(await untilClosed(rawClient(port, "GET /-/healthy HTTP/1.0\r\n\r\n"))).toMatch(/^HTTP\/1\.1 200 /);
    const text = await untilClosed(rawClient(port, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));
    expect(text).toMatch(/^HTTP\/1\.1 400 [^]*A request of HTTP\/1\.1 needs a Host header\./);
  });
});

test.each([
  ["without a Host header", "GET / HTTP/1.1\r\n\r\n"],
  ["with an expectation that does not exist", "GET / HTTP/1.1\r\nHost: x\r\nExpect: nothing\r\n\r\n"],
])("pipelined requests %s are limited as others are", async (_what, request) => {
  const { port } = await start();
  const text = await untilClosed(rawClient(port, request.repeat(2_000)));
  expect(text.match(/HTTP\/1\.1 \d+ /g)).toHaveLength(10);
  expect(text).toMatch(/HTTP\/1\.1 503 [^]*Too many requests on one connection/);
});
