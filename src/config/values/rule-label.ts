import { list, textValue, type ValueProblem } from "./value.ts";

/** A label of alerts: its name and value. */
type RuleLabel = readonly [name: string, value: string];

const MAX_VALUE_CHARACTERS = 128;
/** The rules set these themselves. */
const OWN_NAMES: ReadonlySet<string> = new Set(["alertname", "severity"]);

const ruleLabel = textValue<RuleLabel>({
  expected: "a label such as team=data, other than alertname and severity",
  placeholder: "NAME=VALUE",
  parse(text) {
    const [, name, value] = /^([a-zA-Z_]\w{0,127})=([^\p{Cc}]+)$/u.exec(text) ?? [];
    if (name === undefined || value === undefined || OWN_NAMES.has(name)) return undefined;
    return value.length > MAX_VALUE_CHARACTERS ? undefined : [name, value];
  },
});

/** Labels of alerts, each name once. */
export const ruleLabels = list(ruleLabel, "labels", 1, 20, findSameNames);

function findSameNames(labels: readonly (RuleLabel | undefined)[]): ValueProblem[] {
  const names = labels.map((label) => label?.[0]);
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [{ path: [index], message: `the label ${name} is given twice; remove one` }]
      : [],
  );
}
