import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfigFile } from "../../src/config/file.ts";
import { MAX_CONFIG_BYTES } from "../../src/config/read-file.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { problemsOf } from "./loading.ts";

const ROLE = "arn:aws:iam::123456789012:role/exporter";

test("all mistakes of a file are told at once, in its order, each with its place", async () => {
  const yaml = `poll:
  intervall: 1m
  interval: 60
  timeout: 20s
  deadline: 10s
bogus: 1
accounts:
  - name: 123
    role_arn: 123456789012
    regions: eu-west-1
  - role_arn: arn:aws:iam::12345:role/x
    regions: [eu-west-1a, eu-west-1, eu-west-1]
    account_ids: {}
    discovery: {include: ["("], tags: {team: 7}}
  - {}
sessions:
  idle_thresholds: [1h, 15m, 1500ms]
  per_session: {enabled: yes, labels: [execution_role]}
  details: maybe
`;
  expect(await problemsOf({ yaml })).toEqual([
    'config.yaml:2:3: poll.intervall: unknown key; did you mean "interval"?',
    "config.yaml:3:13: poll.interval: expected a duration from 100ms to 1d, such as 90s or 1h30m, got the number 60; write a unit, such as 60s or 60m",
    "config.yaml:6:1: bogus: unknown key; expected one of poll, accounts, sessions",
    "config.yaml:8:11: accounts[0].name: expected a name of at most 128 printable characters, got the number 123; put it in quotes",
    "config.yaml:9:15: accounts[0].role_arn: expected a role such as arn:aws:iam::123456789012:role/NAME, with its account's 12 digits, got the number 123456789012",
    'config.yaml:10:14: accounts[0].regions: expected a list of 1 to 100 regions, got "eu-west-1"; write ["eu-west-1"]',
    'config.yaml:11:15: accounts[1].role_arn: expected a role such as arn:aws:iam::123456789012:role/NAME, with its account\'s 12 digits, got "arn:aws:iam::12345:role/x"; the account has 5 digits',
    'config.yaml:12:15: accounts[1].regions[0]: expected a region such as eu-west-1, got "eu-west-1a"; AWS has no region of that name; did you mean "eu-west-1"?',
    'config.yaml:12:38: accounts[1].regions[2]: "eu-west-1" is there twice; remove one',
    "config.yaml:13:18: accounts[1].account_ids: expected a mapping of 1 to 1000 accounts' names and ids, got 0",
    'config.yaml:14:27: accounts[1].discovery.include[0]: expected a regular expression such as "^spark-", got "("; Unterminated group',
    "config.yaml:14:46: accounts[1].discovery.tags.team: expected a tag's value of at most 256 characters, got the number 7; put it in quotes",
    "config.yaml:17:25: sessions.idle_thresholds[1]: expected each longer than the one before, got 15m after 1h",
    "config.yaml:17:30: sessions.idle_thresholds[2]: expected whole seconds, got 1s500ms",
    'config.yaml:18:26: sessions.per_session.enabled: expected true or false, got "yes"',
    'config.yaml:19:12: sessions.details: expected true or false, got "maybe"',
  ]);
});

test.each([
  [
    "sessions: {per_session: {labels: [description, execution_role]}}",
    "config.yaml:1:48: sessions.per_session.labels[1]: execution_role is told by GetSession only; set sessions.details to true",
  ],
  ["poll: {interval: 99ms}", "config.yaml:1:18: poll.interval: expected a duration from 100ms to 1d"],
  ["poll: {concurrency: 2.5}", "config.yaml:1:21: poll.concurrency: expected a whole number from 1 to 200"],
  ["poll: {rate_limit: .inf}", "config.yaml:1:20: poll.rate_limit: expected a number from 0.01 to 100000"],
  ["poll: fast", 'config.yaml:1:7: poll: expected keys such as interval, timeout, deadline, got "fast"'],
  ["- poll", "config.yaml:1:1: expected keys such as poll, accounts, sessions, got a list"],
  ["just words", 'config.yaml:1:1: expected keys such as poll, accounts, sessions, got "just words"'],
  ["accounts: []", "config.yaml:1:11: accounts: expected a list of 1 to 1000 accounts, got 0"],
  ["__proto__: {a: 1}", "config.yaml:1:1: __proto__: unknown key"],
  [
    "sessions: {idle_thresholds: [1h, 1h]}",
    "config.yaml:1:34: sessions.idle_thresholds[1]: expected each longer",
  ],
  [
    "accounts: [{regions: [eu-west-1], workgroups: ['a b']}]",
    "config.yaml:1:48: accounts[0].workgroups[0]: expected a workgroup's name",
  ],
  [
    "accounts: [{regions: [eu-west-1], workgroups: [2024]}]",
    "config.yaml:1:48: accounts[0].workgroups[0]: expected a workgroup's name of 1 to 128 letters, digits, dots, hyphens or underscores, got the number 2024; put it in quotes",
  ],
  [
    "accounts: [{regions: [eu-west-1], external_id: hush}]",
    "config.yaml:1:48: accounts[0].external_id: has no effect without role_arn",
  ],
  [
    "accounts: [{regions: [eu-west-1], workgroups: [a], discovery: {interval: 1m}}]",
    "config.yaml:1:63: accounts[0].discovery: has no effect beside workgroups",
  ],
  [
    `accounts: [{regions: [cn-north-1], role_arn: '${ROLE}'}]`,
    "config.yaml:1:23: accounts[0].regions[0]: cn-north-1 is in the partition aws-cn, but role_arn in aws",
  ],
  [
    "accounts: [{regions: [eu-west-1, us-gov-west-1]}]",
    "config.yaml:1:34: accounts[0].regions[1]: us-gov-west-1 is in the partition aws-us-gov, but eu-west-1 in aws",
  ],
])("%s is refused", async (yaml, wanted) => {
  const problems = await problemsOf({ yaml });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(wanted);
});

