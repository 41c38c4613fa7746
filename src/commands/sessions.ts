import { findAccountRegions } from "../app/account-regions.ts";
import { EXIT, type ExitCode, type Host } from "../app/host.ts";
import { failuresOf, pollOnce } from "../app/poll-once.ts";
import type { Config } from "../config/config.ts";
import { formatDuration } from "../duration.ts";
import type { Board } from "../snapshot/board.ts";
import { compareRows, type SessionRow } from "../snapshot/snapshot.ts";
import type { WorkgroupView } from "../snapshot/view.ts";

export interface SessionsOptions {
  /** Only those that have been IDLE for at least this long. */
  readonly minIdleMs?: number;
  readonly state?: string;
  readonly output: "table" | "json";
}

interface Entry {
  readonly view: WorkgroupView;
  readonly row: SessionRow;
}

const COLUMNS = [
  "ACCOUNT",
  "REGION",
  "WORKGROUP",
  "SESSION",
  "STATE",
  "SINCE",
  "AGE",
  "DESCRIPTION",
  "REASON",
];
const MAX_TEXT = 60;

/** One poll, then every active session as a table or JSON: degraded first, then stuck, then longest idle. */
export async function sessions(config: Config, options: SessionsOptions, host: Host): Promise<ExitCode> {
  const accountRegions = await findAccountRegions(config, host.environment);
  // The output has no details, and each takes a request.
  const withoutDetails = { ...config, sessions: { ...config.sessions, details: false } };
  const manager = await pollOnce(withoutDetails, accountRegions, host);
  const entries = manager.board
    .workgroups()
    .flatMap((view) => (view.snapshot?.rows ?? []).map((row) => ({ view, row })))
    .filter(({ row }) => isSelected(row, options))
    .sort((a, b) => compareRows(a.row, b.row));
  const failures = failuresOf(manager);
  if (options.output === "json") await host.print(toJson(entries));
  else await host.print(entries.length === 0 ? noSessions(manager.board, failures) : toTable(entries));
  for (const failure of failures) host.printError(`${failure}\n`);
  return failures.length === 0 ? EXIT.done : EXIT.failed;
}

function isSelected(row: SessionRow, { state, minIdleMs }: SessionsOptions): boolean {
  if (state !== undefined && row.state !== state) return false;
  return minIdleMs === undefined || (row.state === "IDLE" && row.stateSeconds * 1000 >= minIdleMs);
}

function noSessions(board: Board, failures: readonly string[]): string {
  if (failures.length === 0) return "no active sessions\n";
  return board.workgroups().some(({ up }) => up)
    ? "no active sessions in the workgroups that could be read; the errors name the others\n"
    : "no workgroup could be read; the errors say why\n";
}

function toTable(entries: readonly Entry[]): string {
  return textTable(
    COLUMNS,
    entries.map(({ view, row }) => [
      view.accountName === "" ? view.accountId : view.accountName,
      view.region,
      view.workgroup,
      row.id,
      row.state,
      `${formatSeconds(row.stateSeconds)} ago`,
      row.ageSeconds === undefined ? "" : formatSeconds(row.ageSeconds),
      shortened(row.description),
      shortened(row.stateReason),
    ]),
  );
}

function toJson(entries: readonly Entry[]): string {
  const sessions = entries.map(({ view, row }) => ({
    aws_account_id: view.accountId,
    account_name: view.accountName,
    aws_region: view.region,
    workgroup: view.workgroup,
    session_id: row.id,
    state: row.state,
    since: isoTime(row.sinceMs),
    start: row.startMs === undefined ? null : isoTime(row.startMs),
    idle_seconds: row.state === "IDLE" ? row.stateSeconds : null,
    engine_version: row.engineVersion,
    description: row.description,
    state_change_reason: row.stateReason,
  }));
  return `${JSON.stringify(sessions, undefined, 2)}\n`;
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

/** A duration in whole seconds or larger units: "0s", "45s", "3d 4h". */
const formatSeconds = (seconds: number): string => formatDuration(Math.floor(seconds) * 1000);

/** Cuts text, between two characters. */
function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= MAX_TEXT ? text : `${characters.slice(0, MAX_TEXT - 1).join("")}…`;
}

/** Columns of text, each as wide as its widest cell, under a head. */
function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_title, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map(
      (line) =>
        `${widths
          .map((width, column) => (line[column] ?? "").padEnd(width))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
