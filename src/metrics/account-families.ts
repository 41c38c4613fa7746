import type { AccountView } from "../snapshot/view.ts";
import { type Family, type Sample, single } from "./family.ts";
import { ACCOUNT_LABELS } from "./workgroup-labels.ts";

/** How an account's region does: credentials and discovery. */
export const ACCOUNT_FAMILIES: readonly Family<AccountView>[] = [
  gauge(
    "athena_account_up",
    "1 if credentials and the last discovery of workgroups work, else 0.",
    ({ up }) => single(up ? 1 : 0),
  ),
  {
    ...gauge(
      "athena_account_failing",
      "1 with the reason, only while credentials or discovery fail.",
      ({ failure }) => (failure === undefined ? [] : [{ labels: { reason: failure.reason }, value: 1 }]),
    ),
    labels: [...ACCOUNT_LABELS, "reason"],
  },
  gauge(
    "athena_account_last_success_timestamp_seconds",
    "When credentials and discovery last worked, in Unix time; 0 until the first success.",
    ({ lastSuccessMs }) => single(lastSuccessMs / 1000),
  ),
  gauge("athena_account_workgroups", "Workgroups that this exporter polls.", ({ workgroups }) =>
    single(workgroups),
  ),
];

function gauge(
  name: string,
  help: string,
  samples: (view: AccountView) => readonly Sample[],
): Family<AccountView> {
  return { name, type: "gauge", help, labels: ACCOUNT_LABELS, fromSessions: false, samples };
}
