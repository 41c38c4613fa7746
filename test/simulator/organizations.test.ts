import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import { describe, expect, onTestFinished, test } from "vitest";
import type { OrganizationOptions } from "../../src/simulator/organization.ts";
import type { Simulator, SimulatorOptions } from "../../src/simulator/simulator.ts";
import { ACCOUNT_ID, KEY, OTHER_ACCOUNT_ID, REGION } from "./accounts.ts";
import { simulate } from "./harness.ts";
import { sendRaw } from "./raw-request.ts";

const ROOT = "r-root";
const [UNIT, CHILD] = ["ou-root-platform1", "ou-root-spark0001"];

const ORGANIZATION: OrganizationOptions = {
  rootId: ROOT,
  managementAccountId: ACCOUNT_ID,
  units: [
    { id: UNIT, name: "Platform" },
    { id: CHILD, name: "Spark", parentId: UNIT },
  ],
  members: [
    { id: ACCOUNT_ID, name: "management" },
    { id: OTHER_ACCOUNT_ID, name: "data", parentId: UNIT, tags: { team: "data", env: "prod" } },
    { id: "333333333333", name: "spark", parentId: CHILD, state: "SUSPENDED" },
  ],
};

function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  return simulate({ organization: ORGANIZATION, ...options });
}

function clientOf({ url: endpoint }: Simulator): OrganizationsClient {
  const client = new OrganizationsClient({ endpoint, region: REGION, credentials: KEY, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
}

/** Every item of a listing, and the size of each page. */
async function all<Item>(
  page: (token: string | undefined) => Promise<{ items: Item[] | undefined; next: string | undefined }>,
): Promise<{ items: Item[]; sizes: number[] }> {
  const [items, sizes]: [Item[], number[]] = [[], []];
  let token: string | undefined;
  do {
    const { items: added = [], next } = await page(token);
    items.push(...added);
    sizes.push(added.length);
    token = next;
  } while (token !== undefined);
  return { items, sizes };
}

function accountsOf(client: OrganizationsClient, MaxResults?: number) {
  return all(async (NextToken) => {
    const output = await client.send(
      new ListAccountsCommand({ ...(MaxResults && { MaxResults }), ...(NextToken && { NextToken }) }),
    );
    return { items: output.Accounts, next: output.NextToken };
  });
}

test("accounts are listed with names and states, without the status that AWS retired", async () => {
  const { items } = await accountsOf(clientOf(await start()));
  expect(items.map(({ Id, Name, State, Status }) => [Id, Name, State, Status])).toEqual([
    [ACCOUNT_ID, "management", "ACTIVE", undefined],
    [OTHER_ACCOUNT_ID, "data", "ACTIVE", undefined],
    ["333333333333", "spark", "SUSPENDED", undefined],
  ]);
});

test("a page has 20 accounts at most, and may be empty while more follow", async () => {
  const members = Array.from({ length: 45 }, (_, index) => ({
    id: String(400_000_000_000 + index),
    name: `account ${index}`,
  }));
  const simulator = await start({ organization: { ...ORGANIZATION, members } });
  expect((await accountsOf(clientOf(simulator))).sizes).toEqual([20, 20, 5]);
  simulator.settings.emptyPageShare = 1;
  const { items, sizes } = await accountsOf(clientOf(simulator), 20);
  expect(sizes).toEqual([0, 20, 0, 20, 0, 5]);
  expect(new Set(items.map(({ Id }) => Id)).size).toBe(45);
});

test("a parent has the accounts and units right below it, and none of theirs", async () => {
  const client = clientOf(await start());
  const below = async (ParentId: string) => {
    const { Accounts = [] } = await client.send(new ListAccountsForParentCommand({ ParentId }));
    const units = await client.send(new ListOrganizationalUnitsForParentCommand({ ParentId }));
    return [...Accounts.map(({ Id }) => Id), ...(units.OrganizationalUnits ?? []).map(({ Id }) => Id)];
  };
  expect(await below(ROOT)).toEqual([ACCOUNT_ID, UNIT]);
  expect(await below(UNIT)).toEqual([OTHER_ACCOUNT_ID, CHILD]);
  expect(await below(CHILD)).toEqual(["333333333333"]);
});

test("tags of an account are listed, and one that is unknown is an error", async () => {
  const client = clientOf(await start());
  const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceId: OTHER_ACCOUNT_ID }));
  expect(Tags).toEqual([
    { Key: "env", Value: "prod" },
    { Key: "team", Value: "data" },
  ]);
  const unknown = client.send(new ListTagsForResourceCommand({ ResourceId: "999999999999" }));
  await expect(unknown).rejects.toMatchObject({ name: "TargetNotFoundException" });
});

