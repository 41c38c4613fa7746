/** Line breaks and tabs, which become a space. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/**
 * What a terminal, a log or a page would obey or not show, so that text could forge output or hide: control characters, direction
 * overrides, invisible characters other than joiners and variation selectors, and code points that are no characters.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Surrogate}\p{Noncharacter_Code_Point}\p{Bidi_Control}\u00AD\u180E\u200B\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E00FF}]/gu;

/** Most texts: nothing in them is replaced. */
const PLAIN = /^[ -~]*$/;

/** Makes text of AWS safe to show anywhere, on one line: unprintable characters become U+FFFD, and it is cut to `maxCharacters` UTF-16 units. */
export function cleanText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters && PLAIN.test(text)) return text;
  // Cut first, so that a pair that the cut splits is a lone surrogate, and replaced.
  return text.slice(0, maxCharacters).replace(BREAKS, " ").replace(UNPRINTABLE, "\uFFFD");
}
