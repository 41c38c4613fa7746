import type { SimulatedSession, SessionStatus } from "./session.ts";
import { isEnded } from "./session.ts";
import type { SimulatedWorkgroup } from "./workgroup.ts";

/** The actual status of a session, which listings may show late or not at all. Times are Unix milliseconds. */
interface SessionTruth extends SessionStatus {
  readonly id: string;
  readonly description: string | undefined;
}

/** The actual state of a workgroup, for tests to compare with. */
export interface WorkgroupTruth {
  readonly accountId: string;
  readonly region: string;
  readonly workgroup: string;
  readonly engine: string | undefined;
  readonly spark: boolean;
  /** Sessions that have not ended, without vanished ones, newest start first. */
  readonly active: readonly SessionTruth[];
  readonly ended: readonly SessionTruth[];
  /** Sessions that a test made vanish, with their actual status. */
  readonly vanished: readonly SessionTruth[];
  /** The number of sessions that started, ended or first became DEGRADED after `sinceMs`. */
  readonly since: {
    readonly started: number;
    readonly terminated: number;
    readonly failed: number;
    readonly degraded: number;
  };
}

/** The actual state of a workgroup that was advanced to `nowMs`; `since` counts from `sinceMs`, excluded, to `nowMs`. */
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
    active: present.filter((session) => !isEnded(session.state)),
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
