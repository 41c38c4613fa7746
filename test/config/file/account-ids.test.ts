import { expect, test } from "vitest";
import { configOf, problemsOf } from "../loading.ts";

const ROLE = "arn:aws:iam::{account_id}:role/exporter";

const entry = (members: string) => `accounts:\n  - {regions: [eu-west-1], ${members}}\n`;

test("account_ids become one account for each id, with its own name", async () => {
  const yaml = `
accounts:
  - role_arn: ${ROLE}
    external_id: hush
    account_ids: {data-dev: "011111111111", data-prod: "222222222222"}
    regions: [eu-west-1, us-east-1]
    discovery: {include: [^spark-]}
`;
  const common = { externalId: "hush", regions: ["eu-west-1", "us-east-1"] };
  const discovery = { include: [/^spark-/] };
  expect((await configOf({ yaml })).accounts).toMatchObject([
    { name: "data-dev", roleArn: "arn:aws:iam::011111111111:role/exporter", ...common, discovery },
    { name: "data-prod", roleArn: "arn:aws:iam::222222222222:role/exporter", ...common, discovery },
  ]);
});

test.each([
  [
    "an unquoted id",
    entry(`role_arn: '${ROLE}', account_ids: {dev: 123456789012}`),
    `config.yaml:2:100: accounts[0].account_ids.dev: expected the 12 digits of an account in quotes, such as "123456789012", got the number 123456789012; put it in quotes, as YAML drops the leading zeros of a number`,
  ],
  [
    "an unquoted id with a leading zero",
    entry(`role_arn: '${ROLE}', account_ids: {dev: 012345678901}`),
    "got the number 12345678901; put it in quotes, as YAML drops the leading zeros of a number",
  ],
  [
    "an id that is too short",
    entry(`role_arn: '${ROLE}', account_ids: {dev: "12345"}`),
    'got "12345"; it has 5 digits',
  ],
  [
    "a duplicate id",
    entry(`role_arn: '${ROLE}', account_ids: {dev: "123456789012", test: "123456789012"}`),
    'accounts[0].account_ids.test: "123456789012" is given twice; remove one',
  ],
  ["a list of ids", entry(`role_arn: '${ROLE}', account_ids: ["123456789012"]`), "got a list"],
  [
    "a role_arn with {account_id}, without account_ids",
    entry(`role_arn: '${ROLE}'`),
    "accounts[0].role_arn: {account_id} stands for each of account_ids; add them",
  ],
  [
    "account_ids without role_arn",
    entry(`account_ids: {dev: "123456789012"}`),
    "accounts[0].account_ids: has no effect without a role_arn such as arn:aws:iam::{account_id}:role/NAME",
  ],
  [
    "account_ids with the role_arn of a single account",
    entry(`role_arn: 'arn:aws:iam::123456789012:role/x', account_ids: {dev: "123456789012"}`),
    "accounts[0].account_ids: has no effect without a role_arn such as",
  ],
  [
    "a name with account_ids",
    entry(`role_arn: '${ROLE}', account_ids: {dev: "123456789012"}, name: all`),
    "accounts[0].name: has no effect beside account_ids, which have names; remove it",
  ],
  [
    "a role in another partition",
    entry(`role_arn: '${ROLE.replace("aws", "aws-cn")}', account_ids: {dev: "123456789012"}`),
    "accounts[0].regions[0]: eu-west-1 is in the partition aws, but role_arn in aws-cn",
  ],
])("%s is rejected with the key that is wrong", async (_, yaml, wanted) => {
  const problems = await problemsOf({ yaml });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(wanted);
});

test("an account that is configured twice, by its id and by its own role, is rejected", async () => {
  const yaml = `
accounts:
  - {role_arn: '${ROLE}', account_ids: {dev: "111111111111", prod: "222222222222"}, regions: [eu-west-1]}
  - {role_arn: 'arn:aws:iam::222222222222:role/exporter', regions: [us-east-1, eu-west-1]}
  - {role_arn: 'arn:aws:iam::111111111111:role/other', regions: [eu-west-1], workgroups: [etl]}
`;
  expect(await problemsOf({ yaml })).toEqual([
    "config.yaml:4:80: accounts[1].regions[1]: accounts[0] already polls discovered workgroups of 222222222222 in eu-west-1; remove one",
    "config.yaml:5:66: accounts[2].regions[0]: accounts[0] reads 111111111111 in eu-west-1 with another role; use one role for both",
  ]);
});

test("more accounts and regions than one process supports are rejected", async () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `a${index}: "${String(index).padStart(12, "0")}"`);
  const yaml = `accounts: [{role_arn: '${ROLE}', account_ids: {${ids.join(", ")}}, regions: [eu-west-1, us-east-1, us-west-2]}]`;
  expect(await problemsOf({ yaml })).toEqual([
    "config.yaml:1:11: accounts: expected at most 2000 regions of accounts in all, got 3000; use several exporters",
  ]);
});
