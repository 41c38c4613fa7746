import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { HttpServerOptions } from "../../src/http/server.ts";
import { bodyOf, type Running, serve } from "./harness.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

let running: Running | undefined;
afterEach(() => running?.server.close(0));

async function start(change: Partial<HttpServerOptions> = {}): Promise<string> {
  running = await serve(change);
  return running.url;
}

/** Sends exactly these headers and decompresses nothing, unlike fetch(). */
function rawGet(
  url: string,
  headers: Record<string, string>,
): Promise<{ headers: Record<string, unknown>; body: Buffer }> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
    })
      .on("error", reject)
      .end();
  });
}

describe("/metrics", () => {
  test("responds with text unless the client prefers OpenMetrics", async () => {
    const url = `${await start()}/metrics`;
    const text = await fetch(url);
    expect([text.status, text.headers.get("content-type")]).toEqual([200, TEXT]);
    expect(await text.text()).toBe('up{format="text"} 1\n');
    const openmetrics = await fetch(url, {
      headers: { accept: "application/openmetrics-text;version=1.0.0" },
    });
    expect(openmetrics.headers.get("content-type")).toBe(OPENMETRICS);
    expect(await openmetrics.text()).toBe('up{format="openmetrics"} 1\n');
  });

  test("sends the same bytes with and without gzip, and their length", async () => {
    const text = "é 😀 metric 1\n".repeat(50_000);
    const url = `${await start({ body: async (_format, encoding) => bodyOf(text, encoding) })}/metrics`;
    const plain = await rawGet(url, {});
    const gzip = await rawGet(url, { "accept-encoding": "gzip" });
    expect(plain.body.toString()).toBe(text);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.headers["content-length"]).toBe(String(Buffer.byteLength(text)));
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gzip.headers["vary"]).toBe("Accept, Accept-Encoding");
  });

  test.each([
    [undefined, false],
    ["", false],
    ["identity", false],
    ["gzip", true],
    ["gzip, deflate, br", true],
    ["deflate, gzip;q=1.0, *;q=0.5", true],
    ["gzip;q=0", false],
    ["gzip;q=0, *", false],
    ["*", true],
    ["*;q=0", false],
    ["identity;q=1, gzip;q=0.5", false],
    ["GZIP;Q=0.5", true],
    ["gzip;q=much", false],
    [';,=q "gzip', false],
  ])("for Accept-Encoding: %s uses gzip: %s", async (acceptEncoding, wanted) => {
    const headers = acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding };
    const response = await rawGet(`${await start()}/metrics`, headers);
    expect(response.headers["content-encoding"]).toBe(wanted ? "gzip" : undefined);
    const text = wanted ? gunzipSync(response.body) : response.body;
    expect(text.toString()).toBe('up{format="text"} 1\n');
  });

  test("responds to HEAD with the headers only", async () => {
    const response = await fetch(`${await start()}/metrics`, { method: "HEAD" });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, TEXT]);
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(0);
    expect(await response.text()).toBe("");
  });

  test("can have another path, even one with pattern characters of Express", async () => {
    const url = await start({ telemetryPath: "/a(b)*:c/metrics" });
    expect((await fetch(`${url}/a(b)*:c/metrics`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
  });

  test("hides the cause of an internal error from the client", async () => {
    const url = await start({ body: () => Promise.reject(new Error("secret path")) });
    const response = await fetch(`${url}/metrics`);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe("Internal error; see the exporter's log.\n");
    expect(running?.errors).toEqual([new Error("secret path")]);
  });
});

describe("the other routes", () => {
  test("/-/healthy is 200 even if the exporter is not ready", async () => {
    const response = await fetch(`${await start({ isReady: async () => false })}/-/healthy`);
    expect([response.status, await response.text()]).toEqual([200, "Healthy.\n"]);
  });

  test("/-/healthy is 503 where the exporter does not do its work", async () => {
    const response = await fetch(`${await start({ isHealthy: async () => false })}/-/healthy`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("the thread that polls does not respond");
  });

  test("/-/ready is 503 until the exporter is ready", async () => {
    let ready = false;
    const url = `${await start({ isReady: async () => ready })}/-/ready`;
    expect((await fetch(url)).status).toBe(503);
    ready = true;
    expect((await fetch(url)).status).toBe(200);
  });

  test("the status page is HTML whose policy allows no scripts", async () => {
    const response = await fetch(`${await start()}/?q=etl`);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.text()).toContain('value="etl"');
  });

  test.each([
    ["", "60"],
    ["?refresh=0", null],
    ["?refresh=30", "30"],
    ["?refresh=1", "5"],
    ["?refresh=9999", "3600"],
    ["?refresh=soon", "60"],
  ])("the status page with %j has the Refresh header %s", async (query, wanted) => {
    const { headers } = await fetch(`${await start()}/${query}`);
    expect(headers.get("refresh")).toBe(wanted);
  });

  test.each(["/", "/metrics", "/-/healthy", "/-/ready"])(
    "%s responds with 405 to other methods than GET and HEAD",
    async (path) => {
      const url = await start();
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        const response = await fetch(url + path, { method });
        expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, "GET, HEAD"]);
      }
      expect((await fetch(url + path, { method: "HEAD" })).status).toBe(200);
    },
  );

  test.each(["/nothing", "/Metrics", "/metrics/", "/%", "/%00"])("%s is 404", async (path) => {
    const response = await fetch((await start()) + path);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).not.toContain(path);
  });

  test("no response reveals the web framework", async () => {
    const url = await start();
    for (const path of ["/", "/metrics", "/nothing"]) {
      const { headers } = await fetch(url + path);
      expect([headers.get("x-powered-by"), headers.get("etag")]).toEqual([null, null]);
    }
  });
});
