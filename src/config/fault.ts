import type { Path } from "./document.ts";

/** What is wrong between values that are each right, at a path below the value that was checked. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
}
