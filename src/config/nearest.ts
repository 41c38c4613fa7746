import { distance } from "fastest-levenshtein";
import { quoted } from "./problem.ts";

/** Longer names are not compared: no known name is near them, and comparing takes time by their length. */
const MAX_COMPARED_CHARACTERS = 64;

/**
 * The candidate that `name` is most likely a slip of: one that ends in it (`region` for `aws.region`), or the one at the
 * least edit distance if about a third of its characters differ at most. Letter case is ignored.
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > MAX_COMPARED_CHARACTERS) {
    return undefined;
  }
  const wanted = name.toLowerCase();
  const longer = candidates.find((candidate) => candidate.toLowerCase().endsWith(`.${wanted}`));
  if (longer !== undefined) {
    return longer;
  }
  // Two letters swapped are two edits.
  const limit = Math.ceil(wanted.length / 3);
  return candidates
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= limit)
    .toSorted((a, b) => a.edits - b.edits)
    .at(0)?.candidate;
}

/** The end of a message about an unknown name: the nearest known one, or else all of them. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? `expected one of ${known.join(", ")}` : `did you mean ${quoted(near)}?`;
}
