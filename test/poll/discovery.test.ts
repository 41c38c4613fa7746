import { expect, test } from "vitest";
import type { Failure } from "../../src/failure.ts";
import { Discovery } from "../../src/poll/discovery.ts";
import { accountRegionsOf } from "../../src/targets/expand.ts";
import { configOf, REGION } from "../app/config.ts";
import { VirtualClock } from "./virtual-clock.ts";

const FIRST = "111111111111";
const SECOND = "222222222222";
const REFUSAL: Failure = { reason: "invalid_request", operation: "ListSessions", message: "refused" };
const MINUTE_MS = 60_000;

/** A discovery of the process' own account; `aws` is what AWS knows. */
function startDiscovery() {
  const clock = new VirtualClock();
  const aws = { accountId: FIRST, workgroups: ["etl"], listed: Promise.resolve() };
  const calls = {
    getCallerIdentity: async () => ({ accountId: aws.accountId, arn: "" }),
    expectAccount: () => undefined,
    listWorkgroups: async () => {
      await aws.listed;
      return aws.workgroups.map((name) => ({ name, engineVersion: "AUTO" }));
    },
    listTags: async () => new Map<string, string>(),
  };
  const limits = () => ({
    clock,
    permits: { take: async () => undefined },
    deadlineMs: MINUTE_MS,
    signal: new AbortController().signal,
  });
  const [accountRegion] = accountRegionsOf(configOf().accounts, REGION);
  if (accountRegion === undefined) throw new Error("there is no account and region");
  const discovery = new Discovery(accountRegion, calls, limits);
  return { aws, clock, discovery };
}

test("after the credentials change to another account, a refusal is not explained by the former account's workgroups", async () => {
  const { aws, discovery } = startDiscovery();
  await discovery.run();
  Object.assign(aws, { accountId: SECOND, workgroups: ["reports"] });
  await discovery.run();
  const { failure, result } = await discovery.explainRefusal("etl", REFUSAL, MINUTE_MS);
  expect(failure.reason).toBe("not_found");
  expect(result?.targets).toMatchObject([{ workgroup: "reports" }]);
});

test("a refusal whose explanation is overtaken by a change of the account stays as it is", async () => {
  const { aws, clock, discovery } = startDiscovery();
  await discovery.run();
  await clock.advance(2 * MINUTE_MS);
  let answer = () => {};
  aws.listed = new Promise((resolve) => {
    answer = () => resolve();
  });
  const explaining = discovery.explainRefusal("etl", REFUSAL, MINUTE_MS);
  Object.assign(aws, { accountId: SECOND, workgroups: ["reports"] });
  await discovery.run();
  answer();
  expect(await explaining).toEqual({ failure: REFUSAL });
});

test("a workgroup that was not of the Spark engine is polled again once it is deleted and created anew", async () => {
  const { aws, clock, discovery } = startDiscovery();
  await discovery.run();
  await discovery.explainRefusal("etl", REFUSAL, MINUTE_MS);
  expect((await discovery.run()).targets).toEqual([]);
  aws.workgroups = [];
  await clock.advance(1);
  await discovery.run();
  aws.workgroups = ["etl"];
  await clock.advance(1);
  expect((await discovery.run()).targets).toMatchObject([{ workgroup: "etl" }]);
});
