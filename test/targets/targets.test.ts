import { describe, expect, it } from "vitest";
import type { AccountConfig } from "../../src/config/config.ts";
import { accountRegionsOf, conflictingRole } from "../../src/targets/expand.ts";
import { keepKeys } from "../../src/targets/keep-keys.ts";
import { isSpark, selectTargets } from "../../src/targets/select.ts";

const DISCOVERY = { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 300_000 };
const ROLE = "arn:aws:iam::111122223333:role/exporter";

function account(fields: Partial<AccountConfig> = {}): AccountConfig {
  return { name: "", regions: [], discovery: DISCOVERY, ...fields };
}

function names(accounts: readonly AccountConfig[], listed: Record<string, string>, notSpark: string[] = []) {
  const [accountRegion] = accountRegionsOf(accounts, "eu-west-1");
  if (accountRegion === undefined) throw new Error("no region");
  const listing = Object.entries(listed).map(([name, engineVersion]) => ({ name, engineVersion }));
  return selectTargets(accountRegion, {
    accountId: accountRegion.accountId,
    listed: listing,
    notSpark: new Set(notSpark),
    tagsOf: () => undefined,
    polled: new Set(),
  }).map(({ workgroup }) => workgroup);
}

describe("the accounts and regions of a configuration", () => {
  it("are in the default region if an entry names no region", () => {
    expect(accountRegionsOf([account()], "eu-west-1")).toMatchObject([
      { region: "eu-west-1", accountId: "" },
    ]);
  });

  it("are each listed once, with the account id of the role ARN", () => {
    const role = account({ roleArn: ROLE, externalId: "hush", regions: ["eu-west-1", "us-east-1"] });
    expect(accountRegionsOf([account({ regions: ["eu-west-1"] }), role], "")).toMatchObject([
      { region: "eu-west-1", accountId: "" },
      { region: "eu-west-1", accountId: "111122223333", role: { arn: ROLE, externalId: "hush" } },
      { region: "us-east-1", accountId: "111122223333" },
    ]);
  });

  it("include the roles that may belong to the process' own account in the same region", () => {
    const roles = ["111122223333", "444455556666"].map((id) => `arn:aws:iam::${id}:role/exporter`);
    const [own] = accountRegionsOf(
      [
        account({ regions: ["eu-west-1"] }),
        ...roles.map((roleArn, index) =>
          account({ roleArn, regions: index === 0 ? ["eu-west-1"] : ["us-east-1"] }),
        ),
      ],
      "",
    );
    if (own === undefined) throw new Error("no region");
    expect(conflictingRole(own, "111122223333")).toBe(roles[0]);
    expect(conflictingRole(own, "444455556666")).toBeUndefined();
  });

  it("combine the entries that select workgroups of the same account and region", () => {
    const regions = ["eu-west-1"];
    const accounts = [
      account({ regions, workgroups: ["a"] }),
      account({ regions, discovery: { ...DISCOVERY, include: [/^spark/] } }),
    ];
    expect(accountRegionsOf(accounts, "")).toHaveLength(1);
    expect(names(accounts, { "spark-1": "PySpark engine version 3", b: "PySpark engine version 3" })).toEqual(
      ["a", "spark-1"],
    );
  });
});

describe("targets", () => {
  const listed = {
    etl: "PySpark engine version 3",
    "etl-sandbox": "Apache Spark version 3.5",
    sql: "Athena engine version 3",
    auto: "AUTO",
    untold: "",
  };

  it("are the workgroups that run Spark or may run Spark", () => {
    expect(names([account()], listed)).toEqual(["etl", "etl-sandbox", "auto", "untold"]);
  });

  it("omit workgroups that were found not to run Spark, unless their engine version is a Spark version", () => {
    expect(names([account()], listed, ["auto", "untold", "etl"])).toEqual(["etl", "etl-sandbox"]);
  });

  it("match the include and exclude filters", () => {
    const discovery = { ...DISCOVERY, include: [/^etl/, /^a/], exclude: [/-sandbox$/] };
    expect(names([account({ discovery })], listed)).toEqual(["etl", "auto"]);
  });

  it("are the configured workgroups, whether or not they are listed or run Spark", () => {
    expect(names([account({ workgroups: ["sql", "missing"] })], listed)).toEqual(["sql", "missing"]);
  });
});

it.each([
  ["PySpark engine version 3", true],
  ["Apache Spark version 3.5", true],
  ["Athena engine version 3", false],
  ["AUTO", undefined],
  ["", undefined],
])("isSpark(%o) is %o", (engine, expected) => {
  expect(isSpark(engine)).toBe(expected);
});

