import { UsageError } from "../app/account-regions.ts";
import { EXIT, type ExitCode, type Host } from "../app/host.ts";
import { failuresOf, pollOnce } from "../app/poll-once.ts";
import { findPollScope, StoppedError, type PollScope } from "../app/poll-scope.ts";
import type { Config } from "../config/config.ts";
import type { SessionOrder } from "../config/values/session-order.ts";
import { formatDuration } from "../duration.ts";
import type { StateFilter } from "../sessions/call.ts";
import type { Board } from "../snapshot/board.ts";
import {
  compareSessions,
  sessionEntries,
  stateSeconds,
  type SessionEntry,
} from "../snapshot/session-entry.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { tableColumns, toCommands, toCsv, toJson } from "./session-formats.ts";
import { renderTable } from "./text-table.ts";

export interface SessionsOptions {
  /** Only those that have been IDLE for at least this long. */
  readonly minIdleMs?: number;
  readonly state?: string;
  /** Only those whose owner's name or ARN contains this, in any case. */
  readonly owner?: string;
  readonly sort: SessionOrder;
  readonly output: "table" | "json" | "csv" | "commands";
  /** List them again and again, this often. */
  readonly watchMs?: number;
}

/** What one poll of everything has found. */
interface Listing {
  readonly entries: readonly SessionEntry[];
  readonly accountRegions: readonly AccountRegion[];
  readonly board: Board;
  readonly failures: readonly string[];
}

const CLEAR_SCREEN = "\u001B[H\u001B[2J\u001B[3J";
/** A pseudo-terminal may say that its lines have no width. */
const DEFAULT_COLUMNS = 80;

/** Lists the active sessions, once or until a signal ends it. */
export async function sessions(config: Config, options: SessionsOptions, host: Host): Promise<ExitCode> {
  const { watchMs } = options;
  if (options.owner !== undefined && !namesOwners(config)) {
    throw new UsageError(
      "--owner needs to know the owners of sessions: set sessions.owners to cloudtrail in the configuration file, and sessions.started_by not to off",
    );
  }
  if (watchMs === undefined) {
    return listSessions(config, await findPollScope(config, host), options, host);
  }
  try {
    const scope = await findPollScope(config, host);
    for (;;) {
      const startMs = host.clock.monotonicMs();
      await listSessions(config, scope, options, host);
      if (host.isStdoutClosed?.() === true) return EXIT.failed;
      await pause(startMs + watchMs - host.clock.monotonicMs(), host);
    }
  } catch (error) {
    if (error instanceof StoppedError) return EXIT.done;
    throw error;
  }
}

async function listSessions(
  config: Config,
  scope: PollScope,
  options: SessionsOptions,
  host: Host,
): Promise<ExitCode> {
  // The output has neither details nor quotas, and each takes requests.
  const withoutDetails = { ...config, quotas: false, sessions: { ...config.sessions, details: false } };
  const manager = await pollOnce(withoutDetails, scope, host, hiddenFilters(options));
  const { board } = manager;
  const found = sessionEntries(board.workgroups()).filter((entry) => isSelected(entry, options));
  const entries = found
    .filter((entry) => isOwnedBy(entry, options.owner))
    .sort(compareSessions(options.sort));
  if (options.owner !== undefined) reportUnknownOwners(found, host);
  const failures = failuresOf(manager);
  await print({ entries, accountRegions: scope.accountRegions, board, failures }, config, options, host);
  for (const failure of failures) host.printError(`${failure}\n`);
  return failures.length === 0 ? EXIT.done : EXIT.failed;
}

/** What unfiltered listings may leave out. TERMINATING sessions end by themselves, so they are not worth a request unless wanted. */
function hiddenFilters({ state }: SessionsOptions): readonly StateFilter[] {
  return state === "TERMINATING" ? ["DEGRADED", "TERMINATING"] : ["DEGRADED"];
}

function isSelected(entry: SessionEntry, { state, minIdleMs }: SessionsOptions): boolean {
  const { row } = entry;
  if (state !== undefined && row.state !== state) return false;
  return minIdleMs === undefined || (row.state === "IDLE" && stateSeconds(entry) * 1000 >= minIdleMs);
}

function isOwnedBy({ row: { startedBy } }: SessionEntry, owner: string | undefined): boolean {
  if (owner === undefined) return true;
  const text = `${startedBy?.name ?? ""}\n${startedBy?.arn ?? ""}`;
  return text.toLowerCase().includes(owner.toLowerCase());
}

/** Without this, a session that is left out would seem not to be the owner's. */
function reportUnknownOwners(entries: readonly SessionEntry[], { printError }: Host): void {
  const unknown = entries.filter(({ row }) => row.startedBy === undefined).length;
  if (unknown > 0) printError(`sessions left out because their owner is not known: ${unknown}\n`);
}

async function print(listing: Listing, config: Config, options: SessionsOptions, host: Host): Promise<void> {
  const { entries, accountRegions } = listing;
  const text = (): string => {
    if (options.output === "json") return toJson(entries);
    if (options.output === "csv") return toCsv(entries, namesOwners(config));
    if (options.output === "table") return tableText(listing, config, options, host);
    const commands = toCommands(entries, accountRegions, host.environment["AWS_PROFILE"] ?? "");
    for (const { view, row } of commands.without) {
      host.printError(`no command for a session of ${view.workgroup}: its id is ${JSON.stringify(row.id)}\n`);
    }
    return commands.text;
  };
  await host.print(`${watchHead(options, host)}${text()}`);
}

/** What separates a listing from the one before; a terminal shows only the last one. */
function watchHead({ watchMs, output }: SessionsOptions, { terminal, clock }: Host): string {
  if (watchMs === undefined || output !== "table") return "";
  const head = `${new Date(clock.wallMs()).toISOString()}, every ${formatDuration(watchMs)}; Ctrl-C ends it\n\n`;
  return terminal === undefined ? `\n${head}` : `${CLEAR_SCREEN}${head}`;
}

function tableText(
  { entries, board, failures }: Listing,
  config: Config,
  { state, minIdleMs, owner }: SessionsOptions,
  { terminal }: Host,
): string {
  const isFiltered = state !== undefined || minIdleMs !== undefined || owner !== undefined;
  if (entries.length === 0) return noSessions(isFiltered ? "matching" : "active", board, failures);
  return renderTable(tableColumns(namesOwners(config)), entries, {
    hasColors: terminal?.hasColors ?? false,
    ...(terminal !== undefined && { maxWidth: terminal.columns() || DEFAULT_COLUMNS }),
  });
}

function namesOwners({ sessions: { owners } }: Config): boolean {
  return owners !== undefined && owners.startedBy !== "off";
}

function noSessions(which: "active" | "matching", board: Board, failures: readonly string[]): string {
  if (failures.length === 0) return `no ${which} sessions\n`;
  return board.workgroups().some(({ up }) => up)
    ? `no ${which} sessions in the workgroups that could be read; the errors name the others\n`
    : "no workgroup could be read; the errors say why\n";
}

/** Waits; rejects with StoppedError at a signal. */
function pause(delayMs: number, { clock, onStop }: Host): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(delayMs, resolve);
    onStop((signal) => {
      cancel();
      reject(new StoppedError(`stopped by ${signal}`));
    }, EXIT.done);
  });
}
