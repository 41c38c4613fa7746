import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startExporter } from "./exporter.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { environmentOf, startTestSimulator } from "./test-simulator.ts";
import { until } from "./until.ts";

/** Longer than the exporter waits for the thread that polls before it says that it is not healthy. */
const HANG_MS = 9000;

/** The exporter with a module that Node.js runs first in each thread. */
async function startWithModule(source: string) {
  const simulator = await startTestSimulator();
  const module = `data:text/javascript,${encodeURIComponent(source)}`;
  return startExporter([], {
    environment: { ...environmentOf(simulator), NODE_OPTIONS: `--import=${module}` },
  });
}

test("an exporter whose polling hangs is not healthy until it works again", async () => {
  const exporter = await startWithModule(`
    import { isMainThread } from "node:worker_threads";
    const hang = () => { for (const endMs = Date.now() + ${HANG_MS}; Date.now() < endMs; ); };
    if (isMainThread) process.on("SIGUSR2", hang);`);
  await exporter.untilReady();
  expect(await exporter.status("/-/healthy")).toBe(200);
  exporter.program.signal("SIGUSR2");
  // The signal may arrive after the first request.
  const response = await until("not healthy", async () => {
    const latest = await exporter.get("/-/healthy");
    return latest.status === 503 && latest;
  });
  expect(await response.text()).toBe("Not healthy: the thread that polls does not respond.\n");
  await until("healthy again", async () => (await exporter.status("/-/healthy")) === 200);
  expect(await exporter.metrics()).toContain("athena_workgroup_up");
});

test.each([
  ["idle", 0],
  ["busy", 500],
])(
  "an exporter whose server fails while it is %s exits with status 1 and says why",
  async (_title, busyMs) => {
    const signal = join(await temporaryFolder(), "fail");
    const exporter = await startWithModule(`
    import { existsSync, writeFileSync } from "node:fs";
    import { isMainThread } from "node:worker_threads";
    const signal = ${JSON.stringify(signal)};
    const fail = () => { if (existsSync(signal)) throw new Error("the server is broken"); };
    if (!isMainThread) setInterval(fail, 50);
    const start = () => {
      writeFileSync(signal, "");
      for (const endMs = Date.now() + ${busyMs}; Date.now() < endMs; );
    };
    if (isMainThread) process.on("SIGUSR2", start);`);
    await exporter.untilReady();
    exporter.program.signal("SIGUSR2");
    const { status, stderr } = await exporter.program.exited;
    expect(status).toBe(1);
    expect(stderr).toContain('"level":"fatal"');
    expect(stderr).toContain("the server is broken");
  },
);

test("the young generation of V8 does not grow, also after the thread has started, however much is allocated", async () => {
  const done = join(await temporaryFolder(), "done");
  const exporter = await startWithModule(`
    import { writeFileSync } from "node:fs";
    import { isMainThread } from "node:worker_threads";
    const allocate = () => {
      for (let count = 0, kept = []; count < 3e6; count += 1) kept[count % 2e5] = [count];
      writeFileSync(${JSON.stringify(done)}, "");
    };
    if (isMainThread) process.on("SIGUSR2", allocate);`);
  await exporter.untilReady();
  exporter.program.signal("SIGUSR2");
  await until("much is allocated", async () => existsSync(done));
  const metrics = await exporter.metrics();
  const [, bytes] = /^nodejs_heap_space_size_total_bytes\{space="new"\} (\d+)$/m.exec(metrics) ?? [];
  expect(Number(bytes)).toBeLessThan(8 * 1024 * 1024);
});
