import type { PlacedTarget } from "../../grafana/dashboard-files.ts";
import { interpolate, type Variables } from "./grafana-variables.ts";

/** The time range of the dashboards in the tests. */
export const RANGE_SECONDS = 60;
/** What Grafana makes of it where scrapes are every second. */
const TIMES: Variables = {
  __range: `${RANGE_SECONDS}s`,
  __interval: "1s",
  __interval_ms: "1000",
  __rate_interval: "4s",
};

/** A Prometheus to ask. */
interface Server {
  readonly url: string;
}

/** One series of an answer: its labels and its values, from the earliest. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

interface Answer {
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

/** What a query of a panel gives for the last minute; values that are no numbers are left out. */
export async function ask(
  { url }: Server,
  { panel, refId, expr, instant }: PlacedTarget,
  variables: Variables,
): Promise<readonly Series[]> {
  const query = interpolate(expr, { ...variables, ...TIMES });
  const end = Date.now() / 1000;
  const parameters: Record<string, string> = instant
    ? { query, time: String(end) }
    : { query, start: String(end - RANGE_SECONDS), end: String(end), step: "1" };
  const path = instant ? "query" : "query_range";
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
  const answer = (await response.json()) as Answer;
  if (answer.status !== "success") throw new Error(`${panel}, ${refId}: ${answer.error ?? ""}: ${query}`);
  return answer.data.result
    .map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
      metric,
      values: values.map(([, text]) => Number(text)).filter((number) => !Number.isNaN(number)),
    }))
    .filter(({ values }) => values.length > 0);
}

/** The values that a variable offers whose query is `label_values(SERIES, LABEL)`. */
export async function offered(
  { url }: Server,
  query: string,
  variables: Variables,
): Promise<readonly string[]> {
  const [, series = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  const parameters = new URLSearchParams({ "match[]": interpolate(series, variables) });
  const response = await fetch(`${url}/api/v1/label/${label}/values?${parameters.toString()}`);
  const answer = (await response.json()) as { readonly status: string; readonly data: readonly string[] };
  if (answer.status !== "success") throw new Error(`${query} is no query`);
  return answer.data;
}
