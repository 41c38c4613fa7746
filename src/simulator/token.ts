import { createHmac, timingSafeEqual } from "node:crypto";
import { invalidRequest } from "./aws-error.ts";

/** The position in a listing at which the next page starts. */
export interface Cursor {
  /** The sort key of the last item listed; absent before the first page. */
  readonly after?: { readonly startMs: number; readonly key: string };
  /** Whether the previous page was left empty on purpose; see `emptyPageShare`. */
  readonly wasEmpty?: boolean;
}

/** Issues and verifies pagination tokens. A token is valid only for the request it was issued for. */
export class PaginationTokens {
  readonly #secret: string;
  #issued = 0;

  constructor(seed: number) {
    this.#secret = `pagination/${seed}`;
  }

  /** Returns a unique token that continues the request identified by `scope` at `cursor`. */
  issue(scope: readonly string[], cursor: Cursor): string {
    this.#issued += 1;
    const payload = Buffer.from(JSON.stringify({ cursor, serial: this.#issued })).toString("base64url");
    return `${payload}.${this.#sign(scope, payload)}`;
  }

  /** Returns the cursor of a token; throws InvalidRequestException if it was not issued for `scope`. */
  redeem(scope: readonly string[], token: string): Cursor {
    const [payload = "", signature = ""] = token.split(".");
    const expected = this.#sign(scope, payload);
    if (!isSame(signature, expected))
      throw invalidRequest("The NextToken is invalid or belongs to another request");
    const { cursor } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { cursor: Cursor };
    return cursor;
  }

  #sign(scope: readonly string[], payload: string): string {
    return createHmac("sha256", this.#secret)
      .update(JSON.stringify([scope, payload]))
      .digest("base64url");
  }
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
