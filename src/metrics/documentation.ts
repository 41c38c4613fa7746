import { ACCOUNT_FAMILIES } from "./account-families.ts";
import { EXPORTER_FAMILIES, type ExporterFamily } from "./exporter-families.ts";
import { WORKGROUP_FAMILIES } from "./families.ts";

const INTRODUCTION = `# Metrics

Made from the tables in src/metrics: change those, then run \`npm run docs\`.

Durations and counts are as of a workgroup's last successful poll, whose time is
\`athena_workgroup_last_success_timestamp_seconds\`. Those that derive from sessions are withdrawn when no poll has succeeded for
too long, or when Athena says that the workgroup does not exist; the others stay. All times are Unix time in seconds.
`;

const SESSION_LABELS_NOTE = `\`athena_session_info\` also carries the labels that \`sessions.per_session.labels\` names.
`;

const PROCESS_NOTE = `Beside these there are prom-client's \`process_*\` and \`nodejs_*\`, less its gauges that end in \`_total\`.
`;

/** docs/metrics.md: every family that the exporter has of its own, as tables. */
export function metricsDocumentation(): string {
  const sessions = WORKGROUP_FAMILIES.filter(({ fromSessions }) => fromSessions);
  const others = WORKGROUP_FAMILIES.filter(({ fromSessions }) => !fromSessions);
  return [
    INTRODUCTION,
    section("Sessions, withdrawn with age", sessions),
    SESSION_LABELS_NOTE,
    section("Workgroups", others),
    section("Accounts and regions", ACCOUNT_FAMILIES),
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
