import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hashSync } from "bcryptjs";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { report, SERVED, startFleet, visits, TEST_TIMEOUT_MS } from "./attack.ts";

test(
  "wrong passwords on 100 connections, of users who exist and who do not",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const file = join(await temporaryFolder(), "web.yml");
    await writeFile(file, `basic_auth_users:\n  prometheus: ${hashSync("right", 10)}\n`, { mode: 0o600 });
    const exporter = await startFleet(`--web.config.file=${file}`);
    const auth = "prometheus:right";
    await visits(exporter, "/metrics", 3, auth);
    expect(report("/metrics before", await visits(exporter, "/metrics", 30, auth))).toEqual(SERVED);
    const end = { isOver: false };
    let sent = 0;
    const answers = new Map<string, number>();
    const startMs = performance.now();
    const guess = async (connection: number) => {
      const socket = connect(exporter.port, "127.0.0.1");
      socket.on("error", () => socket.destroy());
      const closed = new Promise<undefined>((resolve) => {
        socket.once("close", () => resolve(undefined));
      });
      for (let index = 0; !end.isOver && !socket.destroyed; index += 1) {
        const user = index % 2 === 0 ? "prometheus" : `user-${index}`;
        const credentials = Buffer.from(`${user}:${connection}-${index}`).toString("base64");
        socket.write(`GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${credentials}\r\n\r\n`);
        sent += 1;
        // A busy exporter may rather close the connection of one that guesses.
        const received = new Promise<Buffer>((resolve) => {
          socket.once("data", resolve);
        });
        const data = await Promise.race([received, closed]);
        if (data === undefined) return;
        const [, status = ""] = /^HTTP\/1\.1 (\d+)/.exec(data.toString()) ?? [];
        answers.set(status, (answers.get(status) ?? 0) + 1);
        await sleep(30);
      }
      socket.destroy();
    };
    const guesses = Array.from({ length: 100 }, (_, connection) => guess(connection));
    const served = await visits(exporter, "/metrics", 30, auth);
    end.isOver = true;
    await Promise.all(guesses);
    const perSecond = Math.round(sent / ((performance.now() - startMs) / 1000));
    process.stdout.write(
      `${perSecond} wrong passwords a second: ${JSON.stringify(Object.fromEntries(answers))}\n`,
    );
    expect(report("/metrics with the right password", served)).toEqual(SERVED);
    expect([...answers.keys()].toSorted()).toEqual(["401", "503"]);
  },
);
