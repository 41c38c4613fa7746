import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfigFile } from "../../../src/config/file/parse-file.ts";
import { MAX_CONFIG_BYTES } from "../../../src/config/file/read-file.ts";
import { formatProblem } from "../../../src/config/problem.ts";
import { problemsOf } from "../loading.ts";

const ROLE = "arn:aws:iam::123456789012:role/exporter";

test("all problems of a file are reported at once, in the order of the file, each with its line and column", async () => {
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
    "config.yaml:5:13: poll.deadline: expected at least poll.timeout, which is 20s, got 10s",
    "config.yaml:6:1: bogus: unknown key; expected one of poll, accounts, organization, sessions, quotas, thresholds, pricing",
    "config.yaml:8:11: accounts[0].name: expected a name of at most 128 printable characters, got the number 123; put it in quotes",
    "config.yaml:9:15: accounts[0].role_arn: expected a role such as arn:aws:iam::123456789012:role/NAME, with its account's 12 digits, got the number 123456789012",
    'config.yaml:10:14: accounts[0].regions: expected a list of 1 to 100 regions, got "eu-west-1"; write ["eu-west-1"]',
    'config.yaml:11:15: accounts[1].role_arn: expected a role such as arn:aws:iam::123456789012:role/NAME, with its account\'s 12 digits, got "arn:aws:iam::12345:role/x"; the account has 5 digits',
    'config.yaml:12:15: accounts[1].regions[0]: expected a region such as eu-west-1, got "eu-west-1a"; AWS has no region of that name; did you mean "eu-west-1"?',
    'config.yaml:12:38: accounts[1].regions[2]: "eu-west-1" is given twice; remove one',
    "config.yaml:13:18: accounts[1].account_ids: expected a mapping of 1 to 1000 accounts' names and ids, got 0",
    'config.yaml:14:27: accounts[1].discovery.include[0]: expected a regular expression such as "^spark-", got "("; Unterminated group',
    "config.yaml:14:46: accounts[1].discovery.tags.team: expected a tag's value of at most 256 characters, got the number 7; put it in quotes",
    "config.yaml:17:25: sessions.idle_thresholds[1]: expected each longer than the one before, got 15m after 1h",
    'config.yaml:17:30: sessions.idle_thresholds[2]: expected a duration of whole seconds from 1s to 365d, such as 90s or 1h30m, got "1500ms"',
    'config.yaml:18:26: sessions.per_session.enabled: expected true or false, got "yes"',
    'config.yaml:19:12: sessions.details: expected true or false, got "maybe"',
  ]);
});

test.each([
  [
    "sessions: {per_session: {labels: [description, execution_role]}}",
    "config.yaml:1:48: sessions.per_session.labels[1]: execution_role is known from GetSession only; set sessions.details to true",
  ],
  ["poll: {interval: 99ms}", "config.yaml:1:18: poll.interval: expected a duration from 100ms to 1d"],
  ["poll: {concurrency: 2.5}", "config.yaml:1:21: poll.concurrency: expected a whole number from 1 to 200"],
  ["poll: {rate_limit: .inf}", "config.yaml:1:20: poll.rate_limit: expected a number from 0.01 to 100000"],
  ["poll: fast", 'config.yaml:1:7: poll: expected keys such as interval, timeout, deadline, got "fast"'],
  [
    "pricing: {dpu_hour_usd: cheap}",
    'config.yaml:1:25: pricing.dpu_hour_usd: expected a number from 0 to 1000, got "cheap"',
  ],
  [
    "pricing: {dpu_hour_usd: -1}",
    "config.yaml:1:25: pricing.dpu_hour_usd: expected a number from 0 to 1000, got the number -1",
  ],
  ["pricing: {dpu_hour: 1}", "config.yaml:1:11: pricing.dpu_hour: unknown key; expected one of dpu_hour_usd"],
  ["- poll", "config.yaml:1:1: expected keys such as poll, accounts, organization, got a list"],
  ["just words", 'config.yaml:1:1: expected keys such as poll, accounts, organization, got "just words"'],
  ["accounts: []", "config.yaml:1:11: accounts: expected a list of 1 to 1000 accounts, got 0"],
  ["__proto__: {a: 1}", "config.yaml:1:1: __proto__: unknown key"],
  ["pol:", 'config.yaml:1:1: pol: unknown key; did you mean "poll"?'],
  ["sessions: {details: 'true'}", 'config.yaml:1:21: sessions.details: expected true or false, got "true"'],
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
])("%s is rejected", async (yaml, wanted) => {
  const problems = await problemsOf({ yaml });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(wanted);
});

test("no problem contains the value of external_id, whatever is wrong with it", async () => {
  for (const secret of ['"top secret"', "31337", "[31337]", "{top: secret}", "31337: secret"]) {
    const yaml = `accounts: [{regions: [eu-west-1], role_arn: '${ROLE}', external_id: ${secret}}]`;
    const problems = await problemsOf({ yaml });
    expect(problems).not.toEqual([]);
    expect(problems.join()).not.toMatch(/secret|31337/);
  }
});

