import * as fc from "fast-check";
import { expect, test } from "vitest";
import { COUNTED_STATES } from "../../../src/sessions/session.ts";
import { parseCommandLine } from "../../../src/config/flags/command-line.ts";
import { COMMAND_NAMES } from "../../../src/config/command.ts";
import { variableOf } from "../../../src/config/flags/flag.ts";
import { formatProblem } from "../../../src/config/problem.ts";

const parse = (argv: string, env = {}) => parseCommandLine(argv === "" ? [] : argv.split(" "), env);
const problems = (argv: string, env = {}) => parse(argv, env).problems.map(formatProblem);

test("the default command is run; a command may be before, between or after flags", () => {
  expect(parse("").command).toBe("run");
  expect(parse("sessions --min-idle=1h").command).toBe("sessions");
  expect(parse("--log.level warn once --output.file out.prom").command).toBe("once");
  for (const name of COMMAND_NAMES) {
    expect(parse(`${name} --help`)).toMatchObject({ command: name, flags: { help: true }, problems: [] });
  }
});

test("a flag takes its value after = or as the next argument, and a boolean flag needs no value", () => {
  expect(parse("--poll.interval=90s --config.check").flags).toMatchObject({
    "poll.interval": 90_000,
    "config.check": true,
  });
  expect(parse("--poll.interval 90s --config.check=false").flags).toMatchObject({
    "poll.interval": 90_000,
    "config.check": false,
  });
  expect(parse("-h").flags.help).toBe(true);
});

test("flags that are not given have the defaults of the command", () => {
  expect(parse("sessions").flags.output).toBe("table");
  expect(parse("check").flags.output).toBe("text");
  expect(parse("run").flags["web.listen-address"]).toEqual([{ port: 10_284 }]);
  expect(parse("demo").flags["web.listen-address"]).toEqual([{ host: "127.0.0.1", port: 10_284 }]);
  expect(parse("once").flags).toMatchObject({ "output.file": undefined, "poll.interval": undefined });
});

test("--state accepts every state that the metrics count", () => {
  expect(COUNTED_STATES.map((state) => parse(`sessions --state=${state}`).flags.state)).toEqual([
    ...COUNTED_STATES,
  ]);
  expect(problems("sessions --state=OTHER")[0]).toContain(
    `expected one of ${COUNTED_STATES.join(", ")}, got`,
  );
});

test.each([
  ["ruun", '"ruun": unknown command; did you mean "run"?'],
  ["chekc", '"chekc": unknown command; did you mean "check"?'],
  [
    "serve",
    '"serve": unknown command; expected one of run, demo, once, sessions, check, iam-policy, rules, completion',
  ],
  ["run once", '"once": unexpected argument; a command comes once, and a flag\'s value after its flag'],
  ["--poll.intervall 1m", "--poll.intervall: unknown flag; did you mean --poll.interval?"],
  ["--region=eu-west-1", "--region: unknown flag; did you mean --aws.region?"],
  ["--frobnicate", "--frobnicate: unknown flag; --help lists the known ones"],
  ["-v", '"-v": unknown flag; flags begin with two dashes; -h is --help'],
  ["-xyz", '"-xyz": unknown flag; flags begin with two dashes; -h is --help'],
  ["-config.file=x", '"-config.file=x": unknown flag; write --config.file'],
  ["--config.file", "--config.file: needs a value: --config.file=FILE"],
  ["--config.file --help", "--config.file: needs a value: --config.file=FILE"],
  ["--config.check=maybe", '--config.check: expected true or false, got "maybe"'],
  ["--poll.interval=1m --poll.interval=2m", "--poll.interval: is given more than once; keep one"],
  ["--aws.region=eu-west-1 --aws.region=eu-west-1", '--aws.region: "eu-west-1" is given twice; remove one'],
  [
    "--web.listen-address=[::1]:1 --web.listen-address=[::1]:1",
    '--web.listen-address: "[::1]:1" is given twice; remove one',
  ],
  [
    "--poll.interval=60",
    '--poll.interval: expected a duration from 100ms to 1d, such as 90s or 1h30m, got "60"; write a unit, such as 60s or 60m',
  ],
  ["--web.max-requests=0", "--web.max-requests: expected a whole number from 1 to 10000, got the number 0"],
  [
    "--web.telemetry-path=/",
    '--web.telemetry-path: expected a path such as /metrics, not / and not under /-/, got "/"',
  ],
  [
    "--web.telemetry-path=/-/ready",
    '--web.telemetry-path: expected a path such as /metrics, not / and not under /-/, got "/-/ready"',
  ],
  [
    "--log.level=warning",
    '--log.level: expected one of trace, debug, info, warn, error, fatal, got "warning"; did you mean "warn"?',
  ],
  [
    "sessions --state=idel",
    '--state: expected one of CREATING, CREATED, IDLE, BUSY, TERMINATING, DEGRADED, UNKNOWN, got "idel"; did you mean "IDLE"?',
  ],
  [
    "sessions --sort=cpu",
    '--sort: expected one of urgency, idle, cost, age, state, workgroup, account, or -idle to reverse the order, got "cpu"',
  ],
  [
    "sessions --watch=0",
    '--watch: expected a duration from 1s to 1d, such as 90s or 1h30m, got "0"; write a unit, such as 0s or 0m',
  ],
  ["sessions --watch", "--watch: needs a value: --watch=DURATION"],
  ["sessions --output=xml", '--output: expected one of table, json, csv, commands, got "xml"'],
  ["completion", "completion: needs an argument: completion bash|zsh|fish"],
  ["completion bsh", '"bsh": unknown argument of completion; did you mean "bash"?'],
  ["completion powershell", '"powershell": unknown argument of completion; expected one of bash, zsh, fish'],
  [
    "completion bash zsh",
    '"zsh": unexpected argument; a command comes once, and a flag\'s value after its flag',
  ],
  ["once --web.listen-address=:1", "--web.listen-address: not a flag of the command once, only of run, demo"],
  ["--min-idle=1h", "--min-idle: not a flag of the command run, only of sessions"],
  ["check --output=table", '--output: expected one of text, json, got "table"'],
  [
    "demo --config.file=x",
    "--config.file: not a flag of the command demo, only of run, once, sessions, check, iam-policy",
  ],
])("%s is rejected with what is wrong and what to do", (argv, wanted) => {
  expect(problems(argv)).toEqual([wanted]);
});

