import type { Format } from "../metrics/text.ts";

/** One element of an Accept or Accept-Encoding header, in lower case. */
interface WeightedName {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0, not acceptable, to 1. */
  readonly quality: number;
}

/** The media ranges that match text 0.0.4, the most specific first. */
const TEXT_RANGES = ["text/plain", "text/*", "*/*"];

/**
 * Chooses the format for an Accept header. OpenMetrics must be named, in version 1.0.0 or without a version, and its quality
 * must be higher than that of text 0.0.4; at equal quality the first in the header is chosen. Otherwise the format is text.
 */
export function negotiateFormat(accept = ""): Format {
  const ranges = parseList(accept);
  const find = (name: string, version: string) => ranges.findIndex((range) => matches(range, name, version));
  const openmetrics = find("application/openmetrics-text", "1.0.0");
  const text = TEXT_RANGES.map((name) => find(name, "0.0.4")).find((index) => index !== -1) ?? -1;
  const openmetricsQuality = ranges[openmetrics]?.quality ?? 0;
  const textQuality = ranges[text]?.quality ?? 0;
  if (openmetricsQuality === textQuality) {
    return openmetricsQuality > 0 && openmetrics < text ? "openmetrics" : "text";
  }
  return openmetricsQuality > textQuality ? "openmetrics" : "text";
}

/** Whether a response with gzip is acceptable, and preferred to one without by an Accept-Encoding header. */
export function acceptsGzip(acceptEncoding = ""): boolean {
  const codings = parseList(acceptEncoding);
  const qualityOf = (coding: string) =>
    [coding, "*"].map((wanted) => codings.find(({ name }) => name === wanted)).find(Boolean)?.quality ?? 0;
  const gzip = qualityOf("gzip");
  return gzip > 0 && gzip >= qualityOf("identity");
}

/** A range without a version matches every version. */
function matches({ name, parameters }: WeightedName, type: string, version: string): boolean {
  return name === type && (parameters.get("version") ?? version) === version;
}

function parseList(header: string): WeightedName[] {
  return header.split(",").map(parseWeightedName);
}

function parseWeightedName(text: string): WeightedName {
  const [name = "", ...rest] = text.split(";").map((part) => part.trim().toLowerCase());
  const parameters = new Map(rest.map(parseParameter));
  return { name, parameters, quality: parseQuality(parameters.get("q")) };
}

function parseParameter(text: string): [string, string] {
  const [name = "", value = ""] = text.split("=", 2);
  return [name.trim(), value.trim().replace(/^"(.*)"$/, "$1")];
}

/** An invalid quality counts as 0. */
function parseQuality(text = "1"): number {
  return /^(0(\.\d*)?|1(\.0*)?)$/.test(text) ? Number(text) : 0;
}
