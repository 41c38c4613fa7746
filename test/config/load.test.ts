import { expect, test } from "vitest";
import { configOf, problemsOf } from "./loading.ts";

const ROLE = "arn:aws:iam::123456789012:role/athena-session-exporter";

test("without a configuration, the documented defaults apply and the process' own account is polled", async () => {
  expect(await configOf({})).toEqual({
    poll: {
      intervalMs: 60_000,
      timeoutMs: 10_000,
      deadlineMs: 60_000,
      concurrency: 10,
      rateLimit: 5,
      reconcileIntervalMs: 600_000,
      staleAfterMs: 300_000,
    },
    accounts: [
      {
        name: "",
        regions: [],
        discovery: { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 300_000 },
      },
    ],
    sessions: {
      idleThresholdsSeconds: [900, 3_600, 14_400],
      perSession: { enabled: true, limit: 100, totalLimit: 10_000, labels: ["description"] },
      details: false,
      durations: true,
    },
    thresholds: {
      seconds: { idle: 3_600, degraded: 300, creating: 600, terminating: 600, busy: 43_200, age: 86_400 },
      idleUsdPerDay: 50,
      quotaRatio: 0.85,
      overrides: [],
    },
    shard: { ordinal: 0, total: 1 },
    web: {
      listenAddresses: [{ port: 10_284 }],
      usesSystemdSocket: false,
      access: { users: new Map(), headers: new Map() },
      hasOpenProbes: false,
      routePrefix: "",
      telemetryPath: "/metrics",
      maxRequests: 40,
      enableLifecycle: false,
    },
    quotas: false,
    pricing: { dpuHourUsd: 0.35 },
    log: { level: "info", format: "auto" },
  });
});

test("every key of a file is read", async () => {
  const yaml = `
poll: {interval: 30s, timeout: 2s, deadline: 20s, concurrency: 3, rate_limit: 0.5, reconcile_interval: 20m, stale_after: 9m}
accounts:
  - name: data-platform
    role_arn: ${ROLE}
    external_id: hush
    regions: [eu-west-1, us-east-1]
    workgroups: [etl, notebooks]
  - regions: [eu-west-1]
    discovery: {include: ["^spark-"], exclude: ["-sandbox$"], interval: 2m}
sessions:
  idle_thresholds: [5m]
  per_session: {enabled: false, limit: 7, total_limit: 70, labels: []}
  details: true
  durations: false
  owners: cloudtrail
  started_by: hash
quotas: true
pricing: {dpu_hour_usd: 0.44}
`;
  const config = await configOf({ yaml });
  expect(config.poll).toEqual({
    intervalMs: 30_000,
    timeoutMs: 2_000,
    deadlineMs: 20_000,
    concurrency: 3,
    rateLimit: 0.5,
    reconcileIntervalMs: 1_200_000,
    staleAfterMs: 540_000,
  });
  expect(config.pricing).toEqual({ dpuHourUsd: 0.44 });
  expect(config.quotas).toBe(true);
  expect(config.accounts).toEqual([
    {
      name: "data-platform",
      roleArn: ROLE,
      externalId: "hush",
      regions: ["eu-west-1", "us-east-1"],
      workgroups: ["etl", "notebooks"],
      discovery: { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 300_000 },
    },
    {
      name: "",
      regions: ["eu-west-1"],
      discovery: {
        include: [/^spark-/],
        exclude: [/-sandbox$/],
        tags: {},
        tagLabels: [],
        intervalMs: 120_000,
      },
    },
  ]);
  expect(config.sessions).toEqual({
    owners: { startedBy: "hash", delayMs: 900_000, minRetryMs: 15_000, requestIntervalMs: 5_000 },
    idleThresholdsSeconds: [300],
    perSession: { enabled: false, limit: 7, totalLimit: 70, labels: [] },
    details: true,
    durations: false,
  });
});

test("a flag takes precedence over its variable, and the variable over the file", async () => {
  const yaml = "poll: {interval: 2m}";
  const env = { ATHENA_EXPORTER_POLL_INTERVAL: "3m" };
  const intervals = [
    await configOf({}),
    await configOf({ yaml }),
    await configOf({ yaml, env }),
    await configOf({ yaml, env, argv: ["--poll.interval=4m"] }),
  ].map(({ poll }) => poll.intervalMs / 60_000);
  expect(intervals).toEqual([1, 2, 3, 4]);
});

