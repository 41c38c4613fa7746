import { afterEach, expect, test, vi } from "vitest";
import { runCli } from "../../src/cli.ts";
import { systemClock } from "../../src/clock.ts";
import { EXIT } from "../../src/app/host.ts";

const former = { ...process.env };

afterEach(() => {
  process.env = former;
});

test("the demo reads its own simulator where the environment names a proxy", async () => {
  process.env = { ...former, HTTP_PROXY: "http://127.0.0.1:1", https_proxy: "http://127.0.0.1:1" };
  let stop = (_signal: string) => {};
  let origin = "";
  const demo = runCli(["demo", "--web.listen-address=127.0.0.1:0", "--log.level=fatal"], {
    environment: process.env,
    clock: systemClock,
    random: () => 0,
    readFile: () => Promise.reject(new Error("there is no file")),
    readMode: async () => 0o600,
    print: async (text) => {
      origin = /http:\/\/[\w.]+:\d+/.exec(text)?.[0] ?? "";
    },
    printError: () => undefined,
    isTerminal: false,
    onStop: (action) => {
      stop = action;
    },
    onReload: () => undefined,
  });
  await vi.waitFor(
    async () => {
      const response = await fetch(`${origin}/metrics`);
      expect(await response.text()).toMatch(/^athena_workgroup_up\{.*\} 1$/m);
    },
    { timeout: 20_000, interval: 100 },
  );
  stop("SIGTERM");
  expect(await demo).toBe(EXIT.done);
});
