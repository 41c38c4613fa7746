import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serve, type Running } from "./harness.ts";

let folder: string;
let running: Running;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "socket-"));
  running = await serve();
});
afterEach(async () => {
  await running.server.close(0);
  rmSync(folder, { recursive: true });
});

function statusOver(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: "/metrics" }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    })
      .on("error", reject)
      .end();
  });
}

/** Leaves a socket behind, as a process does that is killed. */
function leaveSocket(path: string): void {
  const code = `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  try {
    execFileSync(process.execPath, ["-e", code, path]);
  } catch {
    expect(statSync(path).isSocket()).toBe(true);
  }
}

test("serves on a Unix socket, and removes it at the end", async () => {
  const path = join(folder, "exporter.sock");
  expect(await running.server.listen([{ path }])).toEqual([{ path }]);
  expect(await statusOver(path)).toBe(200);
  await running.server.close(0);
  expect(() => statSync(path)).toThrow("ENOENT");
});

test("replaces a socket that a killed process has left behind", async () => {
  const path = join(folder, "exporter.sock");
  leaveSocket(path);
  await running.server.listen([{ path }]);
  expect(await statusOver(path)).toBe(200);
});

test("does not take a socket from a process that listens, nor replace a file", async () => {
  const path = join(folder, "exporter.sock");
  await running.server.listen([{ path }]);
  const other = await serve();
  await expect(other.server.listen([{ path }])).rejects.toThrow(
    `${path} is already in use; choose another path with --web.listen-address`,
  );
  expect(await statusOver(path)).toBe(200);
  await other.server.close(0);
  const missing = join(folder, "missing", "exporter.sock");
  await expect(running.server.listen([{ path: missing }])).rejects.toThrow("its folder does not exist");
  const file = join(folder, "notes.txt");
  writeFileSync(file, "precious");
  await expect(running.server.listen([{ path: file }])).rejects.toThrow("is already in use");
  expect(readFileSync(file, "utf8")).toBe("precious");
});
