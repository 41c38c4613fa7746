/** Words that a POSIX shell does not interpret and the AWS CLI does not take for an option. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
/** Text that is harmless in quotes. A control character would reach the terminal it is pasted into. */
const PRINTABLE = /^[\x20-\x7e]+$/;

/**
 * The command that terminates a session, for a POSIX shell. The region and the id come from AWS and are not trusted.
 * @returns undefined if one of them contains characters other than printable ASCII
 */
export function terminateCommand(region: string, sessionId: string): string | undefined {
  if (!PRINTABLE.test(region) || !PRINTABLE.test(sessionId)) return undefined;
  return `aws athena terminate-session --region ${shellWord(region)} --session-id ${shellWord(sessionId)}`;
}

function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
