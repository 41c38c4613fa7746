import type { Clock } from "../clock.ts";
import type { ReadFile } from "../config/file/read-file.ts";
import { formatProblem } from "../config/problem.ts";
import type { AccessConfig } from "../config/web/access-config.ts";
import { loadAccess } from "../config/web/load-access.ts";
import type { Logger } from "./logger.ts";

/** How often the files are read again. */
const CHECK_MS = 1_000;

export interface AccessWatcherOptions {
  /** The file of --web.config.file. */
  readonly file: string;
  readonly readFile: ReadFile;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** Takes over a changed configuration, or returns why that is impossible. */
  readonly apply: (access: AccessConfig) => Promise<string | undefined>;
}

/**
 * Reads the file of --web.config.file and those that it names once a second, and applies what has changed. What is wrong changes
 * nothing and is logged once, when it was the same at two checks: files may be replaced one after the other.
 */
export class AccessWatcher {
  readonly #options: AccessWatcherOptions;
  /** The texts of the files at the last load, or why there was none. */
  #texts = new Map<string, string>();
  #wasWrong = false;
  #lastProblem = "";
  #loggedProblem = "";

  constructor(options: AccessWatcherOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, signal } = this.#options;
    if (signal.aborted) return;
    clock.after(CHECK_MS, () => void this.check().then(() => this.start()));
  }

  /** Reads the files again. Never rejects. */
  async check(): Promise<void> {
    // Wrong files are loaded again, to see whether they stay so.
    if (!this.#wasWrong && this.#texts.size > 0 && !(await this.#haveChanged())) return;
    const { file, apply, logger, signal } = this.#options;
    const isFirst = this.#texts.size === 0;
    const texts = new Map<string, string>();
    const loaded = await loadAccess(file, async (path) => {
      try {
        const text = await this.#options.readFile(path);
        texts.set(path, text);
        return text;
      } catch (error) {
        texts.set(path, String(error));
        throw error;
      }
    });
    if (signal.aborted) return;
    this.#texts = texts;
    const problem =
      "problems" in loaded ? loaded.problems.map(formatProblem).join("\n") : await apply(loaded.access);
    this.#wasWrong = problem !== undefined;
    if (problem === undefined) {
      if (!isFirst) logger.info({ file }, "the files of --web.config.file have changed and are in use");
      this.#loggedProblem = "";
    } else if (problem === this.#lastProblem && problem !== this.#loggedProblem) {
      logger.error(
        { file, problems: problem.split("\n") },
        "the files of --web.config.file have changed and cannot be used; the former ones stay in use",
      );
      this.#loggedProblem = problem;
    }
    this.#lastProblem = problem ?? "";
  }

  async #haveChanged(): Promise<boolean> {
    for (const [path, text] of this.#texts) if ((await this.#textOf(path)) !== text) return true;
    return false;
  }

  /** A file's text, or the error in its place. */
  async #textOf(path: string): Promise<string> {
    try {
      return await this.#options.readFile(path);
    } catch (error) {
      return String(error);
    }
  }
}
