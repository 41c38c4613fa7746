/**
 * The exposition formats: Prometheus text 0.0.4 and OpenMetrics 1.0.0. Their sample lines are the same here;
 * they differ in headers, in a histogram's bounds and in how they end.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ and
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export type Format = "text" | "openmetrics";

/** The Content-Type header of each format. */
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** The end of a body in each format. */
export const BODY_ENDINGS: Readonly<Record<Format, string>> = { text: "", openmetrics: "# EOF\n" };

export type MetricType = "gauge" | "counter" | "histogram";

/** What the HELP and TYPE lines of a family contain. */
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

/** Label names to values, in the order in which they are written. */
export type Labels = Readonly<Record<string, string>>;

/** Labels as they stand between the braces: `a="x",b="y"`; empty without labels. */
export function labelPairs(labels: Labels): string {
  let pairs = "";
  for (const name of Object.keys(labels)) {
    pairs += `${pairs === "" ? "" : ","}${name}="${escapeLabelValue(labels[name] ?? "")}"`;
  }
  return pairs;
}

/** Text without a control character, quote, backslash or surrogate: most label values, with nothing to escape. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** Both formats escape backslash, quote and line feed, and nothing else. */
function escapeLabelValue(value: string): string {
  if (PLAIN.test(value)) return value;
  return printable(value).replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

/** Replaces what no exposition may hold: lone surrogates, which have no UTF-8, and NUL, at which Prometheus ends the line. */
function printable(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD").replaceAll("\0", "\uFFFD");
}

/** The longest free text that becomes a label value, in UTF-16 units. */
const MAX_FREE_TEXT = 128;

/** Cuts free text for a label value to 128 characters, never inside a surrogate pair. */
export function cutFreeText(text: string): string {
  if (text.length <= MAX_FREE_TEXT) return text;
  const cut = text.slice(0, MAX_FREE_TEXT);
  const last = cut.charCodeAt(MAX_FREE_TEXT - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return splitsPair ? cut.slice(0, -1) : cut;
}
