import { expect, test } from "vitest";
import {
  attack,
  cpuMsOf,
  memoryOf,
  RENDERED_PATHS,
  report,
  SERVED,
  readyFleet,
  visit,
  visits,
  TEST_TIMEOUT_MS,
} from "./attack.ts";

const SCRAPE = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

test(
  "60 connections of 2,000 pipelined requests for the page, or for a list, that are never read",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const exporter = await readyFleet();
    for (const path of RENDERED_PATHS) {
      await visits(exporter, path, 3);
      const before = memoryOf(exporter);
      const cpuBeforeMs = cpuMsOf(exporter);
      const sockets = await attack(exporter, 60, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(2000));
      const attacked = (visited: string) => `${path} pipelined: ${visited}`;
      await visit(exporter, "/-/healthy");
      const cpuMs = cpuMsOf(exporter) - cpuBeforeMs;
      process.stdout.write(`${attacked("CPU until the next answer")}: ${cpuMs} ms\n`);
      // Parsing all of the requests would take over 3 s more.
      expect(cpuMs).toBeLessThan(2_500);
      expect(report(attacked("/-/healthy"), await visits(exporter, "/-/healthy", 10))).toEqual(SERVED);
      expect(report(attacked("/metrics"), await visits(exporter, "/metrics", 10))).toEqual(SERVED);
      expect(report(attacked(path), await visits(exporter, path, 5))).toEqual(SERVED);
      const grown = memoryOf(exporter) - before;
      process.stdout.write(`memory grew by ${Math.round(grown)} MiB\n`);
      expect(grown).toBeLessThan(50);
      for (const socket of sockets) socket.destroy();
    }
  },
);

test(
  "40 connections of 60 pipelined scrapes without compression that are never read",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const exporter = await readyFleet();
    await attack(exporter, 40, SCRAPE.repeat(60));
    expect(report("/metrics pipelined: /metrics", await visits(exporter, "/metrics", 10))).toEqual(SERVED);
  },
);

test(
  "connections of pipelined scrapes that are closed before they are answered keep no slot",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const exporter = await readyFleet("--web.max-requests=4");
    for (let round = 0; round < 5; round += 1) {
      const sockets = await attack(exporter, 10, SCRAPE.repeat(9));
      for (const socket of sockets) socket.destroy();
    }
    expect(report("/metrics closed: /metrics", await visits(exporter, "/metrics", 10))).toEqual(SERVED);
  },
);
