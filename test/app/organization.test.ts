import { describe, expect, onTestFinished, test } from "vitest";
import { configOf, type ConfigOptions } from "./config.ts";
import { ACCOUNT_ID, type FakeAws } from "./fake-aws.ts";
import { ROOT } from "./fake-organization.ts";
import { startVirtual, type VirtualExporter } from "./virtual-exporter.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const REFRESH_MS = 30 * MINUTE_MS;
/** A reading of a small organization, and the first polls of its accounts. */
const SOON_MS = 10 * SECOND_MS;
const [DATA, SPARK, OTHER] = ["222222222222", "333333333333", "444444444444"];
const [PLATFORM, TEAM] = ["ou-root-platform1", "ou-root-team00001"];

function start(
  options: ConfigOptions = {},
  prepare: (aws: FakeAws) => void = () => undefined,
): VirtualExporter {
  const exporter = startVirtual(
    { organization: {}, poll: { intervalMs: 10 * SECOND_MS }, ...options },
    (aws) => {
      for (const id of [ACCOUNT_ID, DATA, SPARK]) addAccount(aws, id);
      prepare(aws);
    },
  );
  onTestFinished(() => exporter.close());
  return exporter;
}

function addAccount(aws: FakeAws, id: string): void {
  aws.organization.setMember(id);
  aws.addWorkgroup(`etl of ${id}`, { accountId: id });
}

/** Ids of the accounts whose workgroups are polled. */
function polled(exporter: VirtualExporter): string[] {
  return exporter
    .workgroups()
    .map((name) => name.slice("etl of ".length))
    .sort();
}

describe("the accounts of an organization", () => {
  test("are polled with their names, the own one without a role", async () => {
    const exporter = start();
    await exporter.clock.advance(SOON_MS);
    expect(polled(exporter)).toEqual([ACCOUNT_ID, DATA, SPARK]);
    expect(exporter.view(`etl of ${DATA}`)).toMatchObject({ accountName: `account ${DATA}`, up: true });
    expect(exporter.organizationReadings).toMatchObject([
      { up: true, accounts: 3, readerAccountId: ACCOUNT_ID },
    ]);
  });

  test("that join are polled within one refresh, those that are closed or leave no longer", async () => {
    const exporter = start();
    const { aws, clock } = exporter;
    await clock.advance(SOON_MS);
    addAccount(aws, OTHER);
    aws.organization.setMember(DATA, { isActive: false });
    aws.organization.members.delete(SPARK);
    await clock.advance(REFRESH_MS);
    expect(polled(exporter)).toEqual([ACCOUNT_ID, OTHER]);
    const lines = exporter.boardLines().join("\n");
    expect(lines).not.toContain(DATA);
    expect(lines).toMatch(/^athena_organization_accounts 2$/m);
    expect([...(await exporter.samples()).keys()].join("\n")).not.toContain(SPARK);
  });

  test("that stay keep trackers, counters and schedule, and are not discovered anew, when others come", async () => {
    const discovery = { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 2 * REFRESH_MS };
    const exporter = start({ organization: { discovery } }, (aws) => aws.addWorkgroup("x"));
    const { aws, clock } = exporter;
    await clock.advance(SOON_MS);
    aws.putSession("x", "s", "IDLE");
    await clock.advance(REFRESH_MS - SOON_MS - SECOND_MS);
    const counters = exporter.view("x").counters;
    expect(counters.started).toBe(1);
    const before = aws.sentMs({ operation: "ListWorkGroups" }).length;
    addAccount(aws, OTHER);
    await clock.advance(5 * SECOND_MS);
    expect(polled(exporter)).toContain(OTHER);
    expect(exporter.view("x").counters.started).toBe(1);
    // The new one, and the own one, which has to know the roles of all others.
    expect(aws.sentMs({ operation: "ListWorkGroups" }).length - before).toBe(2);
  });

  test("that are renamed have the new name after one refresh", async () => {
    const exporter = start();
    const { aws, clock } = exporter;
    await clock.advance(SOON_MS);
    aws.organization.setMember(DATA, { name: "lake" });
    await clock.advance(REFRESH_MS);
    expect(exporter.boardLines().join("\n")).toMatch(
      new RegExp(`athena_workgroup_info\\{aws_account_id="${DATA}".*account_name="lake"`),
    );
  });

  test("are those of the chosen units, with units within them, with the tags, and not excluded", async () => {
    const organization = { units: [PLATFORM], accountTags: { spark: "yes" }, excludedAccounts: [OTHER] };
    const exporter = start({ organization }, ({ organization: { units } }) => {
      units.set(PLATFORM, ROOT).set(TEAM, PLATFORM);
    });
    const { aws, clock } = exporter;
    const tags = [["spark", "yes"]] as const;
    aws.organization.setMember(DATA, { parentId: PLATFORM, tags: [["spark", "no"]] });
    aws.organization.setMember(SPARK, { parentId: TEAM, tags });
    aws.organization.setMember(ACCOUNT_ID, { tags });
    aws.organization.setMember(OTHER, { parentId: TEAM, tags });
    await clock.advance(SOON_MS);
    expect(polled(exporter)).toEqual([SPARK]);
  });

  test("are as accounts has them where it names them too", async () => {
    const roleArn = `arn:aws:iam::${DATA}:role/special`;
    const exporter = start({ configured: [{ name: "mine", roleArn }, { name: "own" }] });
    await exporter.clock.advance(SOON_MS);
    expect(polled(exporter)).toEqual([ACCOUNT_ID, DATA, SPARK]);
    expect(exporter.account({ accountId: DATA }).accountName).toBe("mine");
    expect(exporter.account({ accountId: ACCOUNT_ID }).accountName).toBe("own");
  });
});

