/** A Date header is in whole seconds, and the answer takes a while: less than this says nothing of the clocks. */
const RESOLUTION_MS = 2000;

/**
 * AWS' clock as its Date headers tell it. Sessions carry AWS' times, so their durations are right only by this clock: the
 * one of this machine may be wrong, or step.
 */
export class AwsTime {
  #aheadMs = 0;

  /** `sentWallMs`: Unix milliseconds by this machine's clock when the request was sent. */
  learn(dateHeader: string | undefined, sentWallMs: number, durationMs: number): void {
    const dateMs = Date.parse(dateHeader ?? "");
    if (!Number.isFinite(dateMs)) return;
    const aheadMs = dateMs + 500 - (sentWallMs + durationMs / 2);
    this.#aheadMs = Math.abs(aheadMs) > RESOLUTION_MS + durationMs / 2 ? aheadMs : 0;
  }

  /** Unix milliseconds by AWS' clock, for a moment told by this machine's. */
  at(wallMs: number): number {
    return wallMs + this.#aheadMs;
  }
}
