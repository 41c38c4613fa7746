import { AwsError } from "./aws-error.ts";
import type { Fault } from "./fault.ts";
import type { Random } from "./random.ts";
import { isEnded, type SessionState, type SessionStatus, type SimulatedSession } from "./session.ts";
import type { SimulatorSettings } from "./settings.ts";
import type { Cursor } from "./token.ts";
import type { SimulatedWorkgroup } from "./workgroup.ts";

/** A session as a listing shows it. */
interface ListedSession {
  readonly session: SimulatedSession;
  readonly status: SessionStatus;
}

export interface Page {
  readonly sessions: readonly ListedSession[];
  /** Where the next page starts; absent on the last page. */
  readonly next: Cursor | undefined;
}

export interface ListingRequest {
  readonly workgroup: SimulatedWorkgroup;
  readonly stateFilter: SessionState | undefined;
  readonly limit: number;
  readonly cursor: Cursor;
  readonly nowMs: number;
}

/**
 * One page of ListSessions, newest start first. The cursor names a place in that order, not a count, so that a listing
 * neither skips nor repeats a session while others start and end.
 */
export function listPage(request: ListingRequest, settings: SimulatorSettings, random: Random): Page {
  const { workgroup, cursor, limit, nowMs } = request;
  workgroup.advance(nowMs);
  if (cursor.wasEmpty !== true && random() < settings.emptyPageShare) {
    return { sessions: [], next: { ...cursor, wasEmpty: true } };
  }
  const found: ListedSession[] = [];
  for (let index = workgroup.sessions.length - 1; index >= 0; index--) {
    const session = workgroup.sessions[index];
    if (session === undefined || !isAfter(session, cursor)) continue;
    // Spares an unfiltered listing the statuses of a long history.
    if (request.stateFilter === undefined && (session.endMs ?? Infinity) <= nowMs - settings.lagMs) continue;
    const status = listedStatus(session, nowMs, settings);
    if (status === undefined || !isWanted(status.state, request.stateFilter, settings)) continue;
    if (found.length === limit)
      return { sessions: dropSome(found, settings, random), next: cursorAfter(found.at(-1)) };
    found.push({ session, status });
  }
  return { sessions: dropSome(found, settings, random), next: undefined };
}

/** The status of a session that Athena still keeps at `nowMs`; undefined before the start, vanished, or long ended. */
export function keptStatus(
  session: SimulatedSession,
  nowMs: number,
  retentionMs: number,
): SessionStatus | undefined {
  const status = session.statusAt(nowMs);
  if (status === undefined || session.isVanished(nowMs)) return undefined;
  return status.endMs !== undefined && nowMs - status.endMs > retentionMs ? undefined : status;
}

/** The page as a fault wants it; "page-fails" throws for every page after the first. */
export function spoilPage(page: Page, isFirst: boolean, fault: Fault | undefined): Page {
  const kind = fault?.kind;
  if (kind === "endless-tokens" || kind === "repeated-token") return { ...page, next: {} };
  if (kind === "page-fails") {
    if (!isFirst) throw new AwsError("InternalServerException", "Internal server error", 500);
    return { ...page, next: page.next ?? cursorAfter(page.sessions.at(-1)) };
  }
  // The next page starts one too early; a lone session on a later page ends the repetition.
  if (kind === "session-twice" && page.sessions.length >= (isFirst ? 1 : 2)) {
    return { ...page, next: cursorAfter(page.sessions.at(-2)) };
  }
  return page;
}

function listedStatus(
  session: SimulatedSession,
  nowMs: number,
  settings: SimulatorSettings,
): SessionStatus | undefined {
  return keptStatus(session, nowMs - settings.lagMs, settings.retentionMs);
}

function isWanted(
  state: SessionState,
  filter: SessionState | undefined,
  settings: SimulatorSettings,
): boolean {
  if (filter !== undefined) return state === filter;
  if (state === "DEGRADED") return settings.listsDegraded;
  if (state === "TERMINATING") return settings.listsTerminating;
  return !isEnded(state);
}

function isAfter(session: SimulatedSession, { after }: Cursor): boolean {
  if (after === undefined) return true;
  if (session.startMs !== after.startMs) return session.startMs < after.startMs;
  return session.traits.id < after.key;
}

function cursorAfter(listed: ListedSession | undefined): Cursor {
  if (listed === undefined) return {};
  return { after: { startMs: listed.session.startMs, key: listed.session.traits.id } };
}

function dropSome(
  found: readonly ListedSession[],
  settings: SimulatorSettings,
  random: Random,
): readonly ListedSession[] {
  return settings.dropShare > 0 ? found.filter(() => random() >= settings.dropShare) : found;
}
