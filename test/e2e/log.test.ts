import { expect, test } from "vitest";
import { spawnExporter, startExporter } from "./exporter.ts";
import { freePort } from "./port.ts";
import { until } from "./until.ts";
import { ACCOUNT_ID, environmentOf, KEY, REGION, ROLE, startTestSimulator } from "./test-simulator.ts";

const FAILED_POLLS = 3;

test("a failing workgroup is logged once when it starts to fail and once when it recovers", async () => {
  const simulator = await startTestSimulator();
  const environment = environmentOf(simulator);
  const exporter = await (await startExporter(["--poll.interval=1s"], { environment })).untilReady();
  const clear = simulator.faults.add({ kind: "access-denied", workgroup: "etl" });
  const failed = () => simulator.requests.count({ workgroup: "etl", fault: "access-denied" });
  await until("several failures", () => failed() >= FAILED_POLLS);
  clear();
  await until("the line that it recovered", () => exporter.lines("workgroup recovered").length > 0);
  const failing = exporter.lines("workgroup is failing");
  expect(failing).toEqual([
    expect.objectContaining({
      aws_account_id: ACCOUNT_ID,
      aws_region: REGION,
      workgroup: "etl",
      reason: "access_denied",
      operation: "ListSessions",
      advice: expect.stringContaining("athena:ListSessions") as string,
    }),
  ]);
  expect(exporter.lines("workgroup recovered")).toEqual([expect.objectContaining({ workgroup: "etl" })]);
});

test("session events are logged with the session and the reason", async () => {
  const simulator = await startTestSimulator();
  const environment = environmentOf(simulator);
  const exporter = await (await startExporter(["--poll.interval=1s"], { environment })).untilReady();
  const place = { workgroup: "quiet" };
  const id = simulator.fleet.addSession(place, { state: "BUSY", atMs: Date.now(), description: "dbt run" });
  await until("the start", () => exporter.lines("session started").length === 1);
  simulator.fleet.moveSession(place, id, "FAILED", Date.now(), "out of memory");
  await until("the end", () => exporter.lines("session ended").length === 1);
  expect(exporter.lines("session ended")).toEqual([
    expect.objectContaining({
      level: "info",
      session_id: id,
      workgroup: "quiet",
      state: "FAILED",
      state_change_reason: "out of memory",
      description: "dbt run",
    }),
  ]);
});

test("the pretty log has one line an event, with the level as a word", async () => {
  const simulator = await startTestSimulator();
  const port = await freePort();
  const args = ["--poll.interval=1s", "--log.format=pretty", `--web.listen-address=127.0.0.1:${port}`];
  const { program } = await spawnExporter(args, { environment: environmentOf(simulator) });
  const ready = `http://127.0.0.1:${port}/-/ready`;
  // What the first polls find is no event.
  await until("the exporter to be ready", async () => (await fetch(ready)).status === 200);
  const id = simulator.fleet.addSession(
    { workgroup: "quiet" },
    { state: "BUSY", atMs: Date.now(), description: "a\nb" },
  );
  await until("the session", () => program.stderr.includes(id));
  const lines = program.stderr.trimEnd().split("\n");
  expect(lines.filter((line) => !/^\[[\d :.]+\] (INFO|WARN|ERROR): /.test(line))).toEqual([]);
  expect(lines.filter((line) => line.includes(id))).toEqual([
    expect.stringMatching(/INFO: session started \{.*\}$/),
  ]);
});

test("log, metrics and status page contain no secrets, even if roles and credentials are rejected", async () => {
  const simulator = await startTestSimulator();
  const role = `arn:aws:iam::${ACCOUNT_ID}:role/${ROLE.name}`;
  const config = {
    poll: { interval: "1s", rate_limit: 1000 },
    accounts: [
      { role_arn: role, external_id: ROLE.externalId, regions: [REGION], workgroups: ["etl"] },
      {
        role_arn: "arn:aws:iam::222222222222:role/refused",
        external_id: ROLE.externalId,
        regions: [REGION],
        workgroups: ["etl"],
      },
    ],
  };
  const exporter = await startExporter(["--log.level=trace"], {
    environment: { ...simulator.environment, ATHENA_EXPORTER_CONFIG_CONTENT: JSON.stringify(config) },
  });
  await exporter.untilMetric(/^athena_workgroup_up\{.*workgroup="etl"\} 1$/m);
  await exporter.untilMetric(/^athena_workgroup_failing\{aws_account_id="222222222222",/m);
  simulator.faults.add({ kind: "expired-token" });
  await exporter.untilMetric(/^athena_workgroup_failing\{.*workgroup="etl",reason="credentials"\} 1$/m);
  const outputs = [exporter.program.stderr, await exporter.metrics(), await (await exporter.get("/")).text()];
  for (const text of outputs) {
    expect(text).not.toContain(KEY.secretAccessKey);
    expect(text).not.toContain(KEY.accessKeyId);
    expect(text).not.toContain(ROLE.externalId);
  }
});
