import { printable } from "./label.ts";

/**
 * The exposition formats: Prometheus text 0.0.4 and OpenMetrics 1.0.0. Their sample lines are the same here;
 * they differ in headers, in a histogram's bounds and in how they end.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ and
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export type Format = "text" | "openmetrics";

/** What goes over the wire as Content-Type. */
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** How a body ends. */
export const ENDINGS: Readonly<Record<Format, string>> = { text: "", openmetrics: "# EOF\n" };

export type MetricType = "gauge" | "counter" | "histogram";

/** What the HELP and TYPE lines of a family say. */
export interface FamilyHeader {
  /** The name of its samples; a histogram's without suffix. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
}

/** The HELP and TYPE lines. OpenMetrics names a counter's family without `_total` and escapes quotes in HELP. */
export function familyHeader(family: FamilyHeader, format: Format): string {
  const help = printable(family.help).replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  if (format === "text") return `# HELP ${family.name} ${help}\n# TYPE ${family.name} ${family.type}\n`;
  const name = family.type === "counter" ? family.name.replace(/_total$/, "") : family.name;
  return `# HELP ${name} ${help.replaceAll('"', '\\"')}\n# TYPE ${name} ${family.type}\n`;
}

/** One sample with its line feed. `pairs` as labelPairs() gives them. */
export function sampleLine(name: string, pairs: string, value: number): string {
  return pairs === "" ? `${name} ${formatNumber(value)}\n` : `${name}{${pairs}} ${formatNumber(value)}\n`;
}

/** A sample's value, as Go's ParseFloat reads it. */
export function formatNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}

/** A histogram's bound: OpenMetrics wants a float ("1.0") where text 0.0.4 has "1". */
export function formatBound(bound: number, format: Format): string {
  const text = formatNumber(bound);
  return format === "openmetrics" && /^\d+$/.test(text) ? `${text}.0` : text;
}
