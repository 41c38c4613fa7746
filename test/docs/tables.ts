import { CONFIG_KEYS } from "../../src/config/config-key.ts";
import { COMMANDS } from "../../src/config/command.ts";
import { FLAGS, variableOf, type Flag } from "../../src/config/flag.ts";
import { ACCOUNT_FAMILIES } from "../../src/metrics/account-families.ts";
import { EXPORTER_FAMILIES, type ExporterFamily } from "../../src/metrics/exporter-families.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/families.ts";
import { ACCOUNT_LABELS, WORKGROUP_LABELS } from "../../src/metrics/workgroup-labels.ts";

const code = (text: string): string => `\`${text}\``;
/** A vertical bar would end the cell. */
const cell = (text: string): string => text.replaceAll("|", String.raw`\|`);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");
}

const FLAG_ROWS: readonly Flag[] = FLAGS;

/** The commands as `--help` tells them. */
export function commandTable(): string {
  return table(
    ["command", "what it does"],
    COMMANDS.map(({ name, help }) => [code(name), help]),
  );
}

/** Every flag with its variable and default, and which commands take it. */
export function flagTable(): string {
  return table(
    ["flag", "variable", "default", "commands", "meaning"],
    FLAG_ROWS.map((flag) => [
      code(`--${flag.name}${flag.placeholder === undefined ? "" : `=${flag.placeholder}`}`),
      flag.isAction === true ? "" : code(variableOf(flag.name)),
      flag.default === undefined ? "" : code(flag.default),
      flag.commands.length === COMMANDS.length ? "all" : flag.commands.map(code).join(", "),
      flag.isRepeatable === true ? `${flag.help}; repeatable` : flag.help,
    ]),
  );
}

/** Every key of the configuration file with its default. */
export function keyTable(): string {
  return table(
    ["key", "default", "meaning"],
    CONFIG_KEYS.map(({ path, default: written = "", help }) => [
      code(path),
      written === "" ? "" : code(written),
      help,
    ]),
  );
}

/** Every metric of a workgroup; `shared` labels are left out, the text before the table names them. */
function metricTable(families: readonly ExporterFamily[], shared: readonly string[]): string {
  return table(
    ["metric", "type", "further labels", "meaning"],
    families.map(({ name, type, labels, help }) => [
      code(name),
      type,
      labels
        .filter((label) => !shared.includes(label))
        .map(code)
        .join(", "),
      help,
    ]),
  );
}

export const sessionMetricTable = (): string =>
  metricTable(
    WORKGROUP_FAMILIES.filter(({ fromSessions }) => fromSessions),
    WORKGROUP_LABELS,
  );

export const workgroupMetricTable = (): string =>
  metricTable(
    WORKGROUP_FAMILIES.filter(({ fromSessions }) => !fromSessions),
    WORKGROUP_LABELS,
  );

export const accountMetricTable = (): string => metricTable(ACCOUNT_FAMILIES, ACCOUNT_LABELS);

export const exporterMetricTable = (): string => metricTable(Object.values(EXPORTER_FAMILIES), []);
