import type { WorkgroupView } from "../snapshot/view.ts";
import { renderSample } from "./family.ts";
import { labelPairs } from "./label.ts";
import { shownRows, type SessionFamily } from "./session-families.ts";

/**
 * The lines of a workgroup's sessions, one string a family. There may be a hundred sessions, so that what their series share,
 * which is most of a line, is made once a session.
 */
export function renderSessions(
  families: readonly SessionFamily[],
  view: WorkgroupView,
  sharedPairs: string,
): readonly string[] {
  const texts = families.map(() => "");
  for (const row of shownRows(view)) {
    const pairs = `${sharedPairs},${labelPairs({ session_id: row.id })}`;
    for (const [index, { name, sample }] of families.entries()) {
      const shown = sample(row);
      if (shown !== undefined) texts[index] += renderSample(name, pairs, shown);
    }
  }
  return texts;
}
