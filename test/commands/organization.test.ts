import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { EXIT } from "../../src/app/host.ts";
import { systemClock } from "../../src/clock.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import { runCommand } from "./run-command.ts";

const [OWN, DATA, GONE] = ["111111111111", "222222222222", "333333333333"];
const ENGINE = "PySpark engine version 3";
const ORGANIZATION = `{role_name: exporter, regions: [eu-west-1]}`;
let simulator: Simulator;

beforeAll(async () => {
  const keys = [{ accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "a-secret-of-the-simulator" }];
  const atMs = Date.now() - 60_000;
  simulator = await startSimulator({
    clock: systemClock,
    accounts: [
      { id: OWN, keys, regions: { "eu-west-1": [{ name: "own", engine: ENGINE }] } },
      {
        id: DATA,
        roles: [{ name: "exporter", trustedAccountId: OWN }],
        regions: { "eu-west-1": [{ name: "etl", engine: ENGINE, sessions: [{ state: "IDLE", atMs }] }] },
      },
    ],
    organization: {
      rootId: "r-root",
      managementAccountId: OWN,
      members: [
        { id: OWN, name: "management" },
        { id: DATA, name: "data" },
      ],
    },
  });
});

beforeEach(() => {
  simulator.settings.denials = [];
});

afterAll(() => simulator.close());

const run = (argv: readonly string[], organization = ORGANIZATION) =>
  runCommand(simulator, argv, {}, `{poll: {rate_limit: 1000}, organization: ${organization}}`);

test("once polls the accounts of the organization, and has its metrics", async () => {
  const { exitCode, stdout } = await run(["once"]);
  expect(exitCode).toBe(EXIT.done);
  expect(stdout).toContain(
    `athena_workgroup_up{aws_account_id="${DATA}",aws_region="eu-west-1",workgroup="etl"} 1`,
  );
  expect(stdout).toContain(`account_name="data"`);
  expect(stdout).toMatch(/^athena_organization_up 1$/m);
  expect(stdout).toMatch(/^athena_organization_accounts 2$/m);
});

test("sessions lists the sessions of its accounts, with the role in the commands that end them", async () => {
  expect((await run(["sessions", "--output=json"])).stdout).toContain(`"aws_account_id": "${DATA}"`);
  expect((await run(["sessions", "--output=commands"])).stdout).toContain(DATA);
});

test("an organization that cannot be read fails once and sessions, which say so", async () => {
  simulator.settings.denials = [{ operation: "ListAccounts" }];
  const once = await run(["once"]);
  expect(once.exitCode).toBe(EXIT.failed);
  expect(once.stdout).toMatch(/^athena_organization_failing\{reason="access_denied"\} 1$/m);
  expect(once.stderr).toMatch(/^organization: access_denied: .*organizations:ListAccounts/m);
  const { exitCode, stdout } = await run(["sessions"]);
  expect(exitCode).toBe(EXIT.failed);
  expect(stdout).toBe("no workgroup could be read; the errors say why\n");
});

test("check reads it first, and then tries each account", async () => {
  const { exitCode, stdout } = await run(["check"]);
  expect(exitCode).toBe(EXIT.done);
  expect(stdout).toMatch(/^✓ organization {2}ListAccounts: permitted; 2 accounts to poll$/m);
  expect(stdout).toMatch(/✓ data eu-west-1 {2}ListSessions: /);
});

test("check names the missing permission, and what else may be the cause", async () => {
  simulator.settings.denials = [{ operation: "ListAccounts" }];
  const { exitCode, stdout } = await run(["check"]);
  expect(exitCode).toBe(EXIT.failed);
  expect(stdout).toContain("✗ organization  ListAccounts: access_denied: ");
  expect(stdout).toContain(
    'Grant organizations:ListAccounts on "*" to the identity that reads the organization.',
  );
  expect(stdout).toContain(
    `the account ${OWN} is neither the management account nor a delegated administrator`,
  );
});

test("check names the permission on tags, units that do not exist, and excluded accounts that it does not know", async () => {
  simulator.settings.denials = [{ operation: "ListTagsForResource" }];
  expect((await run(["check"], "{account_tags: {a: b}, regions: [eu-west-1]}")).stdout).toMatch(
    /✗ organization {2}ListTagsForResource: access_denied: 111111111111: [^]*Grant organizations:ListTagsForResource/,
  );
  const unit = "{organizational_units: [ou-root-unknown00], regions: [eu-west-1]}";
  expect((await run(["check"], unit)).stdout).toMatch(
    /ListAccountsForParent: not_found: ou-root-unknown00: [^]*Check organization\.organizational_units/,
  );
  const excluded = `{role_name: exporter, exclude_accounts: ["${GONE}"], regions: [eu-west-1]}`;
  const { exitCode, stdout } = await run(["check"], excluded);
  expect(exitCode).toBe(EXIT.done);
  expect(stdout).toContain(`! organization  exclude_accounts: not found: ${GONE}`);
  expect((await run(["once"], excluded)).stderr).toContain(GONE);
});

test("check says where the account is in no organization", async () => {
  const keys = [{ accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "a-secret-of-the-simulator" }];
  const alone = await startSimulator({
    clock: systemClock,
    accounts: [{ id: OWN, keys, regions: { "eu-west-1": [] } }],
  });
  try {
    const { stdout } = await runCommand(alone, ["check"], {}, "organization: {regions: [eu-west-1]}");
    expect(stdout).toMatch(
      /AWSOrganizationsNotInUseException[^]*the account 111111111111 is in no organization/,
    );
  } finally {
    await alone.close();
  }
});

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

async function policyOf(organization: string): Promise<readonly Statement[]> {
  const { stdout } = await run(["iam-policy"], organization);
  return (JSON.parse(stdout) as { readonly Statement: readonly Statement[] }).Statement;
}

test("iam-policy grants the operations that reading takes, and the role in every account", async () => {
  const statements = await policyOf(ORGANIZATION);
  expect(statements.find(({ Sid }) => Sid === "ReadOrganization")).toMatchObject({
    Action: ["organizations:ListAccounts"],
    Resource: "*",
  });
  expect(statements.find(({ Sid }) => Sid === "AssumeRoles")?.Resource).toEqual([
    "arn:aws:iam::*:role/exporter",
  ]);
  expect(statements.find(({ Sid }) => Sid === "ReadSessions")?.Resource).toEqual([
    "arn:aws:athena:eu-west-1:*:workgroup/*",
  ]);
  const all = await policyOf(
    "{role_arn: arn:aws-cn:iam::111111111111:role/read, organizational_units: [r-root], account_tags: {a: b}, regions: [cn-north-1]}",
  );
  expect(all.find(({ Sid }) => Sid === "ReadOrganization")?.Action).toEqual([
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListTagsForResource",
  ]);
  expect(all.find(({ Sid }) => Sid === "AssumeRoles")?.Resource).toEqual([
    "arn:aws-cn:iam::*:role/athena-session-exporter",
    "arn:aws-cn:iam::111111111111:role/read",
  ]);
});

test("--config.check accepts an organization, without AWS", async () => {
  simulator.requests.clear();
  expect((await run(["--config.check"])).stdout).toBe("the configuration is valid\n");
  expect(simulator.requests.total).toBe(0);
});
