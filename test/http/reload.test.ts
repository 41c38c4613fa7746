import { afterEach, describe, expect, test } from "vitest";
import type { HttpServerOptions } from "../../src/http/server.ts";
import { type Running, serve } from "./harness.ts";

let running: Running | undefined;
afterEach(() => running?.server.close(0));

async function post(change: Partial<HttpServerOptions>, method = "POST"): Promise<Response> {
  running = await serve(change);
  return fetch(`${running.url}/-/reload`, { method });
}

describe("POST /-/reload", () => {
  test("is 200 after a successful reload", async () => {
    let reloads = 0;
    const response = await post({
      reload: async () => {
        reloads += 1;
        return [];
      },
    });
    expect([response.status, await response.text(), reloads]).toEqual([200, "Reloaded.\n", 1]);
  });

  test("is 500 with all errors after a failed reload", async () => {
    const response = await post({ reload: async () => ["a.yaml:1:1: first", "a.yaml:2:1: second"] });
    expect([response.status, await response.text()]).toEqual([
      500,
      "Not reloaded; nothing has changed.\na.yaml:1:1: first\na.yaml:2:1: second\n",
    ]);
  });

  test("is 403 while reloads over HTTP are disabled, and names the flag that enables them", async () => {
    const response = await post({});
    expect([response.status, await response.text()]).toEqual([
      403,
      "Reloads over HTTP are disabled; enable them with --web.enable-lifecycle.\n",
    ]);
  });

  test.each(["GET", "PUT", "DELETE"])("is 405 for %s, whether reloads are enabled or not", async (method) => {
    for (const reload of [undefined, async () => []]) {
      const response = await post({ ...(reload && { reload }) }, method);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      await running?.server.close(0);
    }
  });
});
