/** A metric in a query with its label matchers. */
export interface Selector {
  readonly metric: string;
  /** For example `state="IDLE"`. */
  readonly matchers: readonly string[];
}

const SELECTOR = /\b((?:athena|process|nodejs|scrape)_\w+|up)\b(?:\{([^}]*)\})?/g;

/** The metrics of the exporter and of scrapes that a query selects. */
export function selectorsOf(query: string): readonly Selector[] {
  return [...query.matchAll(SELECTOR)].map(([, metric = "", matchers = ""]) => ({
    metric,
    matchers: matchers === "" ? [] : matchers.split(", "),
  }));
}

/** The variables in a text, as `$name` or `${name}`; Grafana's built-in variables begin with two underscores. */
export function variablesOf(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name).filter((name) => !/^\d/.test(name));
}
