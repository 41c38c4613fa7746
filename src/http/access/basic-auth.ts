import { createHash } from "node:crypto";
import { OutcomeCache } from "./outcome-cache.ts";
import { PasswordChecker } from "./password-checker.ts";

/** Whether a request may pass. "busy": too many passwords wait to be checked. */
export type Verdict = "allowed" | "refused" | "busy";

interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Basic authentication against bcrypt hashes. */
export class BasicAuth {
  readonly #checker = new PasswordChecker();
  readonly #cache = new OutcomeCache();
  /** The outcomes that are being determined. */
  readonly #running = new Map<string, Promise<boolean>>();
  #users: ReadonlyMap<string, string> = new Map();
  #hashes: readonly string[] = [];

  /** Hashes by users' names; none: everybody is allowed. */
  setUsers(users: ReadonlyMap<string, string>): void {
    const isSame =
      users.size === this.#users.size && [...users].every(([name, hash]) => this.#users.get(name) === hash);
    if (isSame) return;
    this.#users = users;
    this.#hashes = [...users.values()];
    this.#cache.clear();
  }

  close(): void {
    this.#checker.close();
  }

  /**
   * Judges the Authorization header of a request. The verdict is there at once where it is known, and otherwise after one hash.
   * @param client whom limits count as one; see client-address.ts
   */
  judge(authorization: string | undefined, client: string): Verdict | Promise<Verdict> {
    if (this.#users.size === 0) return "allowed";
    const credentials = readCredentials(authorization);
    if (credentials === undefined) return "refused";
    const { user, password } = credentials;
    const hash = this.#users.get(user);
    // A user who does not exist takes as long to refuse as one who does.
    const comparedHash = hash ?? this.#decoyFor(user);
    const verdictFor = (isRight: boolean): Verdict => (isRight && hash !== undefined ? "allowed" : "refused");
    const key = this.#cache.keyOf(user, comparedHash, password);
    const known = this.#cache.get(key);
    if (known !== undefined) return verdictFor(known);
    const outcome = this.#running.get(key) ?? this.#start(key, client, password, comparedHash);
    if (outcome === undefined) return "busy";
    return outcome.then((isRight) =>
      // The users may have changed meanwhile.
      this.#users.get(user) === hash ? verdictFor(isRight) : this.judge(authorization, client),
    );
  }

  #start(key: string, client: string, password: string, hash: string): Promise<boolean> | undefined {
    const outcome = this.#checker.check(client, password, hash);
    if (outcome === undefined) return undefined;
    const settled = outcome
      .then((isRight) => {
        this.#cache.set(key, isRight);
        return isRight;
      })
      .finally(() => this.#running.delete(key));
    this.#running.set(key, settled);
    return settled;
  }

  /** The hash of another user, always the same for a name: with hashes of several costs, a fixed one would show who exists. */
  #decoyFor(user: string): string {
    const index = createHash("sha256").update(user).digest().readUInt32BE() % this.#hashes.length;
    return this.#hashes[index] ?? "";
  }
}

/** The user and the password of an Authorization header; undefined if it has none. https://www.rfc-editor.org/rfc/rfc7617 */
function readCredentials(authorization = ""): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization)?.[1];
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString()) ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}
