import type { AccountScope } from "./account-overlap.ts";
import { isInManyAccounts, partitionOfRegion, partitionOfRole } from "./aws-name.ts";
import type { Fault } from "./fault.ts";
import { formatDuration } from "./duration.ts";
import { quoted } from "./problem.ts";

/** Items that came before in the same list. */
export function duplicateFaults(items: readonly (string | undefined)[]): Fault[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    if (item === undefined || !seen.has(item)) {
      seen.add(item ?? "");
      return [];
    }
    return [{ path: [index], message: `${quoted(item)} is there twice; remove one` }];
  });
}

/** Thresholds in milliseconds: they become whole seconds in a label, and ascend as buckets do. */
export function thresholdFaults(thresholds: readonly (number | undefined)[]): Fault[] {
  let previousMs = 0;
  return thresholds.flatMap((thresholdMs = Number.NaN, index) => {
    const beforeMs = previousMs;
    previousMs = Number.isNaN(thresholdMs) ? previousMs : thresholdMs;
    if (thresholdMs % 1_000 > 0) {
      return [{ path: [index], message: `expected whole seconds, got ${formatDuration(thresholdMs)}` }];
    }
    const message = `expected each longer than the one before, got ${formatDuration(thresholdMs)} after ${formatDuration(beforeMs)}`;
    return thresholdMs <= beforeMs ? [{ path: [index], message }] : [];
  });
}

/** Labels that only GetSession can fill. */
export function labelFaults(sessions: {
  readonly per_session: { readonly labels: readonly string[] };
  readonly details: boolean;
}): Fault[] {
  const index = sessions.per_session.labels.indexOf("execution_role");
  const message =
    "execution_role is told by GetSession only; set sessions.details to true, or remove the label";
  return index < 0 || sessions.details ? [] : [{ path: ["per_session", "labels", index], message }];
}

/** What can contradict itself within one account, each check with the keys that it looks at. */
export const ACCOUNT_CHECKS: readonly {
  readonly keys: readonly (keyof AccountScope)[];
  readonly find: (account: AccountScope) => Fault[];
}[] = [
  { keys: ["role_arn", "external_id"], find: externalIdFaults },
  { keys: ["role_arn", "account_ids"], find: accountIdFaults },
  { keys: ["name", "account_ids"], find: nameFaults },
  { keys: ["workgroups", "discovery"], find: discoveryFaults },
  { keys: ["role_arn", "regions"], find: partitionFaults },
];

function externalIdFaults(account: AccountScope): Fault[] {
  const message = "has no effect without role_arn; add the role or remove it";
  const isIdle = account.external_id !== undefined && account.role_arn === undefined;
  return isIdle ? [{ path: ["external_id"], message }] : [];
}

function accountIdFaults({ role_arn: role, account_ids: ids }: AccountScope): Fault[] {
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
  return duplicateFaults(Object.values(ids)).map(({ path: [index], message }) => ({
    path: ["account_ids", names[Number(index)] ?? ""],
    message,
  }));
}

function nameFaults({ name, account_ids: ids }: AccountScope): Fault[] {
  const message = "has no effect beside account_ids, which have names; remove it";
  return name !== undefined && ids !== undefined ? [{ path: ["name"], message }] : [];
}

function discoveryFaults(account: AccountScope): Fault[] {
  const message = "has no effect beside workgroups; remove one of the two";
  const isIdle = account.discovery !== undefined && account.workgroups !== undefined;
  return isIdle ? [{ path: ["discovery"], message }] : [];
}

function partitionFaults({ role_arn: roleArn, regions = [] }: AccountScope): Fault[] {
  // Without a role, the regions must at least agree with each other: no credentials hold in two partitions.
  const [first = ""] = regions;
  const partition = roleArn === undefined ? partitionOfRegion(first) : partitionOfRole(roleArn);
  const owner = roleArn === undefined ? first : "role_arn";
  return regions.flatMap((region, index) => {
    const other = partitionOfRegion(region);
    const message = `${region} is in the partition ${other}, but ${owner} in ${partition}; credentials of one do not work in the other`;
    return other === partition ? [] : [{ path: ["regions", index], message }];
  });
}
