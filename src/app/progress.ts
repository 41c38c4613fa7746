import type { Host } from "./host.ts";

/** Most commands are done before. */
const SHOWN_AFTER_MS = 2_000;
const INTERVAL_MS = 250;
const CLEAR_LINE = "\r\u001B[K";

/**
 * Shows on stderr how far a command has come, in one line that is replaced, if it takes long and stderr is a terminal: cron would send
 * the lines by mail. The returned function ends that.
 */
export function showProgress(
  { clock, isTerminal, printError }: Pick<Host, "clock" | "isTerminal" | "printError">,
  text: () => string,
): () => void {
  if (!isTerminal) return () => undefined;
  let isShown = false;
  const show = () => {
    isShown = true;
    printError(`${CLEAR_LINE}${text()}`);
    cancel = clock.after(INTERVAL_MS, show);
  };
  let cancel = clock.after(SHOWN_AFTER_MS, show);
  return () => {
    cancel();
    if (isShown) printError(CLEAR_LINE);
  };
}