test("regions and workgroups can be set by flags or by comma-separated variables", async () => {
  const wanted = { regions: ["eu-west-1", "us-east-1"], workgroups: ["etl"] };
  const argv = ["--aws.region", "eu-west-1", "--aws.region=us-east-1", "--athena.workgroup=etl"];
  const env = {
    ATHENA_EXPORTER_AWS_REGION: "eu-west-1, us-east-1",
    ATHENA_EXPORTER_ATHENA_WORKGROUP: "etl",
  };
  expect((await configOf({ argv })).accounts[0]).toMatchObject(wanted);
  expect((await configOf({ env })).accounts[0]).toMatchObject(wanted);
});

test.each([
  ["an empty file", ""],
  ["only comments", "# nothing yet\n"],
  ["keys without values", "poll:\nsessions:\n  per_session:\n    limit:\naccounts:\n"],
])("%s sets the defaults", async (_, yaml) => {
  expect(await configOf({ yaml })).toEqual(await configOf({}));
});

test("a byte order mark, Windows line endings and anchors are supported", async () => {
  const yaml = "\u{FEFF}poll:\r\n  interval: &often 30s\r\n  stale_after: *often\r\n";
  expect((await configOf({ yaml })).poll).toMatchObject({ intervalMs: 30_000, staleAfterMs: 30_000 });
});

test("the content of the file can be in a variable, and problems name the variable", async () => {
  const env = { ATHENA_EXPORTER_CONFIG_CONTENT: "poll: {interval: 2m}" };
  expect((await configOf({ env })).poll.intervalMs).toBe(120_000);
  expect(await problemsOf({ env: { ATHENA_EXPORTER_CONFIG_CONTENT: "pol: {}" } })).toEqual([
    'ATHENA_EXPORTER_CONFIG_CONTENT:1:1: pol: unknown key; did you mean "poll"?',
  ]);
  expect(await problemsOf({ env, argv: ["--config.file=config.yaml"] })).toEqual([
    "ATHENA_EXPORTER_CONFIG_CONTENT: is set beside --config.file; keep one of the two",
  ]);
});

test("flags for regions and workgroups are rejected if the file has accounts", async () => {
  const yaml = "accounts: [{regions: [eu-west-1]}]";
  const env = { ATHENA_EXPORTER_ATHENA_WORKGROUP: "etl" };
  expect(await problemsOf({ yaml, env, argv: ["--aws.region=eu-west-1"] })).toEqual([
    '--aws.region: cannot be used beside "accounts" or "organization" in config.yaml; move it there, or remove one of the two',
    'ATHENA_EXPORTER_ATHENA_WORKGROUP: cannot be used beside "accounts" or "organization" in config.yaml; move it there, or remove one of the two',
  ]);
});

test("flags for regions are rejected even if the accounts in the file are invalid", async () => {
  const problems = await problemsOf({ yaml: "accounts: [{regions: 1}]", argv: ["--aws.region=eu-west-1"] });
  expect(problems.map((line) => line.split(": ")[0])).toEqual(["--aws.region", "config.yaml:1:22"]);
});

test("the problem of an unreadable file names the file and the reason", async () => {
  expect(await problemsOf({ argv: ["--config.file=missing.yaml"] })).toEqual([
    "missing.yaml: cannot be read: there is no such file; see --config.file",
  ]);
});

test("problems of the command line, the environment and the file are reported together", async () => {
  const problems = await problemsOf({
    argv: ["--log.level=loud"],
    env: { ATHENA_EXPORTER_LOG_FORMATT: "json" },
    yaml: "poll: {concurrency: 0}",
  });
  expect(problems.map((line) => line.split(": ")[0])).toEqual([
    "--log.level",
    "ATHENA_EXPORTER_LOG_FORMATT",
    "config.yaml:1:21",
  ]);
});

test("the demo ignores the configuration file and the regions in the environment", async () => {
  const env = { ATHENA_EXPORTER_CONFIG_CONTENT: "pol: {}", ATHENA_EXPORTER_AWS_REGION: "eu-west-1" };
  const config = await configOf({ argv: ["demo"], env });
  expect(config.accounts[0]?.regions).toEqual([]);
  expect(config.web.listenAddresses).toEqual([{ host: "127.0.0.1", port: 10_284 }]);
});

test("at most 100 problems are listed, followed by the number of the others", async () => {
  const yaml = Array.from({ length: 500 }, (_, index) => `key${index}: 1`).join("\n");
  const problems = await problemsOf({ yaml });
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)).toBe("config.yaml: 400 more problems");
});
