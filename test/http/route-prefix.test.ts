import { afterEach, describe, expect, test } from "vitest";
import { hashSync } from "bcryptjs";
import { OPEN_ACCESS } from "../../src/config/web/access-config.ts";
import { workgroupView } from "../metrics/views.ts";
import { links } from "./rendered-page.ts";
import { rawClient, serve, untilClosed, type Running, type ServeOptions } from "./harness.ts";

let running: Running | undefined;
afterEach(() => running?.server.close(0));

async function start(routePrefix: string, change: ServeOptions = {}): Promise<string> {
  running = await serve({ routePrefix, ...change });
  return running.url;
}

const statusOf = async (url: string) => (await fetch(url, { redirect: "manual" })).status;

describe("under --web.route-prefix", () => {
  test.each(["/", "/metrics", "/-/healthy", "/-/ready", "/api/v1/sessions", "/api/v1/workgroups?page=1"])(
    "%s is served, and not without the prefix",
    async (path) => {
      const url = await start("/tools/athena");
      expect(await statusOf(`${url}/tools/athena${path}`)).toBe(200);
      expect(await statusOf(url + path)).toBe(path === "/" ? 302 : 404);
      expect(await statusOf(`${url}/tools/athenas${path}`)).toBe(404);
    },
  );

  test("the root and the prefix lead to the status page", async () => {
    const url = await start("/tools/athena");
    for (const path of ["/", "/tools/athena"]) {
      const response = await fetch(url + path);
      expect(response.url).toBe(`${url}/tools/athena/`);
      expect(await response.text()).toContain("<h1>Athena Spark sessions</h1>");
    }
  });

  test("every link of the status page stays below it", async () => {
    const data = { version: "1", telemetryPath: "/metrics", accounts: [], workgroups: [workgroupView()] };
    const base = `${await start("/tools/athena", { page: () => data })}/tools/athena/`;
    for (const page of [base, `${base}?q=etl&sort=-idle`]) {
      const markup = await (await fetch(page)).text();
      const targets = [
        ...links(markup).filter((href) => !href.startsWith("https://")),
        ...[...markup.matchAll(/action="([^"]*)"/g)].map(([, path = ""]) => path),
      ];
      expect(targets.length).toBeGreaterThan(5);
      for (const target of targets) expect(new URL(target, page).href).toContain(base);
      for (const target of targets) expect(await statusOf(new URL(target, page).href)).toBe(200);
    }
  });

  test("a target that is a whole URL is served", async () => {
    const { port } = new URL(await start("/athena"));
    const request = "GET http://x:99999/athena/-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    expect(await untilClosed(rawClient(Number(port), request))).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("open probes are answered without a password, and nothing else", async () => {
    const access = { ...OPEN_ACCESS, users: new Map([["a", hashSync("b", 4)]]) };
    const url = await start("/athena", { access, hasOpenProbes: true });
    expect(await statusOf(`${url}/athena/-/healthy`)).toBe(200);
    expect(await statusOf(`${url}/athena/-/ready`)).toBe(200);
    for (const path of ["/-/healthy", "/", "/athena/", "/athena/metrics"])
      expect(await statusOf(url + path)).toBe(401);
  });
});
