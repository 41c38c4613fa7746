import parse, { type ParsedFamily } from "parse-prometheus-text-format";

/** The value of a series, by its name and all its labels as the exposition has them; undefined where it is absent. */
export function valueOf(exposition: string, series: string): number | undefined {
  const line = exposition.split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** The exposition as a parser that is not the exporter's reads it. */
export function parseExposition(exposition: string): readonly ParsedFamily[] {
  return parse(exposition);
}

/** The names and labels of every series, without values. */
export function seriesOf(exposition: string): readonly string[] {
  return exposition
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.slice(0, line.lastIndexOf(" ")));
}
