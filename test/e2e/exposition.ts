import parse, { type ParsedFamily } from "parse-prometheus-text-format";

/** The value of a series, given with all its labels exactly as in the exposition; undefined if it is absent. */
export function valueOf(exposition: string, series: string): number | undefined {
  const line = exposition.split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Parses the exposition with an independent parser. */
export function parseExposition(exposition: string): readonly ParsedFamily[] {
  return parse(exposition);
}

/** The name and labels of every series. */
export function seriesOf(exposition: string): readonly string[] {
  return exposition
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.slice(0, line.lastIndexOf(" ")));
}
