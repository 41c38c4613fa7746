import type { AccountView, WorkgroupView } from "../snapshot/view.ts";
import { labelPairs } from "./label.ts";

/** The labels that every series of an account's region carries, and those of a workgroup. */
export const ACCOUNT_LABELS = ["aws_account_id", "aws_region"] as const;
export const WORKGROUP_LABELS = [...ACCOUNT_LABELS, "workgroup"] as const;

/** The labels of an account's region as they stand in a sample. */
export function accountPairs(view: Pick<AccountView, "accountId" | "region">): string {
  return labelPairs({ aws_account_id: view.accountId, aws_region: view.region });
}

/** The labels of a workgroup as they stand in a sample. */
export function workgroupPairs(view: WorkgroupView): string {
  return `${accountPairs(view)},${labelPairs({ workgroup: view.workgroup })}`;
}
