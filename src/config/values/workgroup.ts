import { quoted } from "../problem.ts";
import { plainText } from "./text.ts";
import { type ValueProblem, findDuplicates, list, textValue } from "./value.ts";

/** WorkGroup in https://docs.aws.amazon.com/athena/latest/APIReference/API_ListSessions.html */
export const workgroup = textValue({
  expected: "a workgroup's name of 1 to 128 letters, digits, dots, hyphens or underscores",
  placeholder: "NAME",
  parse: (text) => (/^[a-zA-Z0-9._-]{1,128}$/.test(text) ? text : undefined),
});

export const workgroups = list(workgroup, "workgroups", 1, 1_000, findDuplicates);

const MAX_VALUE_CHARACTERS = 256;

/** A tag's key. https://docs.aws.amazon.com/athena/latest/ug/tags.html */
export const tagKey = plainText("a tag's key", 128);

/** A tag's value; it may be empty. */
export const tagValue = textValue({
  expected: `a tag's value of at most ${MAX_VALUE_CHARACTERS} characters`,
  parse: (text) => (text.length <= MAX_VALUE_CHARACTERS && !/\p{Cc}/u.test(text) ? text : undefined),
});

/** The label of athena_workgroup_info that shows a tag: `cost-center` becomes `tag_cost_center`. */
export function tagLabel(key: string): string {
  return `tag_${key.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`;
}

/** The check of a list of tags' keys in which no two have the same label. */
export function findSameLabels(keys: readonly (string | undefined)[]): ValueProblem[] {
  const labels = keys.map((key) => (key === undefined ? undefined : tagLabel(key)));
  return keys.flatMap((key, index) => {
    const first = keys[labels.indexOf(labels[index])];
    if (key === undefined || first === undefined || labels.indexOf(labels[index]) === index) return [];
    const message =
      first === key
        ? `${quoted(key)} is given twice; remove one`
        : `${quoted(key)} and ${quoted(first)} would both be the label ${tagLabel(key)}; remove one`;
    return [{ path: [index], message }];
  });
}