test("every setting has an environment variable, and its flag takes precedence", () => {
  expect(variableOf("web.listen-address")).toBe("ATHENA_EXPORTER_WEB_LISTEN_ADDRESS");
  const env = {
    ATHENA_EXPORTER_WEB_LISTEN_ADDRESS: "127.0.0.1:1, [::1]:2",
    ATHENA_EXPORTER_LOG_LEVEL: "debug",
  };
  const line = parse("--log.level=error", env);
  expect(line.flags["web.listen-address"]).toEqual([
    { host: "127.0.0.1", port: 1 },
    { host: "::1", port: 2 },
  ]);
  expect(line.flags["log.level"]).toBe("error");
  expect(line.sources.get("web.listen-address")).toBe("ATHENA_EXPORTER_WEB_LISTEN_ADDRESS");
  expect(line.sources.get("log.level")).toBe("--log.level");
});

test("version and help have no environment variables: an image may set variables of these names to any value", () => {
  const env = { ATHENA_EXPORTER_VERSION: "1.2.3", ATHENA_EXPORTER_HELP: "true" };
  expect(parse("", env)).toMatchObject({ problems: [], flags: { version: undefined, help: undefined } });
  expect(problems("", { ATHENA_EXPORTER_VERSIONS: "1.2.3" })).toEqual([
    "ATHENA_EXPORTER_VERSIONS: unknown variable; --help lists the flags they are named after",
  ]);
});

test("the problem of an invalid value in a variable names the variable", () => {
  expect(problems("", { ATHENA_EXPORTER_CONFIG_CHECK: "on" })).toEqual([
    'ATHENA_EXPORTER_CONFIG_CHECK: expected true or false, got "on"',
  ]);
});

test("unknown variables with the exporter's prefix are rejected, with the most similar name", () => {
  const env = { ATHENA_EXPORTER_POLL_INTERVALL: "1m", ATHENA_EXPORTER_QUUX: "1", HOME: "/home/someone" };
  expect(problems("", env)).toEqual([
    "ATHENA_EXPORTER_POLL_INTERVALL: unknown variable; did you mean ATHENA_EXPORTER_POLL_INTERVAL?",
    "ATHENA_EXPORTER_QUUX: unknown variable; --help lists the flags they are named after",
  ]);
});

test("an empty variable counts as not set, and a variable for another command is ignored", () => {
  const env = { ATHENA_EXPORTER_POLL_INTERVAL: "", ATHENA_EXPORTER_MIN_IDLE: "nonsense" };
  expect(parse("run", env)).toMatchObject({ problems: [], flags: { "poll.interval": undefined } });
  expect(problems("sessions", env)).toHaveLength(1);
});

test("the variables that Kubernetes sets for a service named athena-exporter are ignored", () => {
  const env = {
    ATHENA_EXPORTER_SERVICE_HOST: "10.0.0.1",
    ATHENA_EXPORTER_SERVICE_PORT: "10284",
    ATHENA_EXPORTER_SERVICE_PORT_METRICS: "10284",
    ATHENA_EXPORTER_PORT: "tcp://10.0.0.1:10284",
    ATHENA_EXPORTER_PORT_10284_TCP: "tcp://10.0.0.1:10284",
    ATHENA_EXPORTER_PORT_10284_TCP_ADDR: "10.0.0.1",
  };
  expect(problems("", env)).toEqual([]);
  expect(problems("", { ATHENA_EXPORTER_PORT: "10284" })).toHaveLength(1);
});

test("all problems of arguments and environment are reported at once", () => {
  const found = problems("chekc --log.level=loud --polll=1m --poll.interval=1", { ATHENA_EXPORTER_X: "" });
  expect(found.map((line) => line.split(": ")[0])).toEqual([
    '"chekc"',
    "--polll",
    "--poll.interval",
    "--log.level",
    "ATHENA_EXPORTER_X",
  ]);
});

test("any arguments are either parsed or rejected with problems of one line each, and defaults apply", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "--",
      "-",
      "run",
      "--help",
      "--__proto__=1",
      "--two\nlines",
      "--constructor",
      "--state",
      "--web.listen-address",
    ),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      const line = parseCommandLine(argv, {});
      expect(
        line.problems.map(formatProblem).filter((text) => !/^[^\p{Cc}]+: [^\p{Cc}]+$/u.test(text)),
      ).toEqual([]);
      expect(line.flags["web.listen-address"].length).toBeGreaterThan(0);
    }),
  );
});
