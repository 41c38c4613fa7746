import type { Board } from "../snapshot/board.ts";
import type { AccountRegionView, OrganizationView } from "../snapshot/view.ts";
import { ACCOUNT_FAMILIES, renderAccountRegion } from "../metrics/account-families.ts";
import { ORGANIZATION_FAMILIES, renderOrganization } from "../metrics/organization-families.ts";
import type { FamilyRow } from "../metrics/family.ts";
import { Segment } from "./segment.ts";
import { BODY_ENDINGS, familyHeader, type Format } from "../metrics/text.ts";
import { WORKGROUP_FAMILIES } from "../metrics/workgroup-lines.ts";
import type { WorkgroupSegments } from "./workgroup-segments.ts";

/** What is exposed of the board. */
export interface BoardContent {
  /** The segments of each row of WORKGROUP_FAMILIES. */
  readonly workgroups: readonly (readonly Segment[])[];
  readonly accountRegions: readonly AccountRegionView[];
  /** Undefined where the configuration has none. */
  readonly organization?: OrganizationView | undefined;
}

const HEADERS: Readonly<Record<Format, readonly Segment[]>> = {
  text: headers("text"),
  openmetrics: headers("openmetrics"),
};

/** What is exposed now. */
export function contentOf(
  board: Pick<Board, "accountRegions" | "organization">,
  workgroups: Pick<WorkgroupSegments, "segments">,
): BoardContent {
  return {
    workgroups: workgroups.segments(),
    accountRegions: board.accountRegions(),
    organization: board.organization(),
  };
}

/** A whole body: the families of workgroups, of accounts and regions, of the organization, and then `own`, the exporter's own metrics as text. */
export function bodySegments(content: BoardContent, format: Format, own: string): readonly Segment[] {
  const rest = accountFamilies(content, format) + own + BODY_ENDINGS[format];
  return [...workgroupFamilies(content, format), Segment.of(rest)];
}

/** The gauges of the board in the text format, for a process that polls only once. */
export function gaugesText(content: BoardContent): string {
  const segments = workgroupFamilies(content, "text", (type) => type === "gauge");
  return plainText(segments) + accountFamilies(content, "text");
}

export function plainText(segments: readonly Segment[]): string {
  return segments.map(({ plain }) => plain.toString()).join("");
}

/** Each family's header before its lines, and nothing where it has no lines. */
function workgroupFamilies(
  { workgroups }: BoardContent,
  format: Format,
  isWanted: (type: string) => boolean = () => true,
): readonly Segment[] {
  return WORKGROUP_FAMILIES.flatMap(({ type }, row) => {
    const lines = workgroups[row] ?? [];
    const header = HEADERS[format][row];
    return header === undefined || lines.length === 0 || !isWanted(type) ? [] : [header, ...lines];
  });
}

/** Only gauges. */
function accountFamilies({ accountRegions, organization }: BoardContent, format: Format): string {
  const rendered = accountRegions
    .filter(({ duplicateOf }) => duplicateOf === undefined)
    .map(renderAccountRegion);
  const families = (rows: readonly FamilyRow[], texts: readonly (readonly string[])[]) =>
    rows.map((family, row) => {
      const lines = texts.map((text) => text[row] ?? "").join("");
      return lines === "" ? "" : familyHeader(family, format) + lines;
    });
  const ofOrganization = organization === undefined ? [] : [renderOrganization(organization)];
  return [...families(ACCOUNT_FAMILIES, rendered), ...families(ORGANIZATION_FAMILIES, ofOrganization)].join(
    "",
  );
}

function headers(format: Format): readonly Segment[] {
  return WORKGROUP_FAMILIES.map((family) => Segment.of(familyHeader(family, format)));
}
