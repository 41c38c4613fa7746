/** One thing that is wrong with what the user wrote, and what to do about it. */
export interface ConfigProblem {
  /** The file as the user named it, a flag such as `--poll.interval`, or an environment variable. */
  readonly source: string;
  /** From 1; absent where the problem has no place in a text. */
  readonly line?: number;
  /** From 1, in characters. */
  readonly column?: number;
  /** What is wrong, what is expected, and the nearest known name where there is one. */
  readonly message: string;
}

/** `file.yaml:12:5: poll.intervall: unknown key; did you mean "interval"?` */
export function formatProblem(problem: ConfigProblem): string {
  const place = [problem.source, problem.line, problem.column].filter((part) => part !== undefined);
  // A flag's name is whatever was typed, and YAML's messages repeat the text: they could forge lines of their own.
  return withoutControls(`${place.join(":")}: ${problem.message}`);
}

/** The one form of the messages about values. */
export function mismatch(expected: string, got: string, hint?: string): string {
  return `expected ${expected}, got ${got}${hint === undefined ? "" : `; ${hint}`}`;
}

/** What stands in the place of a value, in words. */
export function describeInput(input: unknown): string {
  if (typeof input === "string") return quoted(input);
  if (typeof input === "number" || typeof input === "boolean") return `the ${typeof input} ${input}`;
  if (Array.isArray(input)) return "a list";
  return typeof input === "object" && input !== null ? "a mapping" : "nothing";
}

const MAX_SHOWN_CHARACTERS = 80;

/** What the user wrote, quoted for a message: on one line, without control characters, cut where it is long. */
export function quoted(value: string): string {
  const shown = value.length > MAX_SHOWN_CHARACTERS ? `${value.slice(0, MAX_SHOWN_CHARACTERS)}...` : value;
  return withoutControls(JSON.stringify(shown));
}

function withoutControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}]/gu, "?");
}
