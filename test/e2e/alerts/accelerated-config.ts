import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { parseDuration } from "../../../src/duration.ts";

/** One minute in the rules and in the configuration of Alertmanager becomes one second in the test. */
const FACTOR = 60;
const RULES = new URL("../../../deploy/prometheus/athena-session-exporter.rules.yaml", import.meta.url);
const ALERTMANAGER = new URL("../../../deploy/alertmanager/alertmanager.yaml", import.meta.url);
/** The keys in both files whose values are durations. */
const DURATION_KEYS: ReadonlySet<string> = new Set([
  "interval",
  "for",
  "keep_firing_for",
  "group_wait",
  "group_interval",
  "repeat_interval",
]);
/** A record that reads its own last value would lose it where an evaluation is a little late. */
const SHORTEST_WINDOW_MS = 3_000;
/** Thresholds in this group are times of the exporter and are accelerated; those of other groups are ages of sessions. */
const EXPORTER_GROUP = "athena-session-exporter";

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly { readonly expr: string }[] }[];
}

interface AlertmanagerFile {
  readonly receivers: readonly { readonly name: string }[];
}

/** The project's rules with all durations divided by sixty, except thresholds on the age of sessions. */
export async function acceleratedRules(): Promise<string> {
  const { groups } = parse(await readFile(RULES, "utf8")) as RuleFile;
  const accelerated = groups.map(({ name, rules }) => ({
    name,
    rules: rules.map((rule) => ({ ...rule, expr: accelerateExpression(rule.expr, name) })),
  }));
  return JSON.stringify({ groups: accelerated }, accelerateDuration);
}

/** The project's example configuration of Alertmanager, sixty times as fast, with a webhook at `url` for each receiver. */
export async function acceleratedAlertmanagerConfig(url: string): Promise<string> {
  const config = parse(await readFile(ALERTMANAGER, "utf8")) as AlertmanagerFile;
  const receivers = config.receivers.map(({ name }) => ({
    name,
    webhook_configs: [{ url, send_resolved: true }],
  }));
  return JSON.stringify({ ...config, receivers }, accelerateDuration);
}

function accelerateDuration(key: string, value: unknown): unknown {
  return DURATION_KEYS.has(key) && typeof value === "string" ? shorten(value) : value;
}

function accelerateExpression(expression: string, group: string): string {
  const windows = expression
    .replaceAll(/\[(\w+)\]/g, (_, window: string) => `[${shorten(window, SHORTEST_WINDOW_MS)}]`)
    .replace(/\* 60\s*$/, "* 1");
  if (group !== EXPORTER_GROUP) return windows;
  return windows.replaceAll(/, (\d{3,})\)/g, (_, seconds: string) => `, ${Number(seconds) / FACTOR})`);
}

function shorten(duration: string, leastMs = 0): string {
  const milliseconds = parseDuration(duration);
  if (milliseconds === undefined) throw new Error(`${duration} is not a duration`);
  return `${Math.max(leastMs, Math.ceil(milliseconds / FACTOR))}ms`;
}
