import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { formatDuration, parseDuration } from "../../../src/config/duration.ts";

/** A minute of the rules' and of Alertmanager's is a second of the test's. */
const FACTOR = 60;
const RULES = new URL("../../../deploy/prometheus/athena-session-exporter.rules.yaml", import.meta.url);
const ALERTMANAGER = new URL("../../../deploy/alertmanager/alertmanager.yaml", import.meta.url);
/** The keys of both files that hold a duration. */
const DURATION_KEYS: ReadonlySet<string> = new Set([
  "interval",
  "for",
  "keep_firing_for",
  "group_wait",
  "group_interval",
  "repeat_interval",
]);
/** Its rules judge how the exporter does, the other group's how old AWS' sessions are: and those age as they do. */
const EXPORTER_GROUP = "athena-session-exporter";

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly { readonly expr: string }[] }[];
}

interface AlertmanagerFile {
  readonly receivers: readonly { readonly name: string }[];
}

/** The rules of the product, sixty times as fast in everything but the age of sessions. */
export async function hurriedRules(): Promise<string> {
  const { groups } = parse(await readFile(RULES, "utf8")) as RuleFile;
  const hurried = groups.map(({ name, rules }) => ({
    name,
    rules: rules.map((rule) => ({ ...rule, expr: hurryExpression(rule.expr, name) })),
  }));
  return JSON.stringify({ groups: hurried }, hurryDuration);
}

/** The example's routes and inhibitions, sixty times as fast, with each receiver a webhook at `url`. */
export async function hurriedAlertmanager(url: string): Promise<string> {
  const config = parse(await readFile(ALERTMANAGER, "utf8")) as AlertmanagerFile;
  const receivers = config.receivers.map(({ name }) => ({
    name,
    webhook_configs: [{ url, send_resolved: true }],
  }));
  return JSON.stringify({ ...config, receivers }, hurryDuration);
}

function hurryDuration(key: string, value: unknown): unknown {
  return DURATION_KEYS.has(key) && typeof value === "string" ? faster(value) : value;
}

function hurryExpression(expression: string, group: string): string {
  const windows = expression
    .replaceAll(/\[(\w+)\]/g, (_, window: string) => `[${faster(window)}]`)
    .replace(/\* 60$/, "* 1");
  if (group !== EXPORTER_GROUP) return windows;
  return windows.replaceAll(/> (\d{3,})/g, (_, seconds: string) => `> ${Number(seconds) / FACTOR}`);
}

function faster(duration: string): string {
  const milliseconds = parseDuration(duration);
  if (milliseconds === undefined) throw new Error(`${duration} is no duration`);
  return formatDuration(Math.ceil(milliseconds / FACTOR));
}
