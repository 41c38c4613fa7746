import type { Config } from "../config/config.ts";
import { compareRows } from "../snapshot/take-snapshot.ts";
import type { SessionRow } from "../snapshot/snapshot.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { failuresOf, pollOnce } from "../app/poll-once.ts";
import { regionsOf } from "../app/account-regions.ts";
import { textTable } from "./text-table.ts";
import { EXIT, type ExitCode, type Host } from "../app/host.ts";

export interface SessionsOptions {
  /** Only those that have been IDLE for at least so long. */
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

/** One poll, then every living session for people: degraded, then stuck, then longest idle, first. */
export async function sessions(config: Config, options: SessionsOptions, host: Host): Promise<ExitCode> {
  const regions = await regionsOf(config, host.environment);
  const board = await pollOnce(config, regions, host);
  const entries = board
    .workgroups()
    .flatMap((view) => (view.snapshot?.rows ?? []).map((row) => ({ view, row })))
    .filter(({ row }) => isAskedFor(row, options))
    .sort((a, b) => compareRows(a.row, b.row));
  await host.print(options.output === "json" ? toJson(entries) : toTable(entries, host.clock.wallMs()));
  const failures = failuresOf(board);
  for (const failure of failures) host.printError(`${failure}\n`);
  return failures.length === 0 ? EXIT.done : EXIT.failed;
}

function isAskedFor({ state, idleSeconds }: SessionRow, options: SessionsOptions): boolean {
  const isState = options.state === undefined || state === options.state;
  return isState && (options.minIdleMs === undefined || (idleSeconds ?? -1) * 1000 >= options.minIdleMs);
}

function toTable(entries: readonly Entry[], nowMs: number): string {
  if (entries.length === 0) return "no living sessions\n";
  return textTable(
    COLUMNS,
    entries.map(({ view, row }) => [
      view.accountName === "" ? view.accountId : view.accountName,
      view.region,
      view.workgroup,
      row.id,
      row.state,
      `${duration(nowMs - row.sinceMs)} ago`,
      row.startMs === undefined ? "" : duration(nowMs - row.startMs),
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
    idle_seconds: row.idleSeconds ?? null,
    engine_version: row.engineVersion,
    description: row.description,
    state_change_reason: row.stateReason,
  }));
  return `${JSON.stringify(sessions, undefined, 2)}\n`;
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

/** "3d 4h", "4h 5m", "5m 6s": two units tell enough. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  const first = Math.min(parts.findIndex(([count]) => count > 0) >>> 0, parts.length - 1);
  return parts
    .slice(first, first + 2)
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ");
}

/** One line of a terminal: control characters of somebody else's text do nothing there. */
function shortened(text: string): string {
  const line = text.replaceAll(/\p{Cc}+/gu, " ");
  return line.length <= MAX_TEXT ? line : `${line.slice(0, MAX_TEXT - 1)}…`;
}
