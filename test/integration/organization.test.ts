import { expect, test } from "vitest";
import type { AccountOptions } from "../../src/simulator/account.ts";
import type { OrganizationOptions } from "../../src/simulator/organization.ts";
import { configOf } from "../app/config.ts";
import { ACCOUNT_ID, KEY, SPARK, startWorld, type World, type WorldOptions } from "./world.ts";

const REGION = "eu-west-1";
const [DATA, SANDBOX, CLOSED, MANAGEMENT] = ["222222222222", "333333333333", "444444444444", "999999999999"];
const [UNIT, NESTED] = ["ou-root-data00001", "ou-root-spark0001"];

function account(id: string, options: Partial<AccountOptions> = {}): AccountOptions {
  const roles = [{ name: "exporter", trustedAccountId: ACCOUNT_ID, externalId: "hush" }];
  return { id, roles, regions: { [REGION]: [{ name: `etl-${id}`, engine: SPARK }] }, ...options };
}

const ACCOUNTS: readonly AccountOptions[] = [
  account(ACCOUNT_ID, { keys: [KEY], roles: [] }),
  account(DATA),
  account(SANDBOX),
  account(CLOSED),
  account(MANAGEMENT, {
    roles: [{ name: "read-organization", trustedAccountId: ACCOUNT_ID, externalId: "hush" }],
    regions: {},
  }),
];

const ORGANIZATION: OrganizationOptions = {
  rootId: "r-root",
  managementAccountId: MANAGEMENT,
  delegatedAccountIds: [ACCOUNT_ID],
  units: [
    { id: UNIT, name: "Data" },
    { id: NESTED, name: "Spark", parentId: UNIT },
  ],
  members: [
    { id: MANAGEMENT, name: "management" },
    { id: ACCOUNT_ID, name: "monitoring" },
    { id: DATA, name: "data", parentId: UNIT, tags: { spark: "yes" } },
    { id: SANDBOX, name: "sandbox", parentId: NESTED, tags: { spark: "no" } },
    { id: CLOSED, name: "closed", parentId: NESTED, state: "SUSPENDED" },
  ],
};

/** Without the management account, which has no role for the exporter. */
const WHOLE = { externalId: "hush", excludedAccounts: [MANAGEMENT] };

async function start(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld({
    accounts: ACCOUNTS,
    simulatedOrganization: ORGANIZATION,
    organization: WHOLE,
    ...options,
  });
  await world.until("the organization is read", () => world.organizationReadings.length > 0);
  return world;
}

/** Waits until each of the accounts is polled, and returns all that are. */
async function polled(world: World, ...ids: readonly string[]): Promise<readonly string[]> {
  await world.until("the accounts are polled", () => ids.every((id) => world.hasPolled(`etl-${id}`)));
  return world
    .workgroups()
    .map((name) => name.slice("etl-".length))
    .sort();
}

test("its accounts are polled, the own one without a role and those that are suspended not at all", async () => {
  const world = await start({ settings: { emptyPageShare: 0.5, pageSize: 1 } });
  expect(await polled(world, ACCOUNT_ID, DATA, SANDBOX)).toEqual([ACCOUNT_ID, DATA, SANDBOX]);
  expect(world.view(`etl-${DATA}`).accountName).toBe("data");
  expect(world.view(`etl-${ACCOUNT_ID}`).accountName).toBe("monitoring");
  expect(world.simulator.requests.count({ operation: "AssumeRole", accountId: ACCOUNT_ID })).toBe(0);
  const listed = world.simulator.requests.count({ service: "organizations" });
  expect(listed).toBe(world.simulator.requests.count({ operation: "ListAccounts" }));
  const samples = await world.samples();
  const place = `aws_account_id="${ACCOUNT_ID}",aws_region="aws-global"`;
  expect(samples.get(`athena_exporter_api_requests_total{${place},operation="ListAccounts"}`)).toBe(listed);
});

