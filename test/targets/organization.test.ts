import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AccountConfig, OrganizationConfig } from "../../src/config/config.ts";
import { accountRegionsOf } from "../../src/targets/expand.ts";
import { keepKeys } from "../../src/targets/keep-keys.ts";
import { allAccounts, findTooManyRegions } from "../../src/targets/organization.ts";

const DISCOVERY = { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 300_000 };
const IDS = Array.from({ length: 8 }, (_, index) => String(111_111_111_111 + index));

const ids = fc.uniqueArray(fc.constantFrom(...IDS));
const regions = fc.constantFrom<readonly string[]>([], ["eu-west-1"], ["us-east-1", "eu-west-1"]);

/** Entries of `accounts`, at most one of each account, and perhaps one of the process' own. */
const entries: fc.Arbitrary<readonly AccountConfig[]> = fc
  .tuple(ids, fc.boolean(), regions)
  .map(([accounts, hasOwn, own]) => [
    ...accounts.map((id) => ({
      name: "",
      regions: ["eu-west-1"],
      roleArn: `arn:aws:iam::${id}:role/listed`,
      discovery: DISCOVERY,
    })),
    ...(hasOwn ? [{ name: "", regions: own, discovery: DISCOVERY }] : []),
  ]);

const settings: fc.Arbitrary<OrganizationConfig> = fc
  .tuple(ids, regions, fc.option(fc.constant("hush"), { nil: undefined }))
  .map(([excludedAccounts, own, externalId]) => ({
    roleName: "path/exporter",
    units: [],
    excludedAccounts,
    accountTags: {},
    regions: own,
    discovery: DISCOVERY,
    ...(externalId !== undefined && { externalId }),
  }));

const members = ids.map((found) => found.map((id) => ({ id, name: `account ${id}` })));

test("every account is polled once in each region: as accounts has it, else as the organization, unless it is excluded", () => {
  fc.assert(
    fc.property(
      entries,
      settings,
      members,
      fc.constantFrom(...IDS),
      (accounts, config, found, ownAccountId) => {
        const organization = { ownAccountId, accounts: found, unknownExclusions: [] };
        const all = allAccounts({ accounts, organization: config }, organization, "eu-west-1");
        expect(all.slice(0, accounts.length)).toEqual(accounts);
        const added = all.slice(accounts.length);
        const idOf = ({ roleArn }: AccountConfig) => roleArn?.split(":")[4] ?? ownAccountId;
        const listed = new Set([...accounts.map(idOf), ...config.excludedAccounts]);
        expect(added.map(idOf)).toEqual(found.map(({ id }) => id).filter((id) => !listed.has(id)));
        for (const account of added) {
          const id = idOf(account);
          expect(account.name).toBe(`account ${id}`);
          expect(account.roleArn).toBe(
            id === ownAccountId ? undefined : `arn:aws:iam::${id}:role/path/exporter`,
          );
          expect(account.externalId).toBe(id === ownAccountId ? undefined : config.externalId);
        }
        const places = accountRegionsOf(added, "eu-west-1").map(({ key }) => key);
        expect(places).toHaveLength(added.length * Math.max(1, config.regions.length));
      },
    ),
  );
});

test("accounts that stay keep their keys whatever others come and go, and no two have the same", () => {
  fc.assert(
    fc.property(settings, members, members, (config, before, after) => {
      const ownAccountId = IDS[0] ?? "";
      const expand = (accounts: typeof before) =>
        accountRegionsOf(
          allAccounts(
            { accounts: [], organization: { ...config, excludedAccounts: [] } },
            { ownAccountId, accounts, unknownExclusions: [] },
            "eu-west-1",
          ),
          "eu-west-1",
        );
      const current = expand(before);
      const changed = keepKeys(expand(after), current, ownAccountId);
      expect(new Set(changed.map(({ key }) => key)).size).toBe(changed.length);
      for (const { accountId, region, key } of changed) {
        const former = current.find((one) => one.accountId === accountId && one.region === region);
        if (former !== undefined) expect(key).toBe(former.key);
        else expect(current.map((one) => one.key)).not.toContain(key);
      }
    }),
  );
});

test.each([
  ["cn-northwest-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
  ["eu-west-1", "aws"],
])("a role of %s is in the partition %s", (region, partition) => {
  const organization = {
    ownAccountId: "",
    accounts: [{ id: "111111111111", name: "" }],
    unknownExclusions: [],
  };
  const config = { roleName: "x", units: [], excludedAccounts: [], accountTags: {}, discovery: DISCOVERY };
  const roles = [[region], []].map((named) => {
    const [account] = allAccounts(
      { accounts: [], organization: { ...config, regions: named } },
      organization,
      region,
    );
    return account?.roleArn;
  });
  const arn = `arn:${partition}:iam::111111111111:role/x`;
  expect(roles).toEqual([arn, arn]);
});

test("nothing is added before the organization was read", () => {
  const config = {
    roleName: "x",
    units: [],
    excludedAccounts: [],
    accountTags: {},
    regions: [],
    discovery: DISCOVERY,
  };
  expect(allAccounts({ accounts: [], organization: config }, undefined, "eu-west-1")).toEqual([]);
});

test("an exporter polls 2,000 regions of accounts, and no more", () => {
  expect(findTooManyRegions(2000)).toBeUndefined();
  expect(findTooManyRegions(2001)).toContain("use several exporters");
});
