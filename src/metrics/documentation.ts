import { ACCOUNT_FAMILIES } from "./account-families.ts";
import { EXPORTER_FAMILIES, type ExporterFamily } from "./exporter-families.ts";
import { ORGANIZATION_FAMILIES } from "./organization-families.ts";
import { WORKGROUP_FAMILIES } from "./workgroup-lines.ts";

const INTRODUCTION = `# Metrics

This page lists every metric that the exporter exposes about AWS and about itself. It is generated from the tables in src/metrics:
change those, then run \`npm run docs\`.

Durations and counts are as of a workgroup's last successful poll, whose time is
\`athena_workgroup_last_success_timestamp_seconds\`. Metrics of sessions are withdrawn when no poll has succeeded for
longer than \`poll.stale_after\` or three planned intervals, and when Athena reports that the workgroup does not exist. The others stay.
`;

const SESSION_LABELS_NOTE = `\`athena_session_info\` also has the labels of \`sessions.per_session.labels\`, and \`started_by\` with \`sessions.owners\`.
`;

const PROCESS_NOTE = `The exporter also exposes prom-client's \`process_*\` and \`nodejs_*\` metrics, without its gauges that end in \`_total\`. \`process_*\` is of the whole process, \`nodejs_*\` of the thread that polls.

The metrics of accounts and regions, of the organization and of the exporter are less than a second old in a scrape, and up to 15 seconds while polls
keep the thread that polls busy all the time.
`;

/** docs/metrics.md: every family of the exporter, as tables. */
export function metricsDocumentation(): string {
  const sessions = WORKGROUP_FAMILIES.filter(({ fromSessions }) => fromSessions);
  const others = WORKGROUP_FAMILIES.filter(({ fromSessions }) => !fromSessions);
  return [
    INTRODUCTION,
    section("Sessions", sessions),
    SESSION_LABELS_NOTE,
    section("Workgroups", others),
    section("Accounts and regions", ACCOUNT_FAMILIES),
    section("The organization", ORGANIZATION_FAMILIES),
    section("The exporter", Object.values(EXPORTER_FAMILIES)),
    PROCESS_NOTE,
  ].join("\n");
}

function section(title: string, families: readonly ExporterFamily[]): string {
  const rows = families.map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`,
  );
  return [
    `## ${title}`,
    "",
    "| metric | type | labels | meaning |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