describe("a tag filter", () => {
  const filtered = account({ discovery: { ...DISCOVERY, tags: { team: "data" } } });
  const [accountRegion] = accountRegionsOf([filtered], "eu-west-1");
  const select = (tags: Readonly<Record<string, string>> | undefined, polled: readonly string[]) =>
    accountRegion === undefined
      ? []
      : selectTargets(accountRegion, {
          accountId: "",
          listed: [{ name: "etl", engineVersion: "PySpark engine version 3" }],
          notSpark: new Set(),
          tagsOf: () => tags && new Map(Object.entries(tags)),
          polled: new Set(polled),
        }).map(({ workgroup }) => workgroup);

  it("selects the workgroups that have the tag", () => {
    expect(select({ team: "data", stage: "prod" }, [])).toEqual(["etl"]);
    expect(select({ team: "web" }, ["etl"])).toEqual([]);
  });

  it("that a reload adds keeps the polled workgroups until their tags are read", () => {
    expect(select(undefined, ["etl"])).toEqual(["etl"]);
    expect(select(undefined, [])).toEqual([]);
  });
});

describe("the keys of a changed configuration", () => {
  const FIRST = "111122223333";
  const SECOND = "444455556666";
  const own = account();
  const role = (id: string, name = "exporter") => account({ roleArn: `arn:aws:iam::${id}:role/${name}` });

  /** What each account and region of `after` keeps: the position in `before`, or "new". */
  function kept(before: readonly AccountConfig[], after: readonly AccountConfig[], ownAccountId = FIRST) {
    const current = keepKeys(accountRegionsOf(before, "eu-west-1"), []).map((accountRegion) => ({
      ...accountRegion,
      accountId: accountRegion.accountId || ownAccountId,
    }));
    const next = keepKeys(accountRegionsOf(after, "eu-west-1"), current);
    expect(new Set(next.map(({ key }) => key)).size).toBe(next.length);
    return next.map(({ key }) => {
      const index = current.findIndex((accountRegion) => accountRegion.key === key);
      return index === -1 ? "new" : index;
    });
  }

  it("stay for the same account and region, also with another role", () => {
    const elsewhere = account({ regions: ["us-east-1"] });
    expect(kept([own, role(SECOND)], [role(SECOND, "other"), own])).toEqual([1, 0]);
    expect(kept([own], [elsewhere, own])).toEqual(["new", 0]);
  });

  it("stay if the process' own account gets a role, or loses it", () => {
    expect(kept([own, role(SECOND)], [role(SECOND), role(FIRST)])).toEqual([1, 0]);
    expect(kept([role(FIRST), role(SECOND)], [own, role(SECOND)])).toEqual([0, 1]);
  });

  it("stay if the process' own account loses its role together with another account", () => {
    const current = accountRegionsOf([role(FIRST), role(SECOND)], "eu-west-1");
    const next = accountRegionsOf([own], "eu-west-1");
    expect(keepKeys(next, current, FIRST)).toMatchObject([{ key: current[0]?.key }]);
    expect(keepKeys(next, current, SECOND)).toMatchObject([{ key: current[1]?.key }]);
  });

  it("stay if a role is removed whose account the process' own credentials have come to be of", () => {
    const current = accountRegionsOf([own, role(SECOND)], "eu-west-1").map((one) => ({
      ...one,
      accountId: SECOND,
    }));
    const next = accountRegionsOf([own], "eu-west-1");
    expect(keepKeys(next, current, SECOND)).toMatchObject([{ key: current[1]?.key }]);
  });

  it("are new for an account that may be another one", () => {
    expect(kept([own], [role(SECOND)])).toEqual(["new"]);
    expect(kept([own], [role(FIRST)], "")).toEqual(["new"]);
    expect(kept([role(FIRST), role(SECOND)], [own])).toEqual(["new"]);
  });

  it("are never those of an account that had them before", () => {
    const [moved] = keepKeys(
      accountRegionsOf([role(FIRST)], "eu-west-1"),
      accountRegionsOf([own], "eu-west-1").map((one) => ({ ...one, accountId: FIRST })),
    );
    if (moved === undefined) throw new Error("no region");
    const keys = keepKeys(accountRegionsOf([role(FIRST), own], "eu-west-1"), [moved]).map(({ key }) => key);
    expect(keys[0]).toBe(moved.key);
    expect(keys[1]).not.toBe(moved.key);
  });
});
