import { expect, test } from "vitest";
import {
  accountOfRole,
  partitionOfRegion,
  partitionOfRole,
  region,
  roleArn,
  workgroup,
} from "../../src/config/aws-name.ts";

test.each([
  ["eu-west-1", "aws"],
  ["ap-southeast-7", "aws"],
  ["cn-northwest-1", "aws-cn"],
  ["us-gov-east-1", "aws-us-gov"],
  ["us-isob-east-1", "aws-iso-b"],
  ["eusc-de-east-1", "aws-eusc"],
])("%s is a region of the partition %s", (name, partition) => {
  expect(region.parse(name)).toBe(name);
  expect(partitionOfRegion(name)).toBe(partition);
});

test.each(["", "eu-west", "eu_west_1", "EU-WEST-1", "eu-west-1a", "Ireland", "eu-west-1 "])(
  "%j is no region",
  (name) => {
    expect(region.parse(name)).toBeUndefined();
  },
);

test("a role tells its account and partition", () => {
  const arn = "arn:aws-us-gov:iam::012345678901:role/path/to/exporter+x=1";
  expect(roleArn.parse(arn)).toBe(arn);
  expect([accountOfRole(arn), partitionOfRole(arn)]).toEqual(["012345678901", "aws-us-gov"]);
});

test.each([
  "arn:aws:iam::12345678901:role/x",
  "arn:aws:iam::{account_id}:role/x",
  "arn:aws:iam::123456789012:user/x",
  "arn:aws:iam::123456789012:role/",
  "arn:aws:sts::123456789012:assumed-role/x/y",
  "exporter",
])("%s is no role", (arn) => {
  expect(roleArn.parse(arn)).toBeUndefined();
});

test("a workgroup's name is what Athena allows", () => {
  expect(workgroup.parse("Etl_2.spark-prod")).toBe("Etl_2.spark-prod");
  expect(workgroup.parse("w".repeat(128))).toHaveLength(128);
  for (const name of ["", "w".repeat(129), "a b", "a/b", "ä"]) {
    expect(workgroup.parse(name)).toBeUndefined();
  }
});
