import { expect, test } from "vitest";
import { thresholdsOf } from "../../../src/config/thresholds.ts";
import { configOf, problemsOf } from "../loading.ts";

const TAGGED = "accounts: [{regions: [eu-west-1], discovery: {tag_labels: [cost-center]}}]";

test("the first entry that matches a workgroup applies, and a threshold that it lacks is as for all others", async () => {
  const yaml = `
thresholds:
  idle: 2h
  quota: 90%
  workgroups:
    - {match: ^notebooks, tags: {cost-center: "7"}, idle: 8h}
    - {match: ^notebooks, idle: 4h, idle_cost_usd_per_day: 80}
    - {tags: {cost-center: "7"}, age: 2d}
${TAGGED}`;
  const { thresholds } = await configOf({ yaml });
  const of = (workgroup: string, costCenter?: string) => {
    const tagLabels = costCenter === undefined ? {} : { tagLabels: { tag_cost_center: costCenter } };
    const { seconds, idleUsdPerDay } = thresholdsOf(thresholds, { workgroup, ...tagLabels });
    return [seconds.idle / 3600, seconds.age / 3600, idleUsdPerDay];
  };
  expect(thresholds.quotaRatio).toBe(0.9);
  expect(of("etl")).toEqual([2, 24, 50]);
  expect(of("notebooks-a")).toEqual([4, 24, 80]);
  expect(of("notebooks-a", "7")).toEqual([8, 24, 50]);
  expect(of("my-notebooks", "7")).toEqual([2, 48, 50]);
  expect(of("my-notebooks", "8")).toEqual([2, 24, 50]);
});

test.each([
  [
    "a share without a percent sign",
    "thresholds: {quota: 85}",
    "config.yaml:1:21: thresholds.quota: expected a percentage from 1% to 100%, got the number 85; write it as a percentage, such as 85%",
  ],
  [
    "a share of more than everything",
    "thresholds: {quota: 120%}",
    'config.yaml:1:21: thresholds.quota: expected a percentage from 1% to 100%, got "120%"',
  ],
  [
    "a threshold of no time",
    "thresholds: {idle: 0s}",
    'config.yaml:1:20: thresholds.idle: expected a duration of whole seconds from 1s to 365d, such as 90s or 1h30m, got "0s"',
  ],
  [
    "an entry for every workgroup",
    "thresholds: {workgroups: [{idle: 2h}]}",
    "config.yaml:1:27: thresholds.workgroups[0]: matches every workgroup; add match or tags, or set the thresholds themselves",
  ],
  [
    "a tag that is not read",
    "thresholds: {workgroups: [{tags: {team: data}, idle: 2h}]}",
    'config.yaml:1:41: thresholds.workgroups[0].tags.team: the tag is not read; add "team" to discovery.tag_labels of the accounts that have it',
  ],
])("%s is refused", async (_what, yaml, message) => {
  expect(await problemsOf({ yaml })).toEqual([message]);
});
