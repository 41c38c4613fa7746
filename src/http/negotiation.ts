import type { Format } from "../metrics/text.ts";

/** One element of an Accept or Accept-Encoding header. */
interface Choice {
  /** A media range or a coding, in lower case. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0, refused, to 1. */
  readonly quality: number;
}

/** What answers differ by, as the Vary header says it. */
export const VARY = "Accept, Accept-Encoding";

/** The ranges that text 0.0.4 falls under, most specific first. */
const TEXT_RANGES = ["text/plain", "text/*", "*/*"];

/**
 * Chooses a format by an Accept header as Prometheus sends it: OpenMetrics where it is asked for by name, in the
 * version that there is and before plain text; text 0.0.4 for anything else. Equal wishes go by their order.
 */
export function negotiateFormat(accept: string | undefined): Format {
  const choices = parseChoices(accept ?? "");
  const openmetrics = choices.findIndex(isOpenMetrics);
  const wanted = choices[openmetrics];
  if (wanted === undefined || wanted.quality === 0) return "text";
  const text = textChoice(choices);
  if (text === -1) return "openmetrics";
  const difference = wanted.quality - (choices[text]?.quality ?? 0);
  return difference > 0 || (difference === 0 && openmetrics < text) ? "openmetrics" : "text";
}

/** Whether an Accept-Encoding header takes gzip, and does not prefer to go without. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const choices = parseChoices(acceptEncoding ?? "");
  const quality = (...names: string[]) => choices.find(({ name }) => names.includes(name))?.quality;
  const gzip = quality("gzip", "x-gzip") ?? quality("*") ?? 0;
  return gzip > 0 && gzip >= (quality("identity") ?? 0);
}

function isOpenMetrics({ name, parameters }: Choice): boolean {
  return name === "application/openmetrics-text" && (parameters.get("version") ?? "1.0.0") === "1.0.0";
}

function textChoice(choices: readonly Choice[]): number {
  for (const range of TEXT_RANGES) {
    const index = choices.findIndex(
      ({ name, parameters }) => name === range && (parameters.get("version") ?? "0.0.4") === "0.0.4",
    );
    if (index !== -1) return index;
  }
  return -1;
}

function parseChoices(header: string): readonly Choice[] {
  return header
    .split(",")
    .map(parseChoice)
    .filter(({ name }) => name !== "");
}

function parseChoice(element: string): Choice {
  const [name = "", ...rest] = element.split(";").map((part) => part.trim().toLowerCase());
  const parameters = new Map(rest.map(parseParameter));
  return { name, parameters, quality: parseQuality(parameters.get("q")) };
}

function parseParameter(text: string): [string, string] {
  const [name = "", value = ""] = text.split("=", 2);
  return [name.trim(), value.trim().replace(/^"(.*)"$/, "$1")];
}

/** A quality that is not a number from 0 to 1 refuses, as the least that it can mean. */
function parseQuality(text: string | undefined): number {
  if (text === undefined) return 1;
  return /^(0(\.\d*)?|1(\.0*)?)$/.test(text) ? Number(text) : 0;
}
