import type { SessionRow } from "../snapshot/snapshot.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { flatten, renderSample, type RenderOptions } from "./family.ts";
import { type SessionFamily, sessionFamilies, shownRows } from "./session-families.ts";

/** A session as it was rendered: one line a family, empty where it has no sample. */
interface SessionText {
  readonly row: SessionRow;
  readonly lines: readonly string[];
}

/**
 * The lines of a workgroup's sessions. Most sessions are from one poll to the next as they were, and there may be a hundred,
 * so that rendering them all would cost more than the rest of a poll.
 */
export class SessionLines {
  readonly #pairs: string;
  readonly #options: RenderOptions;
  readonly #families: readonly SessionFamily[];
  readonly #texts = new Map<string, SessionText>();

  constructor(view: WorkgroupView, pairs: string, options: RenderOptions, former: SessionLines | undefined) {
    this.#pairs = pairs;
    this.#options = options;
    const usable = former !== undefined && former.#options === options ? former : undefined;
    this.#families = usable === undefined ? sessionFamilies(options) : usable.#families;
    const known = usable !== undefined && usable.#pairs === pairs ? usable.#texts : undefined;
    for (const row of shownRows(view)) {
      const text = known?.get(row.id);
      const isKnown = text !== undefined && isSame(text.row, row);
      this.#texts.set(row.id, { row, lines: isKnown ? text.lines : this.#render(row) });
    }
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0;
  }

  /** One string a family, in the order of sessionFamilies(). */
  families(): readonly string[] {
    const texts = [...this.#texts.values()];
    return this.#families.map((_, index) => texts.map(({ lines }) => lines[index] ?? "").join(""));
  }

  #render(row: SessionRow): readonly string[] {
    const lines = this.#families.map(({ name, sample }) => {
      const shown = sample(row);
      return shown === undefined ? "" : renderSample(name, this.#pairs, shown);
    });
    return flatten(lines);
  }
}

/** Whether a session's lines are the same; how long it has been idle is in none of them. */
function isSame(former: SessionRow, row: SessionRow): boolean {
  return (
    former.state === row.state &&
    former.sinceMs === row.sinceMs &&
    former.startMs === row.startMs &&
    former.description === row.description &&
    former.engineVersion === row.engineVersion &&
    former.executionRole === row.executionRole &&
    former.maxDpus === row.maxDpus &&
    former.idleTimeoutSeconds === row.idleTimeoutSeconds
  );
}