test.each([
  [
    "poll: {timeout: 5m, deadline: 1s}",
    "config.yaml:1:31: poll.deadline: expected at least poll.timeout, which is 5m, got 1s",
  ],
  [
    "poll: {deadline: 1s}",
    "config.yaml:1:18: poll.deadline: expected at least poll.timeout, which is 10s, got 1s",
  ],
  [
    "poll: {timeout: 2m}",
    "config.yaml:1:7: poll.deadline: expected at least poll.timeout, which is 2m, got 1m",
  ],
])("%s is rejected because poll.deadline is shorter than poll.timeout", async (yaml, wanted) => {
  expect(await problemsOf({ yaml })).toEqual([wanted]);
});

test("poll.deadline may equal poll.timeout, and is not compared with an invalid poll.timeout", async () => {
  expect(await problemsOf({ yaml: "poll: {timeout: 30s, deadline: 30s}" })).toEqual([]);
  expect(await problemsOf({ yaml: "poll: {timeout: 5, deadline: 1s}" })).toHaveLength(1);
});

test.each([
  ["an unclosed list", "poll: [1", "config.yaml:1:9: not valid YAML: "],
  [
    "a duplicate key",
    "poll: {}\nsessions: {}\npoll: {}",
    'config.yaml:3:1: not valid YAML: the key "poll" is given twice',
  ],
  ["a tab as indentation", "poll:\n\tinterval: 1m", "config.yaml:2:1: not valid YAML: "],
  [
    "an alias without an anchor",
    "poll: *common",
    "config.yaml:1:7: not valid YAML: *common has no anchor &common before it",
  ],
  [
    "an alias within its own anchor",
    "poll: &p {interval: *p}",
    "config.yaml:1:1: not valid YAML: more than 100000 values, or an alias within itself",
  ],
  ["a tag", "poll: !custom {}", "config.yaml:1:7: not valid YAML: Unresolved tag: !custom"],
  ["a second document", "poll: {}\n---\npoll: {}", "config.yaml:2:1: not valid YAML: "],
  ["a key that is a list", "? [a]\n: 1", "config.yaml:1:3: not valid YAML: a key must be a plain name"],
  [
    "nesting that is too deep",
    "[".repeat(200_000),
    "config.yaml:1:67: not valid YAML: nested more than 32 levels deep",
  ],
])("%s is rejected with its line and column", async (_, yaml, wanted) => {
  const problems = await problemsOf({ yaml });
  expect(problems[0]).toContain(wanted);
});

test("aliases that expand to millions of values are rejected", async () => {
  const lines = Array.from({ length: 8 }, (_, level) => {
    const below = level === 0 ? "x" : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 10 }, () => below).join(", ")}]`;
  });
  expect(await problemsOf({ yaml: lines.join("\n") })).toEqual([
    "config.yaml:1:1: not valid YAML: more than 100000 values, or an alias within itself",
  ]);
});

test("aliases that expand to many invalid values are reported as one problem", async () => {
  const wrong = `[${Array.from({ length: 1_000 }, (_, index) => `'${index} x'`).join(", ")}]`;
  const entries = `[${Array.from({ length: 1_000 }, () => "{workgroups: *w}").join(", ")}]`;
  expect(await problemsOf({ yaml: `name: &w ${wrong}\naccounts: ${entries}` })).toEqual([
    "config.yaml:1:1: not valid YAML: more than 100000 values, or an alias within itself",
  ]);
});

test("a thousand accounts can share a value by an anchor and aliases", async () => {
  const others = Array.from({ length: 999 }, (_, index) => `{workgroups: [w${index}], regions: *r}`);
  const yaml = `accounts: [{workgroups: [w], regions: &r [eu-west-1]}, ${others.join(", ")}]`;
  expect(await problemsOf({ yaml })).toEqual([]);
});

test.each([
  ["unmatched closing brackets", "]".repeat(500_000)],
  ["nested blocks", Array.from({ length: 1_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  ["nested lists", "- ".repeat(500_000)],
  ["nested keys", "? ".repeat(500_000)],
])("a large file of %s is reported as one problem", async (_, yaml) => {
  expect(await problemsOf({ yaml })).toEqual([
    expect.stringMatching(/^config\.yaml:\d+:\d+: not valid YAML: /),
  ]);
});

test("a file over the size limit is rejected before it is parsed", () => {
  const text = `# ${"x".repeat(MAX_CONFIG_BYTES)}`;
  expect(parseConfigFile("config.yaml", text)).toMatchObject({
    problems: [{ source: "config.yaml", message: "larger than 1048576 bytes; is it the right file?" }],
  });
});

test("any text is either a valid configuration or a list of problems, each on one line", () => {
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
