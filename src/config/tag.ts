import type { Fault } from "./fault.ts";
import { quoted } from "./problem.ts";
import { plainText, type ValueKind } from "./value-kind.ts";

const MAX_VALUE_CHARACTERS = 256;

/** A tag's key. https://docs.aws.amazon.com/athena/latest/ug/tags.html */
export const tagKey: ValueKind<string> = plainText("a tag's key", 128);

/** A tag's value; it may be empty. */
export const tagValue: ValueKind<string> = {
  expected: `a tag's value of at most ${MAX_VALUE_CHARACTERS} characters`,
  parse: (text) => (text.length <= MAX_VALUE_CHARACTERS && !/\p{Cc}/u.test(text) ? text : undefined),
};

/** The label of athena_workgroup_info that shows a tag: `cost-center` becomes `tag_cost_center`. */
export function tagLabel(key: string): string {
  return `tag_${key.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`;
}

/** Tags that would have the same label. */
export function tagLabelFaults(keys: readonly (string | undefined)[]): Fault[] {
  const former = new Map<string, string>();
  return keys.flatMap((key, index) => {
    if (key === undefined) return [];
    const label = tagLabel(key);
    const rival = former.get(label);
    former.set(label, rival ?? key);
    if (rival === undefined) return [];
    const message =
      rival === key
        ? `${quoted(key)} is there twice; remove one`
        : `${quoted(key)} and ${quoted(rival)} would both be the label ${label}; remove one`;
    return [{ path: [index], message }];
  });
}
