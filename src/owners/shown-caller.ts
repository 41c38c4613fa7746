import { createHash } from "node:crypto";
import type { OwnersConfig } from "../config/config.ts";
import type { Caller } from "./caller.ts";

/** A caller as metrics, logs, the status page and JSON may show it. */
export interface ShownCaller {
  /** Empty where callers are not shown. */
  readonly name: string;
  /** Empty where it is not known, or not shown. */
  readonly arn: string;
}

/** Enough for a thousand names to differ. */
const HASH_DIGITS = 12;

const FORMS: Readonly<Record<OwnersConfig["startedBy"], (caller: Caller) => ShownCaller>> = {
  full: ({ arn, name }) => ({ name: arn || name, arn }),
  "session-name": ({ arn, name }) => ({ name, arn }),
  hash: ({ name }) => ({
    name: createHash("sha256").update(name).digest("hex").slice(0, HASH_DIGITS),
    arn: "",
  }),
  off: () => ({ name: "", arn: "" }),
};

/** How a caller is shown in a form of `sessions.started_by`. A hash is of the name, so that it groups as names do. */
export function showCaller(caller: Caller, form: OwnersConfig["startedBy"]): ShownCaller {
  return FORMS[form](caller);
}
