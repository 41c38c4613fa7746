import { setTimeout as sleep } from "node:timers/promises";

/** Long enough for a slow, busy machine; a test that passes does not wait this long. */
const DEADLINE_MS = 30_000;
const PAUSE_MS = 50;

/**
 * Calls `probe` until it returns neither undefined nor false, and returns the result.
 * @param what completes the error message "timed out waiting for ..."
 * @throws the last error of `probe`, or a timeout after `deadlineMs`
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<Exclude<T, undefined | false>> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    const isLast = performance.now() > endMs;
    const result = await attempt(probe, isLast);
    if (result !== undefined && result !== false) return result as Exclude<T, undefined | false>;
    if (isLast) throw new Error(`timed out waiting for ${what}`);
    await sleep(PAUSE_MS);
  }
}

/** An error counts as "not yet", except at the last attempt. */
async function attempt<T>(probe: () => T | Promise<T>, isLast: boolean): Promise<T | undefined> {
  try {
    return await probe();
  } catch (error) {
    if (isLast) throw error;
    return undefined;
  }
}