describe("a reading that fails", () => {
  test("keeps the accounts that were known, and is tried again after a minute, then after two", async () => {
    const exporter = start();
    const { aws, clock } = exporter;
    await clock.advance(SOON_MS);
    const recover = aws.fault({ operation: "ListAccounts" }, "access_denied");
    addAccount(aws, OTHER);
    await clock.advance(REFRESH_MS + 4 * MINUTE_MS);
    expect(polled(exporter)).toEqual([ACCOUNT_ID, DATA, SPARK]);
    expect(exporter.organizationReadings.map(({ up }) => up)).toEqual([true, false, false, false]);
    expect(exporter.boardLines().filter((line) => line.startsWith("athena_organization_"))).toEqual([
      "athena_organization_up 0",
      'athena_organization_failing{reason="access_denied"} 1',
      expect.stringMatching(/^athena_organization_last_success_timestamp_seconds 17672\d+/),
      "athena_organization_accounts 3",
    ]);
    recover();
    await clock.advance(4 * MINUTE_MS + SOON_MS);
    expect(polled(exporter)).toEqual([ACCOUNT_ID, DATA, SPARK, OTHER]);
    expect(exporter.boardLines()).toContain("athena_organization_up 1");
  });

  test("of tags goes on with those that are left", async () => {
    const exporter = start({ organization: { accountTags: { a: "b" } } });
    const { aws, clock } = exporter;
    aws.organization.setMember(DATA, { tags: [["a", "b"]] });
    await clock.advance(1200);
    const recover = aws.fault({ operation: "ListTagsForResource" }, "throttled");
    await clock.advance(SOON_MS);
    recover();
    await clock.advance(2 * MINUTE_MS);
    expect(polled(exporter)).toEqual([DATA]);
    const failed = aws.requests.filter(({ operation }) => operation === "ListTagsForResource");
    // Three accounts, and the attempts that were throttled.
    expect(failed.length).toBeLessThanOrEqual(3 + 3);
  });

  test("leaves an exporter unready, with the accounts that the configuration names polled", async () => {
    const exporter = start({ configured: [{}] }, (aws) =>
      aws.fault({ operation: "ListAccounts" }, "not_found"),
    );
    await exporter.clock.advance(MINUTE_MS);
    expect(polled(exporter)).toEqual([ACCOUNT_ID]);
    const { board } = exporter.manager;
    expect([board.wasAllTried(), board.isReady()]).toEqual([true, false]);
  });

  test("with more accounts than an exporter polls says so, and changes nothing", async () => {
    const exporter = start();
    const { aws, clock } = exporter;
    await clock.advance(SOON_MS);
    for (let index = 0; index < 2000; index += 1) {
      aws.organization.setMember(String(500_000_000_000 + index));
    }
    await clock.advance(REFRESH_MS);
    expect(exporter.organizationReadings.at(-1)?.failure?.message).toMatch(
      /2003 regions in all, more than 2000/,
    );
    expect(polled(exporter)).toEqual([ACCOUNT_ID, DATA, SPARK]);
  });
});

