import { AwsError } from "./aws-error.ts";
import type { InjectedFault } from "./fault.ts";
import type { Random } from "./random.ts";
import { isEnded, type SimulatedState, type SessionStatus, type SimulatedSession } from "./session.ts";
import type { SimulatorSettings } from "./settings.ts";
import type { Cursor } from "./token.ts";
import type { SimulatedWorkgroup } from "./workgroup.ts";

/** A session with the status that the listing shows. */
interface ListedSession {
  readonly session: SimulatedSession;
  readonly status: SessionStatus;
}

/** One page of ListSessions. */
export interface ListingPage {
  readonly sessions: readonly ListedSession[];
  /** Where the next page starts; undefined on the last page. */
  readonly next: Cursor | undefined;
}

/** A ListSessions request; `nowMs` is Unix milliseconds. */
export interface ListingRequest {
  readonly workgroup: SimulatedWorkgroup;
  readonly stateFilter: SimulatedState | undefined;
  readonly limit: number;
  readonly cursor: Cursor;
  readonly nowMs: number;
}

/**
 * One page of ListSessions, newest start first. The cursor names a session in that order, not an offset, so that a
 * listing neither skips nor repeats a session while others start and end.
 */
export function listPage(request: ListingRequest, settings: SimulatorSettings, random: Random): ListingPage {
  const { workgroup, cursor, limit, nowMs } = request;
  workgroup.advance(nowMs);
  if (cursor.wasEmpty !== true && random() < settings.emptyPageShare) {
    return { sessions: [], next: { ...cursor, wasEmpty: true } };
  }
  const found: ListedSession[] = [];
  for (let index = workgroup.sessions.length - 1; index >= 0; index--) {
    const session = workgroup.sessions[index];
    if (session === undefined || !isAfter(session, cursor)) continue;
    // An unfiltered listing has no ended sessions, so their statuses need not be computed.
    if (request.stateFilter === undefined && (session.endMs ?? Infinity) <= nowMs - settings.lagMs) continue;
    const status = listedStatus(session, nowMs, settings);
    if (status === undefined || !isListed(status.state, request.stateFilter, settings)) continue;
    if (found.length === limit)
      return { sessions: omitSome(found, settings, random), next: cursorAfter(found.at(-1)) };
    found.push({ session, status });
  }
  return { sessions: omitSome(found, settings, random), next: undefined };
}

/** The status at `nowMs`; undefined before the start, while the session is vanished, and after the retention. */
export function keptStatus(
  session: SimulatedSession,
  nowMs: number,
  retentionMs: number,
): SessionStatus | undefined {
  const status = session.statusAt(nowMs);
  if (status === undefined || session.isVanished(nowMs)) return undefined;
  return status.endMs !== undefined && nowMs - status.endMs > retentionMs ? undefined : status;
}

/** Applies a pagination fault to a page; "page-fails" throws for every page after the first. */
export function applyPageFault(
  page: ListingPage,
  isFirst: boolean,
  fault: InjectedFault | undefined,
): ListingPage {
  const kind = fault?.kind;
  if (kind === "endless-tokens" || kind === "repeated-token") return { ...page, next: {} };
  if (kind === "page-fails") {
    if (!isFirst) throw new AwsError("InternalServerException", "Internal server error", 500);
    return { ...page, next: page.next ?? cursorAfter(page.sessions.at(-1)) };
  }
  // The next page starts one session too early; a later page with a single session must not, or the listing never ends.
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

function isListed(
  state: SimulatedState,
  filter: SimulatedState | undefined,
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

function omitSome(
  found: readonly ListedSession[],
  settings: SimulatorSettings,
  random: Random,
): readonly ListedSession[] {
  return settings.dropShare > 0 ? found.filter(() => random() >= settings.dropShare) : found;
}
