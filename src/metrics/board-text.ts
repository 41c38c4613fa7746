import type { AccountRegionView } from "../snapshot/view.ts";
import { ACCOUNT_FAMILIES, renderAccountRegion } from "./account-families.ts";
import { familyHeader, type FamilyHeader, type Format } from "./text.ts";
import { WORKGROUP_FAMILIES, type RenderedWorkgroup } from "./workgroup-lines.ts";

/** What is exposed of the board. */
export interface RenderedBoard {
  readonly workgroups: readonly RenderedWorkgroup[];
  readonly accountRegions: readonly AccountRegionView[];
}

export interface BoardTextOptions {
  readonly format: Format;
  /** Monotonic. */
  readonly nowMs: number;
  /** Leaves the counters out, for a process that polls only once. */
  readonly gaugesOnly?: boolean;
}

/** How much text is joined at a time: the lines of some 100 workgroups, well under a millisecond of work. */
const SLICE_CHARS = 32 * 1024;

/** The exposition of the board in slices, family by family, without an ending. */
export function* boardText(board: RenderedBoard, options: BoardTextOptions): Generator<string> {
  let parts: string[] = [];
  let chars = 0;
  for (const part of boardParts(board, options)) {
    parts.push(part);
    chars += part.length;
    if (chars < SLICE_CHARS) continue;
    yield parts.join("");
    parts = [];
    chars = 0;
  }
  if (chars > 0) yield parts.join("");
}

function* boardParts(board: RenderedBoard, options: BoardTextOptions): Generator<string> {
  const { nowMs } = options;
  for (const [row, family] of WORKGROUP_FAMILIES.entries()) {
    yield* familyParts(family, options, () =>
      workgroupLines(board.workgroups, row, family.fromSessions, nowMs),
    );
  }
  const accountRegions = board.accountRegions
    .filter(({ isDuplicate }) => isDuplicate !== true)
    .map(renderAccountRegion);
  for (const [row, family] of ACCOUNT_FAMILIES.entries()) {
    yield* familyParts(family, options, () => accountRegions.map((lines) => lines[row] ?? ""));
  }
}

function* workgroupLines(
  workgroups: readonly RenderedWorkgroup[],
  row: number,
  fromSessions: boolean,
  nowMs: number,
): Generator<string> {
  for (const { lines, sessionsExpireAtMs } of workgroups) {
    if (!fromSessions || nowMs < sessionsExpireAtMs) yield lines[row] ?? "";
  }
}

/** A family's header before its first line; nothing where it has no lines. */
function* familyParts(
  family: FamilyHeader,
  { format, gaugesOnly = false }: BoardTextOptions,
  lines: () => Iterable<string>,
): Generator<string> {
  if (gaugesOnly && family.type !== "gauge") return;
  let headed = false;
  for (const line of lines()) {
    if (line === "") continue;
    if (!headed) yield familyHeader(family, format);
    headed = true;
    yield line;
  }
}
