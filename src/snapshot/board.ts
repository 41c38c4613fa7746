import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import type { DiscoveryResult } from "../poll/discovery.ts";
import type { Caller } from "../owners/caller.ts";
import type { PollResult } from "../poll/poll.ts";
import { newTracker, type Tracker } from "../sessions/tracker.ts";
import type { AccountRegion, Target } from "../targets/account-region.ts";
import { countUntil, sharesOf, type SessionLimits } from "./session-shares.ts";
import type { SessionRow } from "./snapshot.ts";
import type { AccountRegionView, OrganizationView, WorkgroupView } from "./view.ts";
import { WorkgroupRecord, type RecordOptions } from "./workgroup-record.ts";

export interface BoardOptions extends RecordOptions {
  /** Absent where per-session series are disabled. */
  readonly sessionLimits?: SessionLimits;
}

/** Receives every change. */
export interface BoardListener {
  /** `sessionsExpireAtMs`: when samples of its sessions are withdrawn, in monotonic milliseconds. */
  changed(key: string, view: WorkgroupView, sessionsExpireAtMs: number): void;
  removed(key: string): void;
  /** An account and region, or the organization, is no longer as it was; a later success alone does not count. */
  accountsChanged(): void;
}

interface AccountRegionRecord {
  view: AccountRegionView;
  readonly workgroups: Map<string, WorkgroupRecord>;
}

/** Where the total limit is exceeded, shares are recomputed after one poll for this many workgroups and sessions with series. */
const ITEMS_PER_POLL = 250;

/** The latest state of every account and region, and of every workgroup: the one owner of trackers and snapshots. */
export class Board {
  readonly #clock: Clock;
  readonly #listener: BoardListener;
  readonly #accountRegions = new Map<string, AccountRegionRecord>();
  #options: BoardOptions;
  #organization: OrganizationView | undefined;
  /** The priority of the last session with per-session series, over all workgroups. */
  #lastPriority = Infinity;
  #pollsSinceShares = 0;
  #shownSessions = 0;

  constructor(
    accountRegions: readonly AccountRegion[],
    options: BoardOptions,
    clock: Clock,
    listener: BoardListener,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#listener = listener;
    this.#setAccountRegions(accountRegions);
  }

