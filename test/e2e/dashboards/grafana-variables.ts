/** The values of variables by name: a text, or the selected values of a list. */
export type Variables = Readonly<Record<string, string | readonly string[]>>;

/** The value of "All" in the dashboards' variables. */
export const ALL = ".*";

/** Special characters of regular expressions, which Grafana escapes for a PromQL string. */
const SPECIAL_CHARACTERS = /[$^*{}[\]'+?.()|]/g;

/** Replaces the variables in a text as Grafana's Prometheus data source does; throws if a variable is unknown. */
export function interpolate(text: string, variables: Variables): string {
  return text.replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (_, inBraces?: string, plain?: string) => {
    const name = inBraces ?? plain ?? "";
    const value = variables[name];
    if (value === undefined) throw new Error(`no variable ${name}: ${text}`);
    return typeof value === "string" ? value : alternatives(value);
  });
}

function alternatives(values: readonly string[]): string {
  const escaped = values.map((value) =>
    value.replaceAll("\\", "\\\\\\\\").replaceAll(SPECIAL_CHARACTERS, "\\\\$&"),
  );
  return escaped.length === 1 ? escaped.join("") : `(${escaped.join("|")})`;
}
