import { formatDuration } from "../../duration.ts";
import { isInManyAccounts, partitionOfRole } from "../values/arn.ts";
import { partitionOfRegion } from "../values/region.ts";
import { mismatch, quoted } from "../problem.ts";
import { findDuplicates, type ValueProblem } from "../values/value.ts";
import type { AccountEntry, ConfigFile, OrganizationEntry, ThresholdEntry } from "./config-file.ts";
import type { SectionCheck } from "./section-schema.ts";

/** What can contradict itself within `poll`. */
export const POLL_CHECKS: readonly SectionCheck<ConfigFile["poll"]>[] = [
  { keys: ["timeout", "deadline"], find: checkDeadline },
];

/** What can contradict itself within one account. */
export const ACCOUNT_CHECKS: readonly SectionCheck<AccountEntry>[] = [
  { keys: ["role_arn", "external_id"], find: checkExternalId },
  { keys: ["role_arn", "account_ids"], find: checkAccountIds },
  { keys: ["name", "account_ids"], find: checkName },
  { keys: ["workgroups", "discovery"], find: checkDiscovery },
  { keys: ["role_arn", "regions"], find: checkPartitions },
];

/** What can contradict itself within `organization`. */
export const ORGANIZATION_CHECKS: readonly SectionCheck<OrganizationEntry>[] = [
  { keys: ["role_arn"], find: checkReaderRole },
  { keys: ["role_arn", "regions"], find: checkPartitions },
];

/** What can contradict itself within `sessions`. */
export const SESSION_CHECKS: readonly SectionCheck<ConfigFile["sessions"]>[] = [
  { keys: ["per_session", "details"], find: checkLabels },
];

/** What can contradict itself within one entry of `thresholds.workgroups`. */
export const THRESHOLD_CHECKS: readonly SectionCheck<ThresholdEntry>[] = [
  { keys: ["match", "tags"], find: checkSelection },
];

/** What can contradict itself between the sections of the file. */
export const FILE_CHECKS: readonly SectionCheck<ConfigFile>[] = [
  { keys: ["thresholds", "accounts", "organization"], find: checkThresholdTags },
];

function checkDeadline({ timeout, deadline }: ConfigFile["poll"]): ValueProblem[] {
  const expected = `at least poll.timeout, which is ${formatDuration(timeout)}`;
  return deadline < timeout
    ? [{ path: ["deadline"], message: mismatch(expected, formatDuration(deadline)) }]
    : [];
}

function checkExternalId({ external_id: externalId, role_arn: role }: AccountEntry): ValueProblem[] {
  const message = "has no effect without role_arn; add the role or remove it";
  return externalId !== undefined && role === undefined ? [{ path: ["external_id"], message }] : [];
}

function checkAccountIds({ role_arn: role, account_ids: ids }: AccountEntry): ValueProblem[] {
  const isTemplate = role !== undefined && isInManyAccounts(role);
  if (ids === undefined) {
    const message = `{account_id} stands for each of account_ids; add them, such as account_ids: {data-dev: "123456789012"}`;
    return isTemplate ? [{ path: ["role_arn"], message }] : [];
  }
  if (!isTemplate) {
    const message = "has no effect without a role_arn such as arn:aws:iam::{account_id}:role/NAME";
    return [{ path: ["account_ids"], message }];
  }
  const names = Object.keys(ids);
  return findDuplicates(Object.values(ids)).map(({ path: [index], message }) => ({
    path: ["account_ids", names[Number(index)] ?? ""],
    message,
  }));
}

function checkName({ name, account_ids: ids }: AccountEntry): ValueProblem[] {
  const message = "has no effect beside account_ids, which have names; remove it";
  return name !== undefined && ids !== undefined ? [{ path: ["name"], message }] : [];
}

function checkDiscovery({ discovery, workgroups }: AccountEntry): ValueProblem[] {
  const message = "has no effect beside workgroups; remove one of the two";
  return discovery !== undefined && workgroups !== undefined ? [{ path: ["discovery"], message }] : [];
}

function checkReaderRole({ role_arn: role }: OrganizationEntry): ValueProblem[] {
  const message =
    "{account_id} has no meaning here: it is one role, in the management account or a delegated administrator's";
  return role !== undefined && isInManyAccounts(role) ? [{ path: ["role_arn"], message }] : [];
}

function checkPartitions({
  role_arn: role,
  regions = [],
}: Pick<AccountEntry, "role_arn" | "regions">): ValueProblem[] {
  // Without a role, the regions must at least agree with each other: no credentials hold in two partitions.
  const [first = ""] = regions;
  const partition = role === undefined ? partitionOfRegion(first) : partitionOfRole(role);
  const owner = role === undefined ? first : "role_arn";
  return regions.flatMap((region, index) => {
    const other = partitionOfRegion(region);
    const message = `${region} is in the partition ${other}, but ${owner} in ${partition}; credentials of one do not work in the other`;
    return other === partition ? [] : [{ path: ["regions", index], message }];
  });
}

function checkLabels({ per_session: { labels }, details }: ConfigFile["sessions"]): ValueProblem[] {
  const index = labels.indexOf("execution_role");
  const message =
    "execution_role is known from GetSession only; set sessions.details to true, or remove the label";
  return index < 0 || details ? [] : [{ path: ["per_session", "labels", index], message }];
}

function checkSelection({ match, tags }: ThresholdEntry): ValueProblem[] {
  const message = "matches every workgroup; add match or tags, or set the thresholds themselves";
  return match === undefined && tags === undefined ? [{ path: [], message }] : [];
}

function checkThresholdTags({ thresholds, accounts = [], organization }: ConfigFile): ValueProblem[] {
  const entries = [...accounts, ...(organization === undefined ? [] : [organization])];
  const known = new Set(entries.flatMap(({ discovery }) => discovery?.tag_labels ?? []));
  return (thresholds.workgroups ?? []).flatMap(({ tags = {} }, index) =>
    Object.keys(tags)
      .filter((key) => !known.has(key))
      .map((key) => ({
        path: ["thresholds", "workgroups", index, "tags", key],
        message: `the tag is not read; add ${quoted(key)} to discovery.tag_labels of the accounts that have it`,
      })),
  );
}
