import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { EXIT } from "../../src/app/host.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import { runCommand } from "./run-command.ts";

const OWN = "111111111111";
const DEV = "222222222222";
const PROD = "333333333333";
const REGION = "eu-west-1";

let simulator: Simulator;

beforeAll(async () => {
  const keys = [{ accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "a-secret-of-the-simulator" }];
  const workgroups = [
    { name: "etl", engine: "PySpark engine version 3", tags: { team: "data" } },
    { name: "primary", engine: "Athena engine version 3" },
  ];
  const roles = [{ name: "exporter", externalId: "hush" }];
  simulator = await startSimulator({
    clock: systemClock,
    accounts: [
      { id: OWN, keys, roles, regions: { [REGION]: workgroups } },
      { id: DEV, roles, regions: { [REGION]: workgroups } },
      { id: PROD, roles, regions: { [REGION]: workgroups } },
    ],
    settings: { denials: [{ operation: "ListTagsForResource", accountId: PROD }] },
  });
});

afterAll(() => simulator.close());

const run = (yaml: string, command: string) => runCommand(simulator, [command], {}, yaml);

const FLEET = `
accounts:
  - regions: [${REGION}]
    workgroups: [etl]
  - role_arn: arn:aws:iam::{account_id}:role/exporter
    account_ids: {dev: "${DEV}", prod: "${PROD}"}
    external_id: hush
    regions: [${REGION}]
    discovery: {tags: {team: data}}
`;

test("check goes through every account, and names the permission that one lacks", async () => {
  const { exitCode, stdout } = await run(FLEET, "check");
  expect(exitCode).toBe(EXIT.failed);
  expect(stdout).toContain(`✓ dev ${REGION}  ListTagsForResource: etl has 1 tags\n`);
  expect(stdout).toContain("2 workgroups, of which 0 would be polled, and up to 1 more by their tags");
  expect(stdout).toMatch(/✗ prod eu-west-1 {2}ListTagsForResource: access_denied/);
  expect(stdout).toContain(
    "Grant athena:ListTagsForResource on arn:aws:athena:eu-west-1:333333333333:workgroup/etl",
  );
  expect(stdout.match(/✗/g)).toHaveLength(1);
});

test("check says that a role cannot be assumed, and by which permission it could", async () => {
  const { exitCode, stdout } = await run(FLEET.replace("hush", "wrong"), "check");
  expect(exitCode).toBe(EXIT.failed);
  expect(stdout).toMatch(/✗ dev eu-west-1 {2}GetCallerIdentity: access_denied: .*sts:AssumeRole/);
  expect(stdout).toContain("Grant sts:AssumeRole");
  expect(stdout).not.toContain("wrong");
});

test("check finds the process' own account beside a role in it", async () => {
  const { exitCode, stdout } = await run(FLEET.replace(DEV, OWN), "check");
  expect(exitCode).toBe(EXIT.failed);
  expect(stdout).toContain(`the process' own account is ${OWN}, which an entry of accounts already reads`);
});

test("once shows the account once then, and fails", async () => {
  const { exitCode, stdout } = await run(FLEET.replace(DEV, OWN), "once");
  expect(exitCode).toBe(EXIT.failed);
  expect(stdout.match(new RegExp(`^athena_account_up\\{aws_account_id="${OWN}"`, "gm"))).toHaveLength(1);
  expect(stdout).not.toContain('aws_account_id=""');
});

interface Policy {
  readonly Statement: readonly { Sid: string; Action: string[]; Resource: string | string[] }[];
}

test("iam-policy has the roles to assume, and tags where they matter", async () => {
  const policy = JSON.parse((await run(FLEET, "iam-policy")).stdout) as Policy;
  const resources = Object.fromEntries(policy.Statement.map(({ Sid, Resource }) => [Sid, Resource]));
  expect(resources["ReadTags"]).toEqual(
    [DEV, PROD].map((id) => `arn:aws:athena:${REGION}:${id}:workgroup/*`),
  );
  expect(resources["AssumeRoles"]).toEqual([DEV, PROD].map((id) => `arn:aws:iam::${id}:role/exporter`));
});

const WITH_DETAILS = `{accounts: [{regions: [${REGION}], workgroups: [etl]}], sessions: {details: true}}`;

test("iam-policy has GetSession beside GetSessionStatus where details are wanted", async () => {
  const actions = async (yaml: string) =>
    (JSON.parse((await run(yaml, "iam-policy")).stdout) as Policy).Statement.flatMap(({ Action }) => Action);
  expect(await actions(WITH_DETAILS)).toEqual(
    expect.arrayContaining(["athena:GetSessionStatus", "athena:GetSession"]),
  );
  expect(await actions(FLEET)).not.toContain("athena:GetSession");
});

test.each(["GetSessionStatus", "GetSession"])(
  "check fails where %s is needed and denied",
  async (operation) => {
    const { denials } = simulator.settings;
    simulator.settings.denials = [{ operation, accountId: OWN }];
    try {
      const { exitCode, stdout } = await run(WITH_DETAILS, "check");
      expect(exitCode).toBe(EXIT.failed);
      expect(stdout).toContain(`✗ ${OWN} ${REGION}  ${operation}: access_denied`);
      expect(stdout).toContain(`Grant athena:${operation} on arn:aws:athena:${REGION}:${OWN}:workgroup/etl`);
      expect(stdout.match(/✗/g)).toHaveLength(1);
    } finally {
      simulator.settings.denials = denials;
    }
  },
);

test("iam-policy takes the region of the environment for entries without regions", async () => {
  const policy = await run("{accounts: [{workgroups: [etl]}]}", "iam-policy");
  expect(policy.stdout).toContain(`"arn:aws:athena:${REGION}:*:workgroup/etl"`);
});
