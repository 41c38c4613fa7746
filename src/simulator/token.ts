import { createHmac, timingSafeEqual } from "node:crypto";
import { invalidRequest } from "./aws-error.ts";

/** Where a listing goes on: after the item with this place in the order. */
export interface Cursor {
  /** What was listed last; absent: nothing yet, the next page is the first. */
  readonly after?: { readonly startMs: number; readonly key: string };
  /** The page that gave this token was made empty on purpose. */
  readonly wasEmpty?: boolean;
}

/** Issues pagination tokens and knows its own again. A token serves only the request it was issued for. */
export class TokenMint {
  readonly #secret: string;
  #issued = 0;

  constructor(seed: number) {
    this.#secret = `pagination/${seed}`;
  }

  /** A token that continues the request described by `scope`; no two are the same. */
  issue(scope: readonly string[], cursor: Cursor): string {
    this.#issued += 1;
    const payload = Buffer.from(JSON.stringify({ cursor, serial: this.#issued })).toString("base64url");
    return `${payload}.${this.#sign(scope, payload)}`;
  }

  /** The cursor of a token; InvalidRequestException for one that was not issued for `scope`. */
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
