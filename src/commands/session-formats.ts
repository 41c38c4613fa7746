import { stringify } from "csv-stringify/sync";
import type { AccountRegion } from "../targets/account-region.ts";
import { formatDuration } from "../duration.ts";
import {
  ageSeconds,
  formatUsd,
  idleCostUsd,
  sessionFields,
  stateSeconds,
  toSessionRecord,
  type SessionEntry,
} from "../snapshot/session-entry.ts";
import { terminateCommand } from "../snapshot/terminate-command.ts";
import { truncate, type Column } from "./text-table.ts";

/** A duration in whole seconds or larger units: "0s", "45s", "3d 4h". */
const formatSeconds = (seconds: number): string => formatDuration(Math.floor(seconds) * 1000);

/** Empty where it is not known. */
const formatAge = (seconds: number | undefined): string =>
  seconds === undefined ? "" : formatSeconds(seconds);

/** Free text is cut to this width also where there is room for more. */
const MAX_TEXT = 60;
const MIN_TEXT = 16;
const MIN_NAME = 10;

/**
 * The columns of the table, from left to right.
 * Sessions that need action are marked by a colour.
 * @param namesOwners whether owners are looked up and named
 */
export function tableColumns(namesOwners: boolean): readonly Column<SessionEntry>[] {
  return [
    { title: "ACCOUNT", rank: 2, text: ({ view }) => view.accountName || view.accountId },
    { title: "REGION", rank: 4, text: ({ view }) => view.region },
    { title: "WORKGROUP", rank: 7, minWidth: MIN_NAME, text: ({ view }) => view.workgroup },
    { title: "SESSION", rank: 10, text: ({ row }) => row.id },
    {
      title: "STATE",
      rank: 9,
      text: ({ row }) => row.state,
      style: ({ row }) => {
        if (row.reached.length === 0) return undefined;
        return row.reached.includes("degraded") ? "red" : "yellow";
      },
    },
    { title: "SINCE", rank: 8, text: (entry) => `${formatSeconds(stateSeconds(entry))} ago` },
    { title: "COST", rank: 6, text: (entry) => formatUsd(idleCostUsd(entry)) },
    {
      title: "AGE",
      rank: 3,
      text: (entry) => formatAge(ageSeconds(entry)),
    },
    ...(namesOwners
      ? [
          {
            title: "STARTED BY",
            rank: 7.5,
            minWidth: MIN_NAME,
            text: ({ row }: SessionEntry) => truncate(row.startedBy?.name ?? "", MAX_TEXT),
          },
        ]
      : []),
    {
      title: "DESCRIPTION",
      rank: 5,
      minWidth: MIN_TEXT,
      text: ({ row }) => truncate(row.description, MAX_TEXT),
    },
    {
      title: "REASON",
      rank: 1,
      minWidth: MIN_TEXT,
      text: ({ row }) => truncate(row.stateReason, MAX_TEXT),
    },
  ];
}

/** An array of objects. */
export function toJson(entries: readonly SessionEntry[]): string {
  return `${JSON.stringify(entries.map(toSessionRecord), undefined, 2)}\n`;
}

/** RFC 4180 with a head. Text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function toCsv(entries: readonly SessionEntry[], namesOwners: boolean): string {
  return stringify(entries.map(toSessionRecord), {
    header: true,
    columns: [...sessionFields(namesOwners)],
    escape_formulas: true,
  });
}

/** The commands that end the sessions, one a line, and the sessions that have none because of their id or region. */
export interface TerminateCommands {
  readonly text: string;
  readonly without: readonly SessionEntry[];
}

/**
 * A command for each session that is not already TERMINATING, with the account whose credentials it needs in a comment.
 * @param profile that the process' own credentials come from; empty where they come from elsewhere
 */
export function toCommands(
  entries: readonly SessionEntry[],
  accountRegions: readonly AccountRegion[],
  profile: string,
): TerminateCommands {
  const roleAccounts = new Set(accountRegions.flatMap(({ role, accountId }) => (role ? [accountId] : [])));
  const without: SessionEntry[] = [];
  const lines = entries.flatMap((entry) => {
    const { view, row } = entry;
    if (row.state === "TERMINATING") return [];
    const command = terminateCommand(view.region, row.id);
    if (command === undefined) {
      without.push(entry);
      return [];
    }
    const comment = [
      `account ${view.accountId} ${view.accountName}`.trimEnd(),
      ...(profile === "" || roleAccounts.has(view.accountId) ? [] : [`profile ${profile}`]),
      `workgroup ${view.workgroup}`,
      `${row.state} for ${formatSeconds(stateSeconds(entry))}`,
    ];
    return [`${command}  # ${harmless(comment.join(", "))}\n`];
  });
  return { text: lines.join(""), without };
}

/** Text that no shell interprets: an interactive zsh takes what follows # for arguments. */
function harmless(text: string): string {
  return text.replaceAll(/[^\w .,:@+-]/g, "_");
}
