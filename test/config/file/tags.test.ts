import { expect, test } from "vitest";
import { tagLabel } from "../../../src/config/values/workgroup.ts";
import { configOf, problemsOf } from "../loading.ts";

const discovery = (members: string) => `accounts: [{regions: [eu-west-1], discovery: {${members}}}]`;

test("tags and tag_labels are read from the file", async () => {
  const yaml = discovery('tags: {team: data, "aws:createdBy": ""}, tag_labels: [team, cost-center]');
  expect((await configOf({ yaml })).accounts[0]?.discovery).toMatchObject({
    tags: { team: "data", "aws:createdBy": "" },
    tagLabels: ["team", "cost-center"],
  });
});

test.each([
  ["team", "tag_team"],
  ["Cost-Center", "tag_Cost_Center"],
  ["aws:createdBy", "tag_aws_createdBy"],
  ["größe 1", "tag_gr__e_1"],
])("the tag %s becomes the label %s", (key, label) => {
  expect(tagLabel(key)).toBe(label);
});

test.each([
  [
    "a number",
    "tags: {cost: 4711}",
    "accounts[0].discovery.tags.cost: expected a tag's value of at most 256 characters, got the number 4711; put it in quotes",
  ],
  [
    "a boolean",
    "tags: {spark: true}",
    "accounts[0].discovery.tags.spark: expected a tag's value of at most 256 characters, got the boolean true; put it in quotes",
  ],
  [
    "a list",
    "tags: {team: [data]}",
    "accounts[0].discovery.tags.team: expected a tag's value of at most 256 characters, got a list",
  ],
  [
    "a list in place of a mapping",
    "tags: [team]",
    "accounts[0].discovery.tags: expected a mapping of 1 to 50 tags, got a list",
  ],
  [
    "a tag without a value",
    "tags: {team: }",
    "accounts[0].discovery.tags.team: expected a tag's value of at most 256 characters, got nothing",
  ],
  ["an empty mapping", "tags: {}", "accounts[0].discovery.tags: expected a mapping of 1 to 50 tags, got 0"],
  [
    "a duplicate label",
    "tag_labels: [team, team]",
    'accounts[0].discovery.tag_labels[1]: "team" is given twice; remove one',
  ],
  [
    "labels that collide",
    "tag_labels: [cost-center, cost_center]",
    'accounts[0].discovery.tag_labels[1]: "cost_center" and "cost-center" would both be the label tag_cost_center; remove one',
  ],
  [
    "a label that is a number",
    "tag_labels: [1]",
    "accounts[0].discovery.tag_labels[0]: expected a tag's key of at most 128 printable characters, got the number 1; put it in quotes",
  ],
])("%s is rejected with its line and column", async (_, members, wanted) => {
  const problems = await problemsOf({ yaml: discovery(members) });
  expect(problems).toEqual([expect.stringMatching(/^config\.yaml:1:\d+: /)]);
  expect(problems[0]).toContain(wanted);
});

test("entries that differ only in their tags are accepted, and equal entries are rejected", async () => {
  const entry = (team: string) => `{regions: [eu-west-1], discovery: {tags: {team: ${team}}}}`;
  expect(await problemsOf({ yaml: `accounts: [${entry("a")}, ${entry("b")}]` })).toEqual([]);
  expect(await problemsOf({ yaml: `accounts: [${entry("a")}, ${entry("a")}]` })).toHaveLength(1);
});
