import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock, type Clock } from "../../src/clock.ts";
import { clientOf } from "../../src/http/limits/client-address.ts";
import { ClientSlots } from "../../src/http/limits/client-slots.ts";
import { rawClient, serve, untilClosed, type Running, type ServeOptions } from "./harness.ts";

const PAGE_DATA = { version: "1.2.3", telemetryPath: "/metrics", accounts: [], workgroups: [] };
const REQUEST = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n";
const LAST = `${REQUEST}Connection: close\r\n\r\n`;

let running: Running | undefined;
afterEach(() => running?.server.close(0));

async function start(change: ServeOptions = {}): Promise<Running> {
  running = await serve(change);
  return running;
}

const statusesIn = (text: string): string[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status = ""]) => status);

describe("pipelined requests", () => {
  test("are answered in their order, up to 9 of them", async () => {
    const { port } = await start();
    const text = await untilClosed(rawClient(port, `${REQUEST}\r\n`.repeat(8) + LAST));
    expect(statusesIn(text)).toEqual(Array.from({ length: 9 }, () => "200"));
  });

  test("over the limit end the connection with 503, after the responses that are due", async () => {
    const { port, errors } = await start();
    const text = await untilClosed(rawClient(port, `${REQUEST}\r\n`.repeat(2_000)));
    expect(statusesIn(text)).toEqual([...Array.from({ length: 9 }, () => "200"), "503"]);
    expect(text).toMatch(/Retry-After: 1\r\n/i);
    expect(errors).toEqual([]);
  });

  test("over the limit close the client's other connections that have had no response, and no others", async () => {
    const { port, url } = await start();
    const kept = rawClient(port, `${REQUEST}\r\n`);
    await once(kept, "data");
    const silent = rawClient(port, "");
    await once(silent, "connect");
    // The server has accepted it by then.
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    const closed = untilClosed(silent);
    await untilClosed(rawClient(port, `${REQUEST}\r\n`.repeat(100)));
    expect(await closed).toBe("");
    const rest = untilClosed(kept);
    kept.write(LAST);
    expect(statusesIn(await rest)).toEqual(["200"]);
  });

  test("take no second scrape of their connection before the first has been sent", async () => {
    let scrapes = 0;
    const { port, url } = await start({
      body: () => {
        scrapes += 1;
        return new Promise(() => undefined);
      },
    });
    const socket = rawClient(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(9));
    await expect.poll(() => scrapes).toBe(1);
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    expect(scrapes).toBe(1);
    socket.destroy();
  });
});

describe("the status page", () => {
  /** A clock that runs no timer before `release` is called, except those of slow readers. */
  function heldClock() {
    const held: (() => void)[] = [];
    let isHeld = true;
    const clock: Clock = {
      ...systemClock,
      after(delayMs, action) {
        if (delayMs < 10_000 && isHeld) held.push(action);
        else return systemClock.after(delayMs, action);
        return () => undefined;
      },
    };
    const release = () => {
      isHeld = false;
      for (const action of held) action();
    };
    return { clock, release };
  }

  /** Page data, and how often it was asked for. */
  function countedPage() {
    let rendered = 0;
    const page = () => {
      rendered += 1;
      return PAGE_DATA;
    };
    return { page, rendered: () => rendered };
  }

  test("is rendered once for many requests at a time", async () => {
    const { clock, release } = heldClock();
    const { page, rendered } = countedPage();
    const { url } = await start({ clock, page });
    const pages = Array.from({ length: 50 }, async () => (await fetch(`${url}/`)).text());
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    release();
    expect(new Set(await Promise.all(pages)).size).toBe(1);
    expect(rendered()).toBe(1);
  });

  test("with many filters is refused with 503 where too many wait", async () => {
    const { clock, release } = heldClock();
    const { page, rendered } = countedPage();
    const { url } = await start({ clock, page });
    const refused: (string | null)[] = [];
    const responses = Array.from({ length: 20 }, async (_, index) => {
      // What is rendered shares one limit.
      const path = ["/", "/api/v1/sessions", "/api/v1/workgroups"][index % 3] ?? "/";
      const { status, headers } = await fetch(`${url}${path}?q=${index}`);
      if (status === 503) refused.push(headers.get("retry-after"));
      return status;
    });
    await expect.poll(() => refused.length, { timeout: 10_000 }).toBe(12);
    release();
    expect((await Promise.all(responses)).filter((status) => status === 200)).toHaveLength(8);
    expect(new Set(refused)).toEqual(new Set(["1"]));
    expect(rendered()).toBe(8);
  });

  test("that cannot be rendered is an error for those who wait, and not kept", async () => {
    let isBroken = true;
    const { url, errors } = await start({
      page: () => {
        if (isBroken) throw new Error("broken");
        return PAGE_DATA;
      },
    });
    expect((await fetch(`${url}/`)).status).toBe(500);
    isBroken = false;
    expect((await fetch(`${url}/`)).status).toBe(200);
    expect(errors).toEqual([new Error("broken")]);
  });

  test("has styles by their hash, and none inline in elements", async () => {
    const response = await fetch(`${(await start()).url}/`);
    expect(response.headers.get("content-security-policy")).toMatch(/style-src 'sha256-[\w+/]{43}='/);
    expect(await response.text()).not.toMatch(/\sstyle="/);
  });
});

test.each(["http://x:99999/", "http://x:99999/?q=etl", "http://[/", "//", "*", "/?q=%", "/?%ff%00=%"])(
  "GET %s is answered without an internal error",
  async (target) => {
    const { port, errors } = await start();
    const text = await untilClosed(
      rawClient(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    expect(text).toMatch(/^HTTP\/1\.1 (200|400|404) /);
    expect(errors).toEqual([]);
  },
);

describe("POST /-/reload", () => {
  test.each([
    [{}, 200],
    [{ "sec-fetch-site": "same-origin" }, 200],
    [{ "sec-fetch-site": "none" }, 200],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "http://localhost" }, 403],
    [{ origin: "" }, 403],
  ])("with the headers %j is %i", async (headers, status) => {
    let reloads = 0;
    const reload = async () => {
      reloads += 1;
      return [];
    };
    const { url } = await start({ reload });
    expect((await fetch(`${url}/-/reload`, { method: "POST", headers })).status).toBe(status);
    expect(reloads).toBe(status === 200 ? 1 : 0);
  });

  test("from a page of the exporter itself is accepted", async () => {
    const { url } = await start({ reload: async () => [] });
    const headers = { origin: url, "sec-fetch-site": "same-origin" };
    expect((await fetch(`${url}/-/reload`, { method: "POST", headers })).status).toBe(200);
  });
});

describe("clients", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::9", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    [undefined, "local socket"],
  ])("the address %s counts as %s", (address, client) => {
    expect(clientOf(address)).toBe(client);
  });

  test("have at most their share of the slots, and give each back once", () => {
    const slots = new ClientSlots(4, 3);
    const taken = ["a", "a", "a"].map((client) => slots.take(client));
    expect(slots.take("a")).toBeUndefined();
    const other = slots.take("b");
    expect(other).toBeDefined();
    expect(slots.take("b")).toBeUndefined();
    taken[0]?.();
    taken[0]?.();
    expect(slots.take("c")).toBeDefined();
    expect(slots.take("c")).toBeUndefined();
  });
});
