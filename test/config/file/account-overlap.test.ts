import { expect, test } from "vitest";
import { configOf, problemsOf } from "../loading.ts";

const ROLE = "arn:aws:iam::123456789012:role/exporter";

function accounts(...entries: string[]): string {
  return `accounts:\n${entries.map((entry) => `  - {${entry}}`).join("\n")}\n`;
}

test.each([
  ["the same workgroup", "workgroups: [a, b]", "workgroups: [b]", 'the workgroup "b"'],
  ["a workgroup and unfiltered discovery", "workgroups: [a]", "name: all", 'the workgroup "a"'],
  [
    "a workgroup and a discovery filter that matches it",
    "workgroups: [x, spark-1]",
    "discovery: {include: [^spark-]}",
    'the workgroup "spark-1"',
  ],
  [
    "unfiltered and filtered discovery",
    "name: all",
    "discovery: {include: [^spark-]}",
    "discovered workgroups",
  ],
  [
    "the same discovery filter",
    "discovery: {exclude: [^a]}",
    "discovery: {exclude: [^a]}",
    "discovered workgroups",
  ],
])("two entries of one account and region with %s are rejected", async (_, first, second, shared) => {
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
  ["different workgroups", "regions: [eu-west-1], workgroups: [a]", "regions: [eu-west-1], workgroups: [b]"],
  ["different workgroups of the default region", "workgroups: [a]", "workgroups: [b]"],
  ["different regions", "regions: [eu-west-1]", "regions: [eu-west-2]"],
  ["an explicit region and an unknown default region", "regions: [eu-west-1]", "name: default"],
  [
    "different discovery filters",
    "regions: [eu-west-1], discovery: {include: [^a]}",
    "regions: [eu-west-1], discovery: {include: [^b]}",
  ],
  ["different accounts", "regions: [eu-west-1]", `regions: [eu-west-1], role_arn: '${ROLE}'`],
  [
    "different external ids in different regions",
    `role_arn: '${ROLE}', regions: [eu-west-1], external_id: hush`,
    `role_arn: '${ROLE}', regions: [eu-west-2]`,
  ],
])("two entries with %s are accepted", async (_, first, second) => {
  expect(await problemsOf({ yaml: accounts(first, second) })).toEqual([]);
});

test.each([
  [
    "the process' own account",
    "name: a",
    "name: b",
    "config.yaml:3:5: accounts[1]: accounts[0] already polls discovered workgroups of the process' own account in the default region; remove one",
  ],
  [
    "a role",
    `role_arn: '${ROLE}', workgroups: [a, b]`,
    `role_arn: '${ROLE}', workgroups: [b]`,
    'config.yaml:3:5: accounts[1]: accounts[0] already polls the workgroup "b" of 123456789012 in the default region; remove one',
  ],
  [
    "an account with two roles",
    `role_arn: '${ROLE}', workgroups: [a]`,
    `role_arn: '${ROLE}2', workgroups: [b]`,
    "config.yaml:3:5: accounts[1]: accounts[0] reads 123456789012 in the default region with another role; use one role for both",
  ],
])("%s that is configured twice without regions is rejected", async (_, first, second, wanted) => {
  expect(await problemsOf({ yaml: accounts(first, second) })).toEqual([wanted]);
});

test.each(["AWS_REGION", "AWS_DEFAULT_REGION"])(
  "two entries overlap if one names the region that the other takes from %s",
  async (variable) => {
    const named = `role_arn: '${ROLE}', regions: [us-east-1, eu-west-1]`;
    const unnamed = `role_arn: '${ROLE}'`;
    const env = { [variable]: "eu-west-1" };
    expect(await problemsOf({ env, yaml: accounts(unnamed, named) })).toEqual([
      expect.stringContaining(
        "accounts[1].regions[1]: accounts[0] already polls discovered workgroups of 123456789012 in eu-west-1; remove one",
      ),
    ]);
    expect(await problemsOf({ env, yaml: accounts(named, unnamed) })).toEqual([
      expect.stringContaining(
        "accounts[1]: accounts[0] already polls discovered workgroups of 123456789012 in the default region; remove one",
      ),
    ]);
    expect(await problemsOf({ env: { [variable]: "eu-west-2" }, yaml: accounts(named, unnamed) })).toEqual(
      [],
    );
  },
);

test.each([
  ["a region", "regions: [eu-west-1], ", "eu-west-1"],
  ["the default region", "", "the default region"],
])(
  "a role with two external ids is rejected in %s, and the problem does not contain them",
  async (_, regions, place) => {
    const members = `role_arn: '${ROLE}', ${regions}`;
    const problem = `accounts[0] reads 123456789012 in ${place} by the same role with another external_id, or without one; use the same for both`;
    const both = await problemsOf({
      yaml: accounts(
        `${members}workgroups: [a], external_id: hush`,
        `${members}workgroups: [b], external_id: shush`,
      ),
    });
    expect(both).toEqual([expect.stringContaining(`accounts[1].external_id: ${problem}`)]);
    expect(both.join()).not.toContain("hush");
    const one = accounts(`${members}workgroups: [a], external_id: hush`, `${members}workgroups: [b]`);
    expect(await problemsOf({ yaml: one })).toEqual([`config.yaml:3:5: accounts[1].external_id: ${problem}`]);
    const same = accounts(
      `${members}workgroups: [a], external_id: hush`,
      `${members}workgroups: [b], external_id: hush`,
    );
    expect((await configOf({ yaml: same })).accounts).toHaveLength(2);
  },
);

test("an invalid entry does not hide an overlap of other entries", async () => {
  const yaml = accounts("regions: [nowhere]", "name: a", "name: b");
  expect((await problemsOf({ yaml })).map((line) => line.split(": ")[1])).toEqual([
    "accounts[0].regions[0]",
    "accounts[2]",
  ]);
});
