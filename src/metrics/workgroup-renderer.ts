import type { Clock } from "../clock.ts";
import type { BoardListener } from "../snapshot/board.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { renderChanges, renderWorkgroup, type SessionLabels, WORKGROUP_FAMILIES } from "./workgroup-lines.ts";

/** Keeps the text of workgroups; it may be on another thread. */
export interface TextStore {
  /**
   * Sets the lines of a workgroup, one entry a row of WORKGROUP_FAMILIES; undefined for those that have not changed. The first lines, and
   * those with which `isPolled` becomes true, have no undefined entry.
   */
  setLines(key: string, isPolled: boolean, lines: readonly (string | undefined)[]): void;
  remove(key: string): void;
  /** What is exposed beside workgroups has changed. */
  markChanged(): void;
}

/** What the lines of a workgroup were rendered of. */
interface Rendered {
  readonly view: WorkgroupView;
  readonly sessionLabels: SessionLabels;
  /** When the lines of its sessions are withdrawn; Infinity where there are none. */
  expiresAtMs: number;
}

/** The latest change of a workgroup that is not rendered yet. */
interface Change {
  readonly view: WorkgroupView;
  readonly sessionsExpireAtMs: number;
  /** When the first change was that is not rendered. */
  readonly sinceMs: number;
}

const WITHOUT_SESSIONS = WORKGROUP_FAMILIES.map(({ fromSessions }) => (fromSessions ? "" : undefined));

/**
 * Renders what changes on the board, when it is asked to: thousands of workgroups may change at once. It also withdraws samples of sessions
 * that are too old.
 */
export class WorkgroupRenderer implements BoardListener {
  readonly #store: TextStore;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** In the order of the first changes. */
  readonly #changes = new Map<string, Change>();
  readonly #rendered = new Map<string, Rendered>();
  #sessionLabels: SessionLabels;
  /** No sample is too old before it. */
  #nextExpiryMs = Infinity;

  /** `changed` is called after each change that is to be rendered. */
  constructor(
    store: TextStore,
    sessionLabels: SessionLabels,
    clock: Clock,
    changed: () => void = () => undefined,
  ) {
    this.#store = store;
    this.#sessionLabels = sessionLabels;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** For what is rendered from now on. */
  setSessionLabels(sessionLabels: SessionLabels): void {
    this.#sessionLabels = sessionLabels;
  }

  changed(key: string, view: WorkgroupView, sessionsExpireAtMs: number): void {
    const waiting = this.#changes.get(key);
    // Workgroups are kept in the order of their first polls.
    if (waiting?.view.polls === 0) this.#changes.delete(key);
    const sinceMs = waiting?.sinceMs ?? this.#clock.monotonicMs();
    this.#changes.set(key, { view, sessionsExpireAtMs, sinceMs });
    this.#changed();
  }

  removed(key: string): void {
    this.#changes.delete(key);
    this.#rendered.delete(key);
    this.#store.remove(key);
  }

  accountsChanged(): void {
    this.#store.markChanged();
  }

  /** For how long the change that waits the longest has waited to be rendered. */
  get delayMs(): number {
    const [first] = this.#changes.values();
    return first === undefined ? 0 : this.#clock.monotonicMs() - first.sinceMs;
  }

  /** Renders the changes of at most so many workgroups, and returns whether there are more. */
  render(limit = Infinity): boolean {
    let count = 0;
    for (const [key, { view, sessionsExpireAtMs }] of this.#changes) {
      if (count >= limit) break;
      count += 1;
      this.#changes.delete(key);
      this.#store.setLines(key, view.polls > 0, this.#linesOf(view, this.#rendered.get(key)));
      this.#rendered.set(key, { view, sessionLabels: this.#sessionLabels, expiresAtMs: sessionsExpireAtMs });
      this.#nextExpiryMs = Math.min(this.#nextExpiryMs, sessionsExpireAtMs);
    }
    this.#expire();
    return this.#changes.size > 0;
  }

  #expire(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextExpiryMs) return;
    this.#nextExpiryMs = Infinity;
    for (const [key, rendered] of this.#rendered) {
      if (rendered.expiresAtMs <= nowMs) {
        rendered.expiresAtMs = Infinity;
        this.#store.setLines(key, rendered.view.polls > 0, WITHOUT_SESSIONS);
      }
      this.#nextExpiryMs = Math.min(this.#nextExpiryMs, rendered.expiresAtMs);
    }
  }

  /** Undefined for lines that the store has already. */
  #linesOf(view: WorkgroupView, former: Rendered | undefined): readonly (string | undefined)[] {
    const sessionLabels = this.#sessionLabels;
    const hasLines =
      former?.sessionLabels === sessionLabels && former.view.polls > 0 && former.expiresAtMs < Infinity;
    return hasLines ? renderChanges(view, former.view, sessionLabels) : renderWorkgroup(view, sessionLabels);
  }
}