describe("a reload", () => {
  const poll = { intervalMs: 10 * SECOND_MS };

  test("that excludes an account ends it at once, and keeps the others", async () => {
    const exporter = start();
    await exporter.clock.advance(SOON_MS);
    const { polls } = exporter.view(`etl of ${SPARK}`);
    await exporter.reload(configOf({ organization: { excludedAccounts: [DATA] }, poll }));
    expect(polled(exporter)).toEqual([ACCOUNT_ID, SPARK]);
    expect(exporter.view(`etl of ${SPARK}`).polls).toBe(polls);
    await exporter.reload(configOf({ organization: {}, poll }));
    await exporter.clock.advance(SOON_MS);
    expect(polled(exporter)).toEqual([ACCOUNT_ID, DATA, SPARK]);
  });

  test("without the organization ends its accounts, metrics and readings", async () => {
    const exporter = start();
    const { aws, clock } = exporter;
    await clock.advance(SOON_MS);
    await exporter.reload(configOf({ configured: [{}], poll }));
    const read = aws.sentMs({ operation: "ListAccounts" }).length;
    await clock.advance(2 * REFRESH_MS);
    expect(polled(exporter)).toEqual([ACCOUNT_ID]);
    expect([...(await exporter.samples()).keys()].join("\n")).not.toMatch(/organization|global/);
    expect(aws.sentMs({ operation: "ListAccounts" })).toHaveLength(read);
  });

  test("of something else reads no organization anew", async () => {
    const exporter = start();
    await exporter.clock.advance(SOON_MS);
    await exporter.reload(configOf({ organization: {}, poll: { ...poll, concurrency: 3 } }));
    await exporter.clock.advance(SOON_MS);
    expect(exporter.aws.sentMs({ operation: "ListAccounts" })).toHaveLength(1);
    expect(polled(exporter)).toEqual([ACCOUNT_ID, DATA, SPARK]);
  });
});

test("requests are counted from 0, under the account that reads and in place of a region the whole partition", async () => {
  const exporter = start({ organization: { units: [ROOT], accountTags: { a: "b" } } });
  const operations = [
    "GetCallerIdentity",
    "ListAccountsForParent",
    "ListOrganizationalUnitsForParent",
    "ListTagsForResource",
  ];
  const counts = async (accountId: string) => {
    const samples = await exporter.samples();
    const place = `aws_account_id="${accountId}",aws_region="aws-global"`;
    return operations.map((operation) =>
      samples.get(`athena_exporter_api_requests_total{${place},operation="${operation}"}`),
    );
  };
  expect(await counts("")).toEqual([0, 0, 0, 0]);
  await exporter.clock.advance(SOON_MS);
  expect(await counts(ACCOUNT_ID)).toEqual([1, 1, 1, 3]);
  const names = [...(await exporter.samples()).keys()];
  expect(names.filter((name) => /polls_skipped.*global|rate_limit.*global/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test("at most two requests a second are sent, and shards share them", async () => {
  for (const total of [1, 4]) {
    const exporter = start(
      { organization: { accountTags: { a: "b" } }, shard: { ordinal: 0, total } },
      (aws) => {
        for (let index = 0; index < 60; index += 1)
          aws.organization.setMember(String(500_000_000_000 + index));
      },
    );
    await exporter.clock.advance(5 * MINUTE_MS);
    const sentMs = exporter.aws.sentMs({ operation: "ListTagsForResource" });
    expect(sentMs).toHaveLength(63);
    const gapsMs = sentMs.slice(1).map((ms, index) => ms - (sentMs[index] ?? 0));
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(500 * total - 10);
  }
});

test("the first requests of 500 accounts are spread over ten seconds", async () => {
  const exporter = start({ poll: { intervalMs: MINUTE_MS }, quotas: true }, (aws) => {
    aws.organization.members.clear();
    for (let index = 0; index < 500; index += 1) addAccount(aws, String(500_000_000_000 + index));
  });
  await exporter.clock.advance(30 * SECOND_MS);
  expect(polled(exporter)).toHaveLength(500);
  expect(exporter.manager.board.isReady()).toBe(true);
  for (const operation of ["ListWorkGroups", "ListSessions", "ListServiceQuotas"]) {
    const perSecond = new Map<number, number>();
    for (const ms of exporter.aws.sentMs({ operation })) {
      const second = Math.floor(ms / SECOND_MS);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    expect([operation, Math.max(...perSecond.values()) <= 160]).toEqual([operation, true]);
  }
});

test("polls of the accounts are as late as without an organization, however slow it is", async () => {
  const poll = { intervalMs: 10 * SECOND_MS, rateLimit: 2 };
  const names = ["a", "b", "c", "d", "e", "f"];
  const run = async (options: ConfigOptions) => {
    const exporter = startVirtual({ poll, configured: [{}], ...options }, (aws) => {
      for (const name of names) aws.addWorkgroup(name);
      // The only account is the one that the configuration names.
      aws.organization.setMember(ACCOUNT_ID);
      for (let index = 0; index < 200; index += 1) {
        aws.organization.setMember(String(500_000_000_000 + index));
      }
    });
    await exporter.clock.advance(2 * REFRESH_MS);
    exporter.close();
    return exporter.aws.requests;
  };
  const isOfOrganization = ({ operation }: { operation: string }) =>
    ["ListAccounts", "ListTagsForResource"].includes(operation);
  const without = await run({});
  const withOrganization = await run({ organization: { accountTags: { a: "b" } } });
  expect(withOrganization.filter(isOfOrganization).length).toBeGreaterThan(400);
  const polls = (requests: typeof without) =>
    requests.filter(({ operation }) => ["ListSessions", "ListWorkGroups"].includes(operation));
  expect(polls(withOrganization)).toEqual(polls(without));
});
