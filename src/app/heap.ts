import { setFlagsFromString } from "node:v8";

/**
 * Makes V8 collect garbage before the heap has grown to several times of what is in use. Most of what a poll creates is kept until the
 * next poll of the workgroup, which is when V8's defaults need the most memory.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--optimize-for-size");
}
