import { expect, test } from "vitest";
import { configOf, problemsOf } from "../loading.ts";

const env = { AWS_REGION: "eu-west-1" };

test("an organization has defaults for all of its keys, and takes the place of the process' own account", async () => {
  const { accounts, organization } = await configOf({ env, yaml: "organization: {}" });
  expect(accounts).toEqual([]);
  expect(organization).toEqual({
    roleName: "athena-session-exporter",
    units: [],
    excludedAccounts: [],
    accountTags: {},
    regions: [],
    discovery: { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 300_000 },
  });
  expect((await configOf({ env, yaml: "organization:" })).organization).toBeUndefined();
});

test("every key is read", async () => {
  const yaml = `
accounts: [{regions: [eu-west-1]}]
organization:
  role_name: ops/exporter
  external_id: hush
  role_arn: arn:aws:iam::111111111111:role/read-organization
  organizational_units: [ou-ab12-cd34ef56, r-ab12]
  exclude_accounts: ["222222222222"]
  account_tags: {spark: "yes"}
  regions: [eu-west-1, us-east-1]
  discovery: {include: ["^spark-"], tag_labels: [team], interval: 10m}
thresholds: {workgroups: [{tags: {team: data}, idle: 2h}]}
`;
  const { accounts, organization } = await configOf({ yaml });
  expect(accounts).toHaveLength(1);
  expect(organization).toEqual({
    roleName: "ops/exporter",
    externalId: "hush",
    readerRoleArn: "arn:aws:iam::111111111111:role/read-organization",
    units: ["ou-ab12-cd34ef56", "r-ab12"],
    excludedAccounts: ["222222222222"],
    accountTags: { spark: "yes" },
    regions: ["eu-west-1", "us-east-1"],
    discovery: { include: [/^spark-/], exclude: [], tags: {}, tagLabels: ["team"], intervalMs: 600_000 },
  });
});

test.each([
  ["role_name: arn:aws:iam::111111111111:role/x", "role_name: expected the name of a role"],
  ["role_name: /x", "role_name: expected the name of a role"],
  ["role_arn: arn:aws:iam::{account_id}:role/x", "role_arn: {account_id} has no meaning here"],
  ["organizational_units: [platform]", "organizational_units[0]: expected the id of an organizational unit"],
  ["organizational_units: []", "organizational_units: expected a list of 1 to 100"],
  ["organizational_units: [r-ab12, r-ab12]", 'organizational_units[1]: "r-ab12" is given twice'],
  ["exclude_accounts: [012345678901]", "exclude_accounts[0]: expected the 12 digits of an account in quotes"],
  ["account_tags: {a: 1}", "account_tags.a: expected a tag's value"],
  ["regions: [eu-west-1, cn-north-1]", "regions[1]: cn-north-1 is in the partition aws-cn"],
  [
    "{role_arn: arn:aws-cn:iam::111111111111:role/x, regions: [eu-west-1]}",
    "regions[0]: eu-west-1 is in the partition aws",
  ],
  ["accounts: []", "accounts: unknown key"],
])("%s is an error that says what is expected", async (text, message) => {
  const yaml = text.startsWith("{") ? `organization: ${text}` : `organization:\n  ${text}\n`;
  expect((await problemsOf({ env, yaml })).join("\n")).toContain(`organization.${message}`);
});

test("flags for the process' own account have no meaning beside an organization, right or wrong", async () => {
  for (const yaml of ["organization: {}", "organization: {role_name: 1}"]) {
    expect((await problemsOf({ argv: ["--aws.region=eu-west-1"], yaml })).join("\n")).toMatch(
      /--aws\.region: cannot be used beside "accounts" or "organization"/,
    );
  }
});

test("the default region is checked where the organization needs it", async () => {
  const wrong = { AWS_REGION: "eu west 1" };
  expect(await problemsOf({ env: wrong, yaml: "organization: {}" })).toEqual([
    expect.stringMatching(/AWS_REGION/),
  ]);
  expect(await problemsOf({ env: wrong, yaml: "organization: {regions: [eu-west-1]}" })).toEqual([]);
});
