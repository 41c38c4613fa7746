import { createHmac, randomBytes } from "node:crypto";

/** Outcomes of each kind; wrong passwords cannot push out right ones. */
const MAX_OUTCOMES = 1_000;

/**
 * Remembers whether passwords were right. It holds no password: keys are HMACs by a key that exists only in this process. Parts are
 * separated by their lengths, so that no two triples of user, hash and password have one key.
 */
export class OutcomeCache {
  readonly #key = randomBytes(32);
  readonly #outcomes: Readonly<Record<"right" | "wrong", Set<string>>> = {
    right: new Set(),
    wrong: new Set(),
  };

  keyOf(...parts: readonly string[]): string {
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part);
    return hmac.digest("base64");
  }

  /** Undefined where the outcome is not known. */
  get(key: string): boolean | undefined {
    if (this.#outcomes.right.has(key)) return true;
    return this.#outcomes.wrong.has(key) ? false : undefined;
  }

  set(key: string, isRight: boolean): void {
    const outcomes = this.#outcomes[isRight ? "right" : "wrong"];
    const [oldest] = outcomes;
    if (outcomes.size >= MAX_OUTCOMES && oldest !== undefined) outcomes.delete(oldest);
    outcomes.add(key);
  }

  clear(): void {
    this.#outcomes.right.clear();
    this.#outcomes.wrong.clear();
  }
}
