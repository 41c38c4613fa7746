import type { AccountView } from "../snapshot/view.ts";
import { ACCOUNT_FAMILIES } from "./account-families.ts";
import { renderAccount, WORKGROUP_FAMILIES } from "./families.ts";
import { familyHeader, type FamilyHeader, type Format } from "./text.ts";

/** A workgroup as it was last rendered. */
export interface RenderedWorkgroup {
  /** As renderWorkgroup() gives them. */
  readonly lines: readonly string[];
  /** When the gauges of its sessions are too old to be shown, on the monotonic clock; Infinity without any. */
  readonly sessionsExpireAtMs: number;
}

/** Everything that is exposed about AWS. */
export interface Board {
  readonly workgroups: readonly RenderedWorkgroup[];
  readonly accounts: readonly AccountView[];
}

export interface BoardTextOptions {
  readonly format: Format;
  /** Monotonic. */
  readonly nowMs: number;
  /** Leaves the counters out, for a process that lives for one poll only. */
  readonly gaugesOnly?: boolean;
}

/** How much text is joined at a time: some 100 workgroups' lines, well under a millisecond of work. */
const SLICE_CHARS = 32 * 1024;

/** The exposition of the board in slices, family by family, without an ending. */
export function* boardText(board: Board, options: BoardTextOptions): Generator<string> {
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

function* boardParts(board: Board, options: BoardTextOptions): Generator<string> {
  const { nowMs } = options;
  for (const [row, family] of WORKGROUP_FAMILIES.entries()) {
    yield* familyParts(family, options, () =>
      workgroupLines(board.workgroups, row, family.fromSessions, nowMs),
    );
  }
  const accounts = board.accounts.filter(({ isDuplicate }) => isDuplicate !== true).map(renderAccount);
  for (const [row, family] of ACCOUNT_FAMILIES.entries()) {
    yield* familyParts(family, options, () => accounts.map((lines) => lines[row] ?? ""));
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

/** A family's header before its first line; nothing where it has none. */
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
