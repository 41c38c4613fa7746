/** A metric as a query selects it. */
export interface Selector {
  readonly metric: string;
  /** The labels that its matchers name, with operator and value, for example `state="IDLE"`. */
  readonly matchers: readonly string[];
}

const SELECTOR = /\b((?:athena|process|nodejs|scrape)_\w+|up)\b(?:\{([^}]*)\})?/g;

/** The metrics that a query selects; what only looks like one, as in a text in quotes, is none of ours. */
export function selectorsOf(query: string): readonly Selector[] {
  return [...query.matchAll(SELECTOR)].map(([, metric = "", matchers = ""]) => ({
    metric,
    matchers: matchers === "" ? [] : matchers.split(", "),
  }));
}

/** The variables that a text names, as `$name` or `${name}`; those of Grafana begin with two underscores. */
export function variablesOf(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name).filter((name) => !/^\d/.test(name));
}
