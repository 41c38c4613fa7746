import { expect, test } from "vitest";
import { until } from "../until.ts";
import {
  attack,
  memoryOf,
  RENDERED_PATHS,
  report,
  SERVED,
  readyFleet,
  visits,
  TEST_TIMEOUT_MS,
} from "./attack.ts";

test(
  "200 connections that send a request for anything and never read delay no others",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const exporter = await readyFleet();
    for (const path of ["/metrics", ...RENDERED_PATHS]) {
      await visits(exporter, path, 3);
      const before = memoryOf(exporter);
      const sockets = await attack(exporter, 200, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect(report(`${path} unread: /metrics`, await visits(exporter, "/metrics", 10))).toEqual(SERVED);
      const grown = memoryOf(exporter) - before;
      process.stdout.write(`memory grew by ${Math.round(grown)} MiB\n`);
      expect(grown).toBeLessThan(50);
      for (const socket of sockets) socket.destroy();
    }
  },
);

test(
  "connections that never read can block their client's scrapes, but never those of others",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const exporter = await readyFleet("--web.max-requests=4");
    await until("a scrape to be refused", async () => {
      await attack(exporter, 1, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(9));
      return (await exporter.status("/metrics")) === 503;
    });
    expect(await exporter.status("/-/healthy")).toBe(200);
    expect(report("slots taken: /metrics", await visits(exporter, "/metrics", 5))).toEqual(SERVED);
  },
);