test("units count with the units within them, and tags of accounts decide", async () => {
  const units = await start({ organization: { externalId: "hush", units: [UNIT] } });
  expect(await polled(units, DATA, SANDBOX)).toEqual([DATA, SANDBOX]);
  units.close();
  const tagged = await start({
    organization: { externalId: "hush", units: ["r-root"], accountTags: { spark: "yes" } },
  });
  expect(await polled(tagged, DATA)).toEqual([DATA]);
});

test("a role in the management account reads it where the own account may not", async () => {
  const simulatedOrganization = { ...ORGANIZATION, delegatedAccountIds: [] };
  const denied = await start({ simulatedOrganization });
  expect(denied.organizationReadings[0]).toMatchObject({
    up: false,
    readerAccountId: ACCOUNT_ID,
    failure: { reason: "access_denied", operation: "ListAccounts" },
  });
  expect(denied.workgroups()).toEqual([]);
  denied.close();
  const readerRoleArn = `arn:aws:iam::${MANAGEMENT}:role/read-organization`;
  const world = await start({ simulatedOrganization, organization: { ...WHOLE, readerRoleArn } });
  expect(world.organizationReadings[0]).toMatchObject({ up: true, readerAccountId: MANAGEMENT });
  expect(await polled(world, ACCOUNT_ID, DATA, SANDBOX)).toEqual([ACCOUNT_ID, DATA, SANDBOX]);
});

test.each([
  [
    "without the permission",
    { settings: { denials: [{ operation: "ListAccounts" }] } },
    "access_denied",
    /organizations:ListAccounts/,
  ],
  [
    "that does not exist",
    { simulatedOrganization: undefined },
    "not_found",
    /AWSOrganizationsNotInUseException/,
  ],
  [
    "with an unknown unit",
    { organization: { units: ["ou-root-nothing00"] } },
    "not_found",
    /^ou-root-nothing00: ParentNotFoundException/,
  ],
  [
    "that throttles",
    { settings: { organizationsThrottle: { ratePerSecond: 0.001, burst: 0, status: 400 } } },
    "throttled",
    /TooManyRequestsException/,
  ],
] as const)(
  "one %s is a failure that names the cause, and other accounts are polled",
  async (_what, options, reason, message) => {
    const world = await start({ configured: [{}], ...(options as WorldOptions) });
    expect(world.organizationReadings[0]?.failure).toMatchObject({
      reason,
      message: expect.stringMatching(message),
    });
    expect(await polled(world, ACCOUNT_ID)).toEqual([ACCOUNT_ID]);
  },
);

test("a wrong role name fails in each account, with the role that cannot be assumed", async () => {
  const world = await start({
    organization: { ...WHOLE, roleName: "exportre", excludedAccounts: [MANAGEMENT, SANDBOX] },
  });
  expect(await polled(world, ACCOUNT_ID)).toEqual([ACCOUNT_ID]);
  await world.until(
    "the other account fails",
    () => world.account({ accountId: DATA }).failure !== undefined,
  );
  expect(world.account({ accountId: DATA }).failure).toMatchObject({
    reason: "access_denied",
    operation: "AssumeRole",
    message: expect.stringContaining(`arn:aws:iam::${DATA}:role/exportre`),
  });
  expect(world.organizationReadings[0]?.up).toBe(true);
});

test("a reload that excludes an account, or chooses units, keeps the counters of those that stay", async () => {
  const world = await start();
  expect(await polled(world, ACCOUNT_ID, DATA, SANDBOX)).toEqual([ACCOUNT_ID, DATA, SANDBOX]);
  const { polls } = world.view(`etl-${DATA}`);
  await world.reload(configOf({ organization: { ...WHOLE, excludedAccounts: [MANAGEMENT, SANDBOX] } }));
  expect(world.workgroups().sort()).toEqual([`etl-${ACCOUNT_ID}`, `etl-${DATA}`]);
  expect(world.view(`etl-${DATA}`).polls).toBeGreaterThanOrEqual(polls);
  const before = world.organizationReadings.length;
  await world.reload(configOf({ organization: { externalId: "hush", units: [NESTED] } }));
  await world.until("it is read again", () => world.organizationReadings.length > before);
  expect(await polled(world, SANDBOX)).toEqual([SANDBOX]);
});
