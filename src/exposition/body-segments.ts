import { BODY_ENDINGS, familyHeader, type Format } from "../metrics/text.ts";
import { WORKGROUP_FAMILIES } from "../metrics/workgroup-lines.ts";
import { Segment } from "./segment.ts";

/** The segments of each row of WORKGROUP_FAMILIES. */
type WorkgroupFamilies = readonly (readonly Segment[])[];

const HEADERS: Readonly<Record<Format, readonly Segment[]>> = {
  text: headers("text"),
  openmetrics: headers("openmetrics"),
};

/** A whole body: the families of workgroups, then `others`, the text of all others in the same format. */
export function bodySegments(
  workgroups: WorkgroupFamilies,
  others: string,
  format: Format,
): readonly Segment[] {
  return [...withHeaders(workgroups, format), Segment.of(others + BODY_ENDINGS[format])];
}

/** The gauges of workgroups in the text format, for a process that polls only once. */
export function gaugesText(workgroups: WorkgroupFamilies): string {
  return plainText(withHeaders(workgroups, "text", (type) => type === "gauge"));
}

export function plainText(segments: readonly Segment[]): string {
  return segments.map((segment) => segment.plain().toString()).join("");
}

/** Each family's header before its lines, and nothing where it has no lines. */
function withHeaders(
  workgroups: WorkgroupFamilies,
  format: Format,
  isWanted: (type: string) => boolean = () => true,
): readonly Segment[] {
  return WORKGROUP_FAMILIES.flatMap(({ type }, row) => {
    const lines = workgroups[row] ?? [];
    const header = HEADERS[format][row];
    return header === undefined || lines.length === 0 || !isWanted(type) ? [] : [header, ...lines];
  });
}

function headers(format: Format): readonly Segment[] {
  return WORKGROUP_FAMILIES.map((family) => Segment.of(familyHeader(family, format)));
}
