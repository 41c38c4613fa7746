import { BODY_ENDINGS, type Format } from "../metrics/text.ts";
import { Segment } from "./segment.ts";
import type { WorkgroupSegments } from "./workgroup-segments.ts";

/** A whole body: the families of workgroups, then `others`, the text of all others in the same format. */
export function bodySegments(
  workgroups: WorkgroupSegments,
  others: string,
  format: Format,
): readonly Segment[] {
  return [...workgroups.segments(format), Segment.of(others + BODY_ENDINGS[format])];
}

/** The gauges of workgroups in the text format, for a process that polls only once. */
export function gaugesText(workgroups: WorkgroupSegments): string {
  return plainText(workgroups.segments("text", ({ type }) => type === "gauge"));
}

export function plainText(segments: readonly Segment[]): string {
  return segments.map((segment) => segment.plain().toString()).join("");
}