  /** Applies a changed configuration. Workgroups that stay keep their trackers, counters and snapshots. */
  applyConfig(accountRegions: readonly AccountRegion[], options: BoardOptions): void {
    this.#options = options;
    this.#setAccountRegions(accountRegions);
    for (const { workgroups } of this.#accountRegions.values()) {
      for (const workgroup of workgroups.values()) workgroup.setOptions(options);
    }
    this.#setShares();
    for (const accountRegion of this.#accountRegions.values()) this.#publishAll(accountRegion);
    this.#listener.accountsChanged();
  }

  /** Follows changed accounts and regions; others stay as they are. */
  applyAccountRegions(accountRegions: readonly AccountRegion[]): void {
    const names = new Map([...this.#accountRegions].map(([key, { view }]) => [key, view.accountName]));
    this.#setAccountRegions(accountRegions);
    for (const [key, accountRegion] of this.#accountRegions) {
      if (names.get(key) !== accountRegion.view.accountName) this.#publishAll(accountRegion);
    }
    this.#listener.accountsChanged();
  }

  trackerOf({ key }: AccountRegion, target: Target): Tracker {
    return this.#accountRegions.get(key)?.workgroups.get(target.key)?.tracker ?? newTracker;
  }

  /** Whether the organization was read, every account and region discovered, and every workgroup polled, at least once. */
  wasAllTried(): boolean {
    const organization = this.#organization;
    if (organization !== undefined && !organization.up && organization.failure === undefined) return false;
    return [...this.#accountRegions.values()].every(
      ({ view, workgroups }) =>
        (view.up || view.failure !== undefined) && [...workgroups.values()].every(({ polls }) => polls > 0),
    );
  }

  /** Whether `wasAllTried`, and every account and region has answered once. */
  isReady(): boolean {
    const isKnown = ({ view, workgroups }: AccountRegionRecord) =>
      view.lastSuccessMs > 0 || workgroups.size > 0 || view.duplicateOf !== undefined;
    if (this.#organization?.lastSuccessMs === 0) return false;
    return this.wasAllTried() && [...this.#accountRegions.values()].every(isKnown);
  }

  /** Empty while the process' own account is not yet known. */
  accountIdOf({ key, accountId }: AccountRegion): string {
    const view = this.#accountRegions.get(key)?.view;
    return view?.duplicateOf ?? view?.accountId ?? accountId;
  }

  accountRegions(): AccountRegionView[] {
    const nowMs = this.#clock.monotonicMs();
    return [...this.#accountRegions.values()].map(({ view, workgroups }) => {
      if (view.dpuQuotas === undefined) return view;
      const dpus = [...workgroups.values()].map((workgroup) => workgroup.activeDpus(nowMs));
      return { ...view, activeDpus: sumOf([...view.dpuQuotas.keys()], dpus) };
    });
  }

  /** Absent where the configuration has none. */
  organization(): OrganizationView | undefined {
    return this.#organization;
  }

  setOrganization(organization: OrganizationView | undefined): void {
    this.#organization = organization;
    this.#listener.accountsChanged();
  }

  /** Sets AWS' quotas on DPUs, by their names; undefined where they are no longer read. */
  setDpuQuotas({ key }: AccountRegion, dpuQuotas: ReadonlyMap<string, number> | undefined): void {
    const accountRegion = this.#accountRegions.get(key);
    if (accountRegion === undefined) return;
    const { dpuQuotas: _former, ...view } = accountRegion.view;
    accountRegion.view = { ...view, ...(dpuQuotas !== undefined && { dpuQuotas }) };
    this.#listener.accountsChanged();
  }

  /** Each workgroup as it is known now, without a snapshot that is too old. */
  workgroups(): WorkgroupView[] {
    const nowMs = this.#clock.monotonicMs();
    const hasSeries = this.#options.sessionLimits !== undefined;
    return [...this.#accountRegions.values()].flatMap(({ view, workgroups }) =>
      [...workgroups.values()].map((workgroup) => workgroup.view(view, nowMs, hasSeries)),
    );
  }

  applyDiscovery(
    { key }: AccountRegion,
    { accountId, targets, failure, isPartial, duplicateOf }: DiscoveryResult,
  ): void {
    const accountRegion = this.#accountRegions.get(key);
    if (accountRegion === undefined) return;
    const former = accountRegion.view;
    const { failure: _failure, duplicateOf: _duplicateOf, dpuQuotas, ...view } = former;
    const isRenamed = accountId !== view.accountId;
    if (targets !== undefined) this.#setTargets(accountRegion, targets);
    accountRegion.view = {
      ...view,
      accountId,
      // Those of another account are not its own.
      ...(dpuQuotas !== undefined && (!isRenamed || view.accountId === "") && { dpuQuotas }),
      ...(isRenamed && { lastSuccessMs: 0 }),
      ...(isPartial !== true && {
        up: failure === undefined,
        ...(failure === undefined ? { lastSuccessMs: this.#clock.wallMs() } : { failure }),
      }),
      workgroups: accountRegion.workgroups.size,
      ...(duplicateOf !== undefined && { duplicateOf }),
    };
    if (isRenamed) this.#publishAll(accountRegion);
    if (!isSameButForTime(accountRegion.view, former)) this.#listener.accountsChanged();
  }

  applyPoll({ key }: AccountRegion, target: Target, result: PollResult, plannedIntervalMs: number): void {
    const accountRegion = this.#accountRegions.get(key);
    const workgroup = accountRegion?.workgroups.get(target.key);
    if (accountRegion === undefined || workgroup === undefined) return;
    workgroup.apply(result, plannedIntervalMs, this.#clock.wallMs(), this.#clock.monotonicMs());
    this.#updateShare(workgroup);
    this.#publish(accountRegion, workgroup);
  }

  /** Sets who started the sessions of a target, by their ids. */
  setOwners({ key }: AccountRegion, target: Target, owners: ReadonlyMap<string, Caller>): void {
    const accountRegion = this.#accountRegions.get(key);
    const workgroup = accountRegion?.workgroups.get(target.key);
    if (accountRegion === undefined || workgroup === undefined) return;
    workgroup.setOwners(owners);
    this.#publish(accountRegion, workgroup);
  }

  /** Tells a listener of every workgroup as it is now. */
  publishTo(listener: BoardListener): void {
    for (const accountRegion of this.#accountRegions.values()) this.#publishAll(accountRegion, listener);
  }

  /** Shares out the per-session series exactly, after the last poll; between polls, shares may be a few polls old. */
  settleShares(): void {
    this.#setShares();
  }

  #setAccountRegions(accountRegions: readonly AccountRegion[]): void {
    const wanted = new Set(accountRegions.map(({ key }) => key));
    for (const [key, accountRegion] of this.#accountRegions) {
      if (wanted.has(key)) continue;
      this.#setTargets(accountRegion, []);
      this.#accountRegions.delete(key);
    }
    for (const { key, accountId, accountName, region, role } of accountRegions) {
      const known = this.#accountRegions.get(key);
      const view = known?.view ?? { accountId, region, up: false, lastSuccessMs: 0, workgroups: 0 };
      this.#accountRegions.set(key, {
        workgroups: new Map(),
        ...known,
        view: { ...view, accountName, roleArn: role?.arn ?? "" },
      });
    }
  }

  #setTargets(accountRegion: AccountRegionRecord, targets: readonly Target[]): void {
    const wanted = new Set(targets.map(({ key }) => key));
    for (const [key, workgroup] of accountRegion.workgroups) {
      if (wanted.has(key)) continue;
      this.#shownSessions -= workgroup.shownSessions;
      accountRegion.workgroups.delete(key);
      this.#listener.removed(key);
    }
    for (const target of targets) {
      const known = accountRegion.workgroups.get(target.key);
      if (known !== undefined && isDeepStrictEqual(known.target, target)) continue;
      const workgroup = known ?? new WorkgroupRecord(target, this.#options);
      workgroup.target = target;
      accountRegion.workgroups.set(target.key, workgroup);
      this.#publish(accountRegion, workgroup);
    }
  }

  /** Updates a workgroup's share of per-session series after a poll; the others keep theirs until all shares are recomputed. */
  #updateShare(workgroup: WorkgroupRecord): void {
    const { sessionLimits } = this.#options;
    if (sessionLimits === undefined) return;
    const { perWorkgroup, total } = sessionLimits;
    const rows = this.#currentRows(workgroup);
    const candidates = Math.min(rows.length, perWorkgroup);
    const shownOfOthers = this.#shownSessions - workgroup.shownSessions;
    const isExceeded = this.#lastPriority < Infinity || shownOfOthers + candidates > total;
    this.#pollsSinceShares += 1;
    if (isExceeded && this.#pollsSinceShares * ITEMS_PER_POLL >= this.#countItems()) {
      this.#setShares();
      return;
    }
    const wanted = Math.min(candidates, countUntil(rows, this.#lastPriority, true));
    workgroup.shownSessions = Math.min(wanted, total - shownOfOthers);
    this.#shownSessions = shownOfOthers + workgroup.shownSessions;
  }

  /** What recomputing shares has to look at. */
  #countItems(): number {
    let count = this.#shownSessions;
    for (const { workgroups } of this.#accountRegions.values()) count += workgroups.size;
    return count;
  }

  /** Shares out the per-session series among all workgroups, and publishes those whose share changed. */
  #setShares(): void {
    const { perWorkgroup, total } = this.#options.sessionLimits ?? { perWorkgroup: 0, total: 0 };
    const all = [...this.#accountRegions.values()].flatMap((accountRegion) =>
      [...accountRegion.workgroups.values()].map((workgroup) => ({ accountRegion, workgroup })),
    );
    const { shares, lastPriority } = sharesOf(
      all.map(({ workgroup }) => this.#currentRows(workgroup).slice(0, perWorkgroup)),
      total,
    );
    this.#lastPriority = lastPriority;
    this.#pollsSinceShares = 0;
    this.#shownSessions = shares.reduce((sum, share) => sum + share, 0);
    for (const [index, { accountRegion, workgroup }] of all.entries()) {
      const share = shares[index] ?? 0;
      if (share === workgroup.shownSessions) continue;
      workgroup.shownSessions = share;
      this.#publish(accountRegion, workgroup);
    }
  }

  /** Sessions whose samples are withdrawn take no share of the limit. */
  #currentRows(workgroup: WorkgroupRecord): readonly SessionRow[] {
    return this.#clock.monotonicMs() < workgroup.sessionsExpireAtMs ? workgroup.rows : [];
  }

  #publishAll(accountRegion: AccountRegionRecord, listener = this.#listener): void {
    for (const workgroup of accountRegion.workgroups.values())
      this.#publish(accountRegion, workgroup, listener);
  }

  #publish({ view }: AccountRegionRecord, workgroup: WorkgroupRecord, listener = this.#listener): void {
    const hasSeries = this.#options.sessionLimits !== undefined;
    const workgroupView = workgroup.view(view, this.#clock.monotonicMs(), hasSeries);
    listener.changed(workgroup.target.key, workgroupView, workgroup.sessionsExpireAtMs);
  }
}

function sumOf(
  names: readonly string[],
  maps: readonly ReadonlyMap<string, number>[],
): ReadonlyMap<string, number> {
  return new Map(names.map((name) => [name, maps.reduce((sum, map) => sum + (map.get(name) ?? 0), 0)]));
}

function isSameButForTime(view: AccountRegionView, former: AccountRegionView): boolean {
  return isDeepStrictEqual({ ...view, lastSuccessMs: former.lastSuccessMs }, former);
}