test("an external id is never repeated, whatever is wrong with it", async () => {
  for (const secret of ['"top secret"', "31337", "[31337]", "{top: secret}", "31337: secret"]) {
    const yaml = `accounts: [{regions: [eu-west-1], role_arn: '${ROLE}', external_id: ${secret}}]`;
    const problems = await problemsOf({ yaml });
    expect(problems).not.toEqual([]);
    expect(problems.join()).not.toMatch(/secret|31337/);
  }
});

function accounts(...entries: string[]): string {
  return `accounts:\n${entries.map((entry) => `  - {${entry}}`).join("\n")}\n`;
}

test.each([
  ["the same name", "workgroups: [a, b]", "workgroups: [b]", 'the workgroup "b"'],
  ["a name and all", "workgroups: [a]", "name: all", 'the workgroup "a"'],
  [
    "a name that a filter finds",
    "workgroups: [x, spark-1]",
    "discovery: {include: [^spark-]}",
    'the workgroup "spark-1"',
  ],
  ["all and a filter", "name: all", "discovery: {include: [^spark-]}", "discovered workgroups"],
  ["the same filter", "discovery: {exclude: [^a]}", "discovery: {exclude: [^a]}", "discovered workgroups"],
])("two accounts that poll %s twice are refused", async (_, first, second, shared) => {
  const yaml = accounts(
    `role_arn: '${ROLE}', regions: [eu-west-1], ${first}`,
    `role_arn: '${ROLE}', regions: [us-east-1, eu-west-1], ${second}`,
  );
  expect(await problemsOf({ yaml })).toEqual([
    expect.stringContaining(
      `accounts[1].regions[1]: accounts[0] already polls ${shared} of 123456789012 in eu-west-1; remove one`,
    ),
  ]);
});

test.each([
  ["other workgroups", "regions: [eu-west-1], workgroups: [a]", "regions: [eu-west-1], workgroups: [b]"],
  ["other regions", "regions: [eu-west-1]", "regions: [eu-west-2]"],
  [
    "other filters",
    "regions: [eu-west-1], discovery: {include: [^a]}",
    "regions: [eu-west-1], discovery: {include: [^b]}",
  ],
  ["other accounts", "regions: [eu-west-1]", `regions: [eu-west-1], role_arn: '${ROLE}'`],
])("two accounts with %s are fine", async (_, first, second) => {
  expect(await problemsOf({ yaml: accounts(first, second) })).toEqual([]);
});

test.each([
  ["a list that does not end", "poll: [1", "config.yaml:1:9: not valid YAML: "],
  [
    "a key that comes twice",
    "poll: {}\nsessions: {}\npoll: {}",
    'config.yaml:3:1: not valid YAML: the key "poll" is there twice',
  ],
  ["a tab as indent", "poll:\n\tinterval: 1m", "config.yaml:2:1: not valid YAML: "],
  [
    "an anchor that is not there",
    "poll: *common",
    "config.yaml:1:7: not valid YAML: *common has no anchor &common before it",
  ],
  [
    "an anchor within itself",
    "poll: &p {interval: *p}",
    "config.yaml:1:21: not valid YAML: too many values, or an alias within itself",
  ],
  ["a tag", "poll: !custom {}", "config.yaml:1:7: not valid YAML: Unresolved tag: !custom"],
  ["a second document", "poll: {}\n---\npoll: {}", "config.yaml:2:1: not valid YAML: "],
  ["a key that is a list", "? [a]\n: 1", "config.yaml:1:3: not valid YAML: a key must be a plain name"],
  ["too deep a nesting", "[".repeat(200_000), "config.yaml: nested more than 32 levels deep"],
])("%s is refused with its place", async (_, yaml, wanted) => {
  const problems = await problemsOf({ yaml });
  expect(problems[0]).toContain(wanted);
});

test("a few lines of aliases that stand for millions of values are refused", async () => {
  const lines = Array.from({ length: 8 }, (_, level) => {
    const below = level === 0 ? "x" : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 10 }, () => below).join(", ")}]`;
  });
  expect(await problemsOf({ yaml: lines.join("\n") })).toEqual([
    expect.stringContaining("not valid YAML: too many values, or an alias within itself"),
  ]);
});

test("a file over the size limit is refused before it is parsed", () => {
  const text = `# ${"x".repeat(MAX_CONFIG_BYTES)}`;
  expect(parseConfigFile("config.yaml", text)).toMatchObject({
    problems: [{ source: "config.yaml", message: "larger than 1048576 bytes; is it the right file?" }],
  });
});

test("any text is either a configuration or a list of problems on single lines", () => {
  const snippet = fc.constantFrom(
    "poll",
    ":",
    " ",
    "\n",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    '"',
    "1m",
    "!x ",
    "accounts",
    "regions",
    "#",
    "\t",
    "%YAML 9",
    "---\n",
    "|",
    "? ",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(snippet, { maxLength: 30 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseConfigFile("config.yaml", text);
      const lines = "problems" in parsed ? parsed.problems.map(formatProblem) : ["config.yaml: none"];
      expect(lines).not.toEqual([]);
      expect(lines.filter((line) => !/^config\.yaml(:\d+:\d+)?: .+$/.test(line))).toEqual([]);
    }),
  );
});
