import type { PlacedTarget } from "../../grafana/dashboard-files.ts";
import { interpolate, type Variables } from "./grafana-variables.ts";

/** The time range of the dashboards in the tests. */
export const RANGE_SECONDS = 60;
/** The values of Grafana's built-in variables for this range and a scrape interval of one second. */
const BUILT_IN_VARIABLES: Variables = {
  __range: `${RANGE_SECONDS}s`,
  __interval: "1s",
  __interval_ms: "1000",
  __rate_interval: "4s",
};

/** A Prometheus server. */
interface Server {
  readonly url: string;
}

/** One series of a result: its labels and its values in chronological order. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

interface QueryResponse {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

/** Runs a query of a panel for the last minute; NaN values are removed. */
export async function runQuery(
  { url }: Server,
  { panel, refId, expr, instant }: PlacedTarget,
  variables: Variables,
): Promise<readonly Series[]> {
  const query = interpolate(expr, { ...variables, ...BUILT_IN_VARIABLES });
  const end = Date.now() / 1000;
  const parameters: Record<string, string> = instant
    ? { query, time: String(end) }
    : { query, start: String(end - RANGE_SECONDS), end: String(end), step: "1" };
  const path = instant ? "query" : "query_range";
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
  const body = (await response.json()) as QueryResponse;
  if (body.status !== "success") throw new Error(`${panel}, ${refId}: ${body.error ?? ""}: ${query}`);
  return body.data.result
    .map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
      metric,
      values: values.map(([, text]) => Number(text)).filter((number) => !Number.isNaN(number)),
    }))
    .filter(({ values }) => values.length > 0);
}

/** The values of a variable whose query is `label_values(SERIES, LABEL)`. */
export async function variableValues(
  { url }: Server,
  query: string,
  variables: Variables,
): Promise<readonly string[]> {
  const [, series = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  const parameters = new URLSearchParams({ "match[]": interpolate(series, variables) });
  const response = await fetch(`${url}/api/v1/label/${label}/values?${parameters.toString()}`);
  const body = (await response.json()) as { readonly status: string; readonly data: readonly string[] };
  if (body.status !== "success") throw new Error(`invalid query: ${query}`);
  return body.data;
}
