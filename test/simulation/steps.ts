/** A clock that is so far ahead of the right one from a time on. */
export interface ClockStep {
  readonly atMs: number;
  readonly byMs: number;
}

/** A clock that steps: tells what it shows at any time, in Unix milliseconds. */
export class SteppingClock {
  /** How far its steps back add up: so much later, what is dated by it may still seem to be the state before. */
  readonly backMs: number;
  readonly #epochMs: number;
  /** Ascending in time, each with the sum of all steps until then. */
  readonly #offsets: { readonly atMs: number; readonly offsetMs: number }[] = [];

  /** `epochMs`: what it shows at time 0. */
  constructor(epochMs: number, steps: readonly ClockStep[]) {
    this.#epochMs = epochMs;
    let offsetMs = 0;
    this.backMs = steps.reduce((sum, { byMs }) => sum + Math.max(0, -byMs), 0);
    for (const { atMs, byMs } of [...steps].sort((a, b) => a.atMs - b.atMs)) {
      offsetMs += byMs;
      this.#offsets.push({ atMs, offsetMs });
    }
  }

  /** What it shows at a time of the world. */
  at(nowMs: number): number {
    return this.#epochMs + nowMs + this.#offsetAt(nowMs);
  }

  /** The times in (afterMs, untilMs] at which it showed `shownMs`, ascending: one for each side of a step back. */
  timesOf(shownMs: number, afterMs: number, untilMs: number): number[] {
    const offsetsMs = [0, ...this.#offsets.map(({ offsetMs }) => offsetMs)];
    return offsetsMs
      .map((offsetMs) => shownMs - this.#epochMs - offsetMs)
      .filter((ms) => ms > afterMs && ms <= untilMs && Math.abs(this.at(ms) - shownMs) < 1)
      .sort((a, b) => a - b);
  }

  /** How far its steps between two times add up, whatever their directions. */
  movedMs(fromMs: number, toMs: number): number {
    let movedMs = 0;
    let beforeMs = 0;
    for (const { atMs, offsetMs } of this.#offsets) {
      if (atMs >= fromMs && atMs <= toMs) movedMs += Math.abs(offsetMs - beforeMs);
      beforeMs = offsetMs;
    }
    return movedMs;
  }

  #offsetAt(nowMs: number): number {
    let found = 0;
    for (const { atMs, offsetMs } of this.#offsets) {
      if (atMs > nowMs) break;
      found = offsetMs;
    }
    return found;
  }
}
