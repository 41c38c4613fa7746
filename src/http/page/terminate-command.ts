/** What a POSIX shell takes as it is, and AWS' tool not for one of its flags. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
/** What quotes make harmless. A control character would reach the terminal that it is pasted into. */
const PRINTABLE = /^[\x20-\x7e]+$/;

/**
 * The command that ends a session, to paste into a shell.
 * @returns undefined where the region or the id, which come off the wire, hold what no command should
 */
export function terminateCommand(region: string, sessionId: string): string | undefined {
  if (!PRINTABLE.test(region) || !PRINTABLE.test(sessionId)) return undefined;
  return `aws athena terminate-session --region ${shellWord(region)} --session-id ${shellWord(sessionId)}`;
}

function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
