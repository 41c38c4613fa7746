// Parts of the texts of alerts, in the template language of Prometheus. What is looked up in a text is no label of the alert, so
// that the alert stays the same one when it changes.

/** A query for the series of `metric` that belong to the alert, by the labels that they share. */
function seriesOfAlert(metric: string, labels: readonly string[], more = ""): string {
  const matchers = labels.map((label) => `${label}=%q`).join(",");
  const values = labels.map((label) => `$labels.${label}`).join(" ");
  return `printf "${metric}{${matchers}${more}}" ${values}`;
}

const WORKGROUP_LABELS = ["aws_account_id", "aws_region", "workgroup"];
const SESSION_LABELS = [...WORKGROUP_LABELS, "session_id"];

/** The session, by its id if it has series of its own. */
export const SESSION_NAME =
  "{{ if $labels.session_id }}Athena session {{ $labels.session_id }}{{ else }}An Athena session{{ end }} in workgroup {{ $labels.workgroup }}";

/** How long a session has been so, or how many have where they have no series of their own. */
export const SESSION_DURATION =
  "{{ if $labels.session_id }} for {{ $value | humanizeDuration }}{{ else }} for too long; such sessions: {{ $value }}{{ end }}";

/** Where a session runs, and what is known of its owner. */
export const SESSION_PLACE = [
  "It runs in account {{ $labels.aws_account_id }}, region {{ $labels.aws_region }}.",
  `{{ with ${seriesOfAlert("athena_session_info", SESSION_LABELS)} | query }}{{ with . | first | label "description" }} Its description is: {{ . }}.{{ end }}{{ end }}`,
  `{{ with ${seriesOfAlert("athena_session_info", SESSION_LABELS, `,started_by!=\\"\\"`)} | query }} It was started by {{ . | first | label "started_by" }}.{{ end }}`,
].join("");

/** What a session has cost in the time that is the alert's value. */
export const IDLE_COST =
  '{{ if $labels.session_id }}{{ with printf "%v / 3600 * max(athena_dpu_hour_price_usd)" $value | query }} It has cost at least {{ . | first | value | printf "$%.2f" }} while idle.{{ end }}{{ end }}';

/** The command that ends the session. */
export const TERMINATE =
  'aws athena terminate-session --region {{ $labels.aws_region }} --session-id {{ or $labels.session_id "SESSION_ID" }}';

/** Where a workgroup is. */
export const WORKGROUP_PLACE =
  "workgroup {{ $labels.workgroup }} in account {{ $labels.aws_account_id }}, region {{ $labels.aws_region }}";

/** The values of a label of `metric`, each after a blank. */
function reasonsOf(metric: string, labels: readonly string[]): string {
  const series = seriesOfAlert(metric, labels)
    .replace('printf "', 'printf "max by (reason) (')
    .replace('}"', '})"');
  return `{{ range ${series} | query | sortByLabel "reason" }} {{ .Labels.reason }}{{ end }}`;
}

/** The reasons why the workgroup of the alert fails. */
export const WORKGROUP_REASONS = reasonsOf("athena_workgroup_failing", WORKGROUP_LABELS);
/** The reasons why the account and region of the alert fail. */
export const ACCOUNT_REASONS = reasonsOf("athena_account_failing", WORKGROUP_LABELS.slice(0, 2));

/** The reasons why the organization of the alert cannot be read. */
export const ORGANIZATION_REASONS = reasonsOf("athena_organization_failing", ["job"]);

/** The values that a gauge of the job's exporters has, each after a blank; with a `condition`, only those for which it holds. */
export function valuesIn(metric: string, label: string, condition = ""): string {
  const query = `printf "count_values(\\"${label}\\", ${metric}{job=%q})${condition}" $labels.job`;
  return `{{ range ${query} | query | sortByLabel "${label}" }} {{ .Labels.${label} }}{{ end }}`;
}
