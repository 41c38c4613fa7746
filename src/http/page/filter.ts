/** A filter's words, as expressions that find them in any case. */
export function wordsOf(query: string): readonly RegExp[] {
  return query
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => new RegExp(word.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`), "i"));
}

/** Whether each word occurs in one of the texts. Without words everything matches, and no texts are made. */
export function matches(words: readonly RegExp[], texts: () => readonly (string | undefined)[]): boolean {
  if (words.length === 0) return true;
  const searched = texts();
  return words.every((word) => searched.some((text) => text !== undefined && word.test(text)));
}
