/** Line breaks and tabs, which become a space. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/**
 * Other control characters, direction overrides and lone surrogates: in a terminal, a log or a page they could forge output or
 * hide text.
 */
const UNPRINTABLE = /[\p{Cc}\p{Surrogate}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** Makes text of AWS safe to show anywhere, on one line: unprintable characters become U+FFFD, and it is cut to `maxCharacters` UTF-16 units. */
export function cleanText(text: string, maxCharacters: number): string {
  // Cut first, so that a pair that the cut splits is a lone surrogate, and replaced.
  return text.slice(0, maxCharacters).replace(BREAKS, " ").replace(UNPRINTABLE, "\uFFFD");
}
