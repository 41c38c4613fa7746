import { once } from "node:events";
import { expect, test } from "vitest";
import { attack, report, SERVED, readyFleet, visits, TEST_TIMEOUT_MS } from "./attack.ts";

test(
  "400 connections that send a request byte by byte, and are closed",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const exporter = await readyFleet();
    const sockets = await attack(exporter, 400, "GET /metrics HTTP/1.1\r\nHo");
    for (const socket of sockets) socket.resume();
    const closed = Promise.all(sockets.map((socket) => once(socket, "close")));
    expect(report("slow senders: /metrics", await visits(exporter, "/metrics", 10))).toEqual(SERVED);
    for (const socket of sockets) socket.write("s");
    expect(report("slow senders: /-/healthy", await visits(exporter, "/-/healthy", 10))).toEqual(SERVED);
    await closed;
  },
);
