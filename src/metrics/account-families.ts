import type { AccountRegionView } from "../snapshot/view.ts";
import { ACCOUNT_LABELS, renderFamily, single, type Family, type Sample } from "./family.ts";
import { labelPairs } from "./text.ts";

/** Credentials and discovery of each account and region. */
export const ACCOUNT_FAMILIES: readonly Family<AccountRegionView>[] = [
  gauge(
    "athena_account_up",
    "1 if the credentials and the last discovery of workgroups work, else 0; 0 until the first success.",
    ({ up }) => single(up ? 1 : 0),
  ),
  {
    ...gauge(
      "athena_account_failing",
      "1, with the reason, while the credentials or the discovery fail; absent otherwise.",
      ({ failure }) => (failure === undefined ? [] : [{ labels: { reason: failure.reason }, value: 1 }]),
    ),
    labels: [...ACCOUNT_LABELS, "reason"],
  },
  gauge(
    "athena_account_last_success_timestamp_seconds",
    "Unix time when the credentials and the discovery last worked; 0 until the first success.",
    ({ lastSuccessMs }) => single(lastSuccessMs / 1000),
  ),
  gauge(
    "athena_account_workgroups",
    "Number of workgroups that this exporter polls in the account and region.",
    ({ workgroups }) => single(workgroups),
  ),
  byQuota(
    "athena_account_dpu_quota",
    "Maximum number of DPUs that sessions may use at a time by AWS' Service Quotas; only with quotas.",
    ({ dpuQuotas }) => dpuQuotas,
  ),
  byQuota(
    "athena_account_active_dpus",
    "Number of DPUs that sessions of this exporter's workgroups hold against each quota, at least: 1 for each coordinator, or with sessions.details the maximum of a BUSY session; only with quotas.",
    ({ activeDpus }) => activeDpus,
  ),
];

/** Renders an account and region: one string a family, in the order of ACCOUNT_FAMILIES. */
export function renderAccountRegion(view: AccountRegionView): readonly string[] {
  const pairs = labelPairs({ aws_account_id: view.accountId, aws_region: view.region });
  return ACCOUNT_FAMILIES.map((family) => renderFamily(family, view, pairs));
}

function byQuota(
  name: string,
  help: string,
  values: (view: AccountRegionView) => ReadonlyMap<string, number> | undefined,
): Family<AccountRegionView> {
  const samples = (view: AccountRegionView) =>
    [...(values(view) ?? [])].map(([quota, value]) => ({ labels: { quota }, value }));
  return { ...gauge(name, help, samples), labels: [...ACCOUNT_LABELS, "quota"] };
}

function gauge(
  name: string,
  help: string,
  samples: (view: AccountRegionView) => readonly Sample[],
): Family<AccountRegionView> {
  return { name, type: "gauge", help, labels: ACCOUNT_LABELS, fromSessions: false, samples };
}