test("members may change while the simulator runs", async () => {
  const simulator = await start();
  const client = clientOf(simulator);
  simulator.organization?.setMember({ id: "444444444444", name: "new" });
  simulator.organization?.removeMember("333333333333");
  const { items } = await accountsOf(client);
  expect(items.map(({ Name }) => Name)).toEqual(["management", "data", "new"]);
});

describe("a request is refused", () => {
  test.each([
    ["MaxResults 0", "ListAccounts", { MaxResults: 0 }, "InvalidInputException"],
    ["MaxResults 21", "ListAccounts", { MaxResults: 21 }, "InvalidInputException"],
    ["a token never issued", "ListAccounts", { NextToken: "made.up" }, "InvalidInputException"],
    ["an unknown member", "ListAccounts", { Status: "ACTIVE" }, "InvalidInputException"],
    ["a number as text", "ListAccounts", { MaxResults: "20" }, "SerializationException"],
    ["no parent", "ListAccountsForParent", {}, "InvalidInputException"],
    ["a parent that is none", "ListAccountsForParent", { ParentId: ACCOUNT_ID }, "InvalidInputException"],
    [
      "an unknown parent",
      "ListAccountsForParent",
      { ParentId: "ou-root-unknown00" },
      "ParentNotFoundException",
    ],
    [
      "an unknown parent of units",
      "ListOrganizationalUnitsForParent",
      { ParentId: "r-none" },
      "ParentNotFoundException",
    ],
    [
      "MaxResults of tags",
      "ListTagsForResource",
      { ResourceId: ACCOUNT_ID, MaxResults: 20 },
      "InvalidInputException",
    ],
    ["an ARN in place of an id", "ListTagsForResource", { ResourceId: "arn:aws:x" }, "InvalidInputException"],
  ])("%s", async (_what, operation, input, error) => {
    const { url } = await start();
    const target = `AWSOrganizationsV20161128.${operation}`;
    const response = await sendRaw(url, { target, service: "organizations", body: JSON.stringify(input) });
    expect([response.status, response.type]).toEqual([400, error]);
  });

  test("the token of another request", async () => {
    const simulator = await start();
    const client = clientOf(simulator);
    const { NextToken = "" } = await client.send(new ListAccountsCommand({ MaxResults: 1 }));
    const other = client.send(new ListAccountsForParentCommand({ ParentId: ROOT, NextToken }));
    await expect(other).rejects.toMatchObject({ name: "InvalidInputException" });
  });

  test("an account in no organization", async () => {
    await expect(accountsOf(clientOf(await simulate()))).rejects.toMatchObject({
      name: "AWSOrganizationsNotInUseException",
    });
    const organization = { ...ORGANIZATION, managementAccountId: OTHER_ACCOUNT_ID, members: [] };
    await expect(accountsOf(clientOf(await start({ organization })))).rejects.toMatchObject({
      name: "AWSOrganizationsNotInUseException",
    });
  });

  test("a member that is neither the management account nor a delegated administrator", async () => {
    const organization = { ...ORGANIZATION, managementAccountId: OTHER_ACCOUNT_ID };
    await expect(accountsOf(clientOf(await start({ organization })))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "You don't have permissions to access this resource.",
    });
    const delegated = { ...organization, delegatedAccountIds: [ACCOUNT_ID] };
    expect((await accountsOf(clientOf(await start({ organization: delegated })))).items).toHaveLength(3);
  });

  test("a caller without the permission", async () => {
    const simulator = await start({ settings: { denials: [{ operation: "ListAccounts" }] } });
    await expect(accountsOf(clientOf(simulator))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("organizations:ListAccounts on resource: *"),
    });
  });

  test("requests beyond the rate", async () => {
    const organizationsThrottle = { ratePerSecond: 0.001, burst: 1, status: 400 } as const;
    const client = clientOf(await start({ settings: { organizationsThrottle } }));
    await accountsOf(client);
    await expect(accountsOf(client)).rejects.toMatchObject({ name: "TooManyRequestsException" });
  });

  test("a signature for Athena", async () => {
    const { url } = await start();
    const response = await sendRaw(url, {
      target: "AWSOrganizationsV20161128.ListAccounts",
      service: "athena",
    });
    expect(response.type).toBe("InvalidSignatureException");
  });
});
