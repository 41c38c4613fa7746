/** Label names to values, in the order in which they are written. */
export type Labels = Readonly<Record<string, string>>;

/** The longest free text that becomes a label value, in UTF-16 units. */
const MAX_FREE_TEXT = 128;

/**
 * Cuts text that somebody else wrote to 128 characters, never inside a surrogate pair.
 * The cut comes before escaping, so that it cannot split an escape either.
 */
export function cutFreeText(text: string): string {
  if (text.length <= MAX_FREE_TEXT) return text;
  const cut = text.slice(0, MAX_FREE_TEXT);
  const last = cut.charCodeAt(MAX_FREE_TEXT - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return splitsPair ? cut.slice(0, -1) : cut;
}

/**
 * Replaces what no exposition may hold: lone surrogates, which have no UTF-8, and NUL, at which Prometheus'
 * lexer ends the line.
 */
export function printable(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD").replaceAll("\0", "\uFFFD");
}

/** Text without a control character, quote, backslash or surrogate: nearly all of it, and nothing to escape there. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** Escapes a label value; both formats escape backslash, quote and line feed, and nothing else. */
function escapeLabelValue(value: string): string {
  if (PLAIN.test(value)) return value;
  return printable(value).replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

/** Labels as they stand between the braces: `a="x",b="y"`; empty without labels. */
export function labelPairs(labels: Labels): string {
  let pairs = "";
  for (const name of Object.keys(labels)) {
    pairs += `${pairs === "" ? "" : ","}${name}="${escapeLabelValue(labels[name] ?? "")}"`;
  }
  return pairs;
}
