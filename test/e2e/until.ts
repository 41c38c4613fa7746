import { setTimeout as sleep } from "node:timers/promises";

/** Long enough for a slow machine that does other things too; a test that passes never waits it out. */
const DEADLINE_MS = 30_000;
const PAUSE_MS = 50;

/**
 * Asks until the answer is neither undefined nor false, and gives it.
 * @param what completes "waited in vain for ..."
 * @throws the last error of `ask`, or that it took longer than `deadlineMs`
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<Exclude<T, undefined | false>> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    const isLast = performance.now() > endMs;
    const answer = await attempt(ask, isLast);
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    if (isLast) throw new Error(`waited in vain for ${what}`);
    await sleep(PAUSE_MS);
  }
}

/** An error is an answer still to come, except at the last attempt. */
async function attempt<T>(ask: () => T | Promise<T>, isLast: boolean): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isLast) throw error;
    return undefined;
  }
}
