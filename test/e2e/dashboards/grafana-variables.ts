/** What variables hold: one text as it is, or values that were chosen from a list. */
export type Variables = Readonly<Record<string, string | readonly string[]>>;

/** What "All" stands for in the dashboards' lists. */
export const ALL = ".*";

/** Characters that mean something in a regular expression; Grafana escapes them for a PromQL string. */
const SPECIAL = /[$^*{}[\]'+?.()|]/g;

/** A text of a dashboard as Grafana's Prometheus data source asks it. Throws where a variable is not known. */
export function interpolate(text: string, variables: Variables): string {
  return text.replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (_, inBraces?: string, plain?: string) => {
    const name = inBraces ?? plain ?? "";
    const value = variables[name];
    if (value === undefined) throw new Error(`no variable ${name}: ${text}`);
    return typeof value === "string" ? value : alternatives(value);
  });
}

function alternatives(values: readonly string[]): string {
  const escaped = values.map((value) => value.replaceAll("\\", "\\\\\\\\").replaceAll(SPECIAL, "\\\\$&"));
  return escaped.length === 1 ? escaped.join("") : `(${escaped.join("|")})`;
}
