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
];

/** Renders an account and region: one string a family, in the order of ACCOUNT_FAMILIES. */
export function renderAccountRegion(view: AccountRegionView): readonly string[] {
  const pairs = labelPairs({ aws_account_id: view.accountId, aws_region: view.region });
  return ACCOUNT_FAMILIES.map((family) => renderFamily(family, view, pairs));
}

function gauge(
  name: string,
  help: string,
  samples: (view: AccountRegionView) => readonly Sample[],
): Family<AccountRegionView> {
  return { name, type: "gauge", help, labels: ACCOUNT_LABELS, fromSessions: false, samples };
}
