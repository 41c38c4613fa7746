import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import {
  accountOfRole,
  isInManyAccounts,
  partitionOfRole,
  roleArn,
  roleInAccount,
} from "../../../src/config/values/arn.ts";
import { partitionOfRegion, region, REGION_NAMES } from "../../../src/config/values/region.ts";
import { workgroup } from "../../../src/config/values/workgroup.ts";

test.each([
  ["eu-west-1", "aws"],
  ["ap-southeast-7", "aws"],
  ["cn-northwest-1", "aws-cn"],
  ["us-gov-east-1", "aws-us-gov"],
  ["us-isob-east-1", "aws-iso-b"],
  ["eusc-de-east-1", "aws-eusc"],
])("%s is a region in the partition %s", (name, partition) => {
  expect(region.parse(name)).toBe(name);
  expect(partitionOfRegion(name)).toBe(partition);
});

test.each(["", "eu-west", "eu_west_1", "EU-WEST-1", "eu-west-1a", "Ireland", "eu-west-1 "])(
  "%j is not a region",
  (name) => {
    expect(region.safeParse(name).success).toBe(false);
  },
);

test("the account and the partition are read from a role ARN", () => {
  const arn = "arn:aws-us-gov:iam::012345678901:role/path/to/exporter+x=1";
  expect(roleArn.parse(arn)).toBe(arn);
  expect([accountOfRole(arn), partitionOfRole(arn)]).toEqual(["012345678901", "aws-us-gov"]);
});

test.each([
  "arn:aws:iam::12345678901:role/x",
  "arn:aws:iam::{account}:role/x",
  "arn:aws:iam::123456789012:user/x",
  "arn:aws:iam::123456789012:role/",
  "arn:aws:sts::123456789012:assumed-role/x/y",
  "exporter",
])("%s is not a role ARN", (arn) => {
  expect(roleArn.safeParse(arn).success).toBe(false);
});

test("a role ARN with {account_id} has a partition, and becomes the role ARN of an account", () => {
  const arn = "arn:aws-cn:iam::{account_id}:role/exporter";
  expect(roleArn.parse(arn)).toBe(arn);
  expect([isInManyAccounts(arn), accountOfRole(arn), partitionOfRole(arn)]).toEqual([
    true,
    undefined,
    "aws-cn",
  ]);
  const role = roleInAccount(arn, "012345678901");
  expect([isInManyAccounts(role), accountOfRole(role)]).toEqual([false, "012345678901"]);
});

test("the regions are those that the AWS SDK lists", async () => {
  const client = createRequire(import.meta.url).resolve("@aws-sdk/client-athena");
  const source = join(
    dirname(createRequire(client).resolve("@aws-sdk/core/package.json")),
    "dist-es/submodules/client/util-endpoints/lib/aws/partitions.js",
  );
  const { partitionsInfo } = (await import(source)) as {
    partitionsInfo: { partitions: { id: string; regions: Record<string, unknown> }[] };
  };
  const known = partitionsInfo.partitions.flatMap(({ id, regions }) =>
    Object.keys(regions).map((name) => `${name} in ${id}`),
  );
  const ours = REGION_NAMES.map((name) => `${name} in ${partitionOfRegion(name)}`);
  expect(ours.toSorted()).toEqual(known.filter((name) => !name.includes("-global ")).toSorted());
});

test.each([
  ["eu-wset-1", '"eu-west-1"'],
  ["eu-west-9", '"eu-west-1"'],
  ["EU-West-1", '"eu-west-1"'],
  ["us-east-1b", '"us-east-1"'],
])("%s is not a region, and %s is suggested", (name, suggested) => {
  expect(region.safeParse(name).error?.issues[0]?.message).toContain(`did you mean ${suggested}?`);
});

test("a workgroup name follows Athena's rules", () => {
  expect(workgroup.parse("Etl_2.spark-prod")).toBe("Etl_2.spark-prod");
  expect(workgroup.parse("w".repeat(128))).toHaveLength(128);
  for (const name of ["", "w".repeat(129), "a b", "a/b", "ä"]) {
    expect(workgroup.safeParse(name).success).toBe(false);
  }
});
