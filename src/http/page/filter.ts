/** The words of a filter, in lower case. */
export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Whether each word occurs in the text. Without words everything matches, and no text is built. */
export function matches(words: readonly string[], text: () => string): boolean {
  if (words.length === 0) return true;
  const lower = text().toLowerCase();
  return words.every((word) => lower.includes(word));
}
