import { expect, test } from "vitest";
import { configOf, problemsOf } from "./loading.ts";

const WRONG = 'expected a region such as eu-west-1, got "nowhere"; AWS has no region of that name';

test.each([
  ["without a file", {}],
  ["for an entry without regions", { yaml: "accounts: [{regions: [eu-west-1]}, {workgroups: [etl]}]" }],
  ["together with a problem of a file without accounts", { yaml: "poll: {interval: 1}" }],
])("an invalid AWS_REGION is an error %s", async (_, setup) => {
  const problems = await problemsOf({ ...setup, env: { AWS_REGION: "nowhere" } });
  expect(problems[0]).toBe(`AWS_REGION: ${WRONG}`);
});

test("AWS_DEFAULT_REGION is used if AWS_REGION is empty or not set, as in the AWS SDK", async () => {
  const wrong = [`AWS_DEFAULT_REGION: ${WRONG}`];
  expect(await problemsOf({ env: { AWS_DEFAULT_REGION: "nowhere" } })).toEqual(wrong);
  expect(await problemsOf({ env: { AWS_REGION: "", AWS_DEFAULT_REGION: "nowhere" } })).toEqual(wrong);
  expect(await problemsOf({ env: { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "nowhere" } })).toEqual([]);
});

test.each([
  ["EU-WEST-1", '"eu-west-1"'],
  ["eu-west-1a", '"eu-west-1"'],
  ["eu-west-1 ", '"eu-west-1"'],
])("for AWS_REGION=%s the most similar region is suggested", async (region, likely) => {
  expect(await problemsOf({ env: { AWS_REGION: region } })).toEqual([
    expect.stringContaining(`did you mean ${likely}?`),
  ]);
});

test.each(["eu-west-1", "eusc-de-east-1", "us-gov-west-1", "xy-southeast-12"])(
  "AWS_REGION=%s is accepted, even if the region is newer than the exporter",
  async (region) => {
    expect(await problemsOf({ env: { AWS_REGION: region } })).toEqual([]);
  },
);

test("AWS_REGION is ignored if every entry names its regions, and by the demo", async () => {
  const env = { AWS_REGION: "nowhere" };
  expect(await problemsOf({ env, argv: ["--aws.region=eu-west-1"] })).toEqual([]);
  expect(await problemsOf({ env, yaml: "accounts: [{regions: [eu-west-1]}]" })).toEqual([]);
  expect((await configOf({ env, argv: ["demo"] })).accounts).toHaveLength(1);
});
