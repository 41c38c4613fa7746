import type { AccountView } from "../../snapshot/view.ts";
import type { WorkgroupEntry } from "./workgroup-entry.ts";

/** Sums over what a filter left. */
export class Totals {
  workgroups = 0;
  failing = 0;
  /** Not read yet. */
  waiting = 0;
  accounts = 0;
  failingAccounts = 0;
  sessions = 0;
  idle = 0;
  busy = 0;
  degraded = 0;
  idleDpus = 0;
  longestIdleSeconds = 0;

  addAccount({ failure }: AccountView): void {
    this.accounts += 1;
    if (failure !== undefined) this.failingAccounts += 1;
  }

  addWorkgroup({ view: { snapshot, failure }, condition, sessions = 0 }: WorkgroupEntry): void {
    this.workgroups += 1;
    if (failure !== undefined) this.failing += 1;
    if (condition === "waiting") this.waiting += 1;
    if (snapshot === undefined) return;
    this.sessions += sessions;
    this.idle += snapshot.sessions.IDLE;
    this.busy += snapshot.sessions.BUSY;
    this.degraded += snapshot.sessions.DEGRADED;
    this.idleDpus += snapshot.idleDpus;
    this.longestIdleSeconds = Math.max(this.longestIdleSeconds, snapshot.longestIdleSeconds);
  }
}
