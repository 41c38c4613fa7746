import { describe, expect, it } from "vitest";
import type { AccountConfig } from "../../src/config/config.ts";
import { expand, rivalOf } from "../../src/targets/expand.ts";
import { selectTargets } from "../../src/targets/select.ts";
import { isSpark } from "../../src/targets/spark.ts";

const ROLE = "arn:aws:iam::111122223333:role/exporter";

function account(fields: Partial<AccountConfig> = {}): AccountConfig {
  return { name: "", regions: [], discovery: { include: [], exclude: [], intervalMs: 300_000 }, ...fields };
}

function names(accounts: readonly AccountConfig[], listed: Record<string, string>, notSpark: string[] = []) {
  const [region] = expand(accounts, "eu-west-1");
  if (region === undefined) throw new Error("no region");
  const listing = Object.entries(listed).map(([name, engineVersion]) => ({ name, engineVersion }));
  return selectTargets(region, {
    accountId: region.accountId,
    listed: listing,
    notSpark: new Set(notSpark),
    tagsOf: () => undefined,
  }).map(({ workgroup }) => workgroup);
}

describe("accounts' regions", () => {
  it("are the default region's where none is named", () => {
    expect(expand([account()], "eu-west-1")).toMatchObject([{ region: "eu-west-1", accountId: "" }]);
  });

  it("are each once, with the account's id as the role tells it", () => {
    const role = account({ roleArn: ROLE, externalId: "hush", regions: ["eu-west-1", "us-east-1"] });
    expect(expand([account({ regions: ["eu-west-1"] }), role], "")).toMatchObject([
      { region: "eu-west-1", accountId: "" },
      { region: "eu-west-1", accountId: "111122223333", role: { arn: ROLE, externalId: "hush" } },
      { region: "us-east-1", accountId: "111122223333" },
    ]);
  });

  it("of the process' own account know the roles that read the same region", () => {
    const roles = ["111122223333", "444455556666"].map((id) => `arn:aws:iam::${id}:role/exporter`);
    const [own] = expand(
      [
        account({ regions: ["eu-west-1"] }),
        ...roles.map((roleArn, index) =>
          account({ roleArn, regions: index === 0 ? ["eu-west-1"] : ["us-east-1"] }),
        ),
      ],
      "",
    );
    if (own === undefined) throw new Error("no region");
    expect(rivalOf(own, "111122223333")).toBe(roles[0]);
    expect(rivalOf(own, "444455556666")).toBeUndefined();
  });

  it("join what several entries select of the same one", () => {
    const regions = ["eu-west-1"];
    const accounts = [
      account({ regions, workgroups: ["a"] }),
      account({ regions, discovery: { include: [/^spark/], exclude: [], intervalMs: 1000 } }),
    ];
    expect(expand(accounts, "")).toHaveLength(1);
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

  it("are the workgroups that are Spark or may be", () => {
    expect(names([account()], listed)).toEqual(["etl", "etl-sandbox", "auto", "untold"]);
  });

  it("are without those that turned out not to be Spark, until they tell otherwise", () => {
    expect(names([account()], listed, ["auto", "untold", "etl"])).toEqual(["etl", "etl-sandbox"]);
  });

  it("pass the filters", () => {
    const discovery = { include: [/^etl/, /^a/], exclude: [/-sandbox$/], intervalMs: 1000 };
    expect(names([account({ discovery })], listed)).toEqual(["etl", "auto"]);
  });

  it("are the named workgroups, listed or not, Spark or not", () => {
    expect(names([account({ workgroups: ["sql", "missing"] })], listed)).toEqual(["sql", "missing"]);
  });
});

it.each([
  ["PySpark engine version 3", true],
  ["Apache Spark version 3.5", true],
  ["Athena engine version 3", false],
  ["AUTO", undefined],
  ["", undefined],
])("the engine %o tells that it is Spark: %o", (engine, expected) => {
  expect(isSpark(engine)).toBe(expected);
});
