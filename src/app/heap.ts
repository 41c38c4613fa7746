import { setFlagsFromString } from "node:v8";

/**
 * Makes V8 collect garbage before the heap has grown to several times of what is in use. Most of what a poll creates is kept until the
 * next poll of the workgroup, which is when V8's defaults need the most memory. A quarter of growth is little, and yet so much that a
 * heap of hundreds of megabytes is not marked all the time: by itself, the first flag lets it grow by a few megabytes only.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--optimize-for-size");
  setFlagsFromString("--heap-growing-percent=25");
}
