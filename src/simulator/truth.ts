import type { SimulatedSession, SessionStatus } from "./session.ts";
import { isEnded } from "./session.ts";
import type { SimulatedWorkgroup } from "./workgroup.ts";

/** What is so, whatever listings show. Times are Unix milliseconds. */
interface SessionTruth extends SessionStatus {
  readonly id: string;
  readonly description: string | undefined;
}

export interface WorkgroupTruth {
  readonly accountId: string;
  readonly region: string;
  readonly workgroup: string;
  readonly engine: string | undefined;
  readonly spark: boolean;
  /** Living sessions that Athena does not deny, newest start first. */
  readonly living: readonly SessionTruth[];
  readonly ended: readonly SessionTruth[];
  /** Sessions that Athena denies, by a script's wish, with the state they are in. */
  readonly vanished: readonly SessionTruth[];
  /** Sessions whose start, end or first DEGRADED lies after `sinceMs`. */
  readonly since: {
    readonly started: number;
    readonly terminated: number;
    readonly failed: number;
    readonly degraded: number;
  };
}

/** The truth of one workgroup, advanced to `nowMs` already; `since` counts from `sinceMs` (excluded) to `nowMs`. */
export function workgroupTruth(
  place: { readonly accountId: string; readonly region: string },
  workgroup: SimulatedWorkgroup,
  nowMs: number,
  sinceMs: number,
): WorkgroupTruth {
  const known = workgroup.sessions.filter((session) => session.startMs <= nowMs).reverse();
  const vanished = known.filter((session) => session.isVanished(nowMs));
  const present = known
    .filter((session) => !session.isVanished(nowMs))
    .map((session) => sessionTruth(session, nowMs))
    .filter((session) => session !== undefined);
  const entered = (state: string) =>
    known.filter((session) => {
      const first = session.changesUntil(nowMs).find((change) => change.state === state);
      return first !== undefined && first.atMs > sinceMs;
    }).length;
  return {
    ...place,
    workgroup: workgroup.name,
    engine: workgroup.engine,
    spark: workgroup.spark,
    living: present.filter((session) => !isEnded(session.state)),
    ended: present.filter((session) => isEnded(session.state)),
    vanished: vanished
      .map((session) => sessionTruth(session, nowMs))
      .filter((session) => session !== undefined),
    since: {
      started: known.filter((session) => session.startMs > sinceMs).length,
      terminated: entered("TERMINATED"),
      failed: entered("FAILED"),
      degraded: entered("DEGRADED"),
    },
  };
}

function sessionTruth(session: SimulatedSession, nowMs: number): SessionTruth | undefined {
  const status = session.statusAt(nowMs);
  return status && { ...status, id: session.traits.id, description: session.traits.description };
}
