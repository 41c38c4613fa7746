import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import type { DiscoveryResult } from "../poll/discovery.ts";
import type { PollResult } from "../poll/poll.ts";
import { newTracker, type Tracker } from "../sessions/tracker.ts";
import type { Region, Target } from "../targets/account-region.ts";
import { WorkgroupRecord } from "./workgroup-record.ts";
import type { AccountView, WorkgroupView } from "./view.ts";

export interface BoardOptions<Rendered> {
  readonly clock: Clock;
  /** Ascending. */
  readonly idleThresholdsSeconds: readonly number[];
  /** Before the first poll every workgroup is planned to be polled so often. */
  readonly pollIntervalMs: number;
  readonly staleAfterMs: number;
  /** How many sessions of a workgroup, and in all, have series of their own; absent where none shall have. */
  readonly sessionLimits?: { readonly perWorkgroup: number; readonly total: number };
  /** Whether what only GetSession tells is asked for. */
  readonly showsDetails: boolean;
  /** Made once a change, and kept beside the view. */
  readonly render: (view: WorkgroupView) => Rendered;
}

/** A workgroup as it was rendered last. */
export interface RenderedWorkgroup<Rendered> {
  readonly lines: Rendered;
  /** Monotonic milliseconds after which what came from its sessions is too old to be shown. */
  readonly sessionsExpireAtMs: number;
}

interface RegionRecord {
  view: AccountView;
  readonly workgroups: Map<string, WorkgroupRecord>;
}

/** What is known of every account's region and workgroup: the one owner of trackers and snapshots. */
export class Board<Rendered> {
  #options: BoardOptions<Rendered>;
  readonly #regions = new Map<string, RegionRecord>();
  readonly #rendered = new Map<string, RenderedWorkgroup<Rendered>>();
  #shownSessions = 0;
  #version = 0;

  constructor(regions: readonly Region[], options: BoardOptions<Rendered>) {
    this.#options = options;
    this.#setRegions(regions);
  }

  /** Follows a changed configuration. What it keeps, keeps its trackers, counters and snapshots. */
  reconfigure(regions: readonly Region[], options: BoardOptions<Rendered>): void {
    this.#options = options;
    this.#setRegions(regions);
    for (const region of this.#regions.values()) {
      for (const workgroup of region.workgroups.values()) {
        workgroup.setIdleThresholds(options.idleThresholdsSeconds);
        this.#render(region, workgroup);
      }
    }
    this.#version += 1;
  }

  /** Goes up whenever something changes. */
  version(): number {
    return this.#version;
  }

  trackerOf(region: Region, target: Target): Tracker {
    return this.#regions.get(region.key)?.workgroups.get(target.key)?.tracker ?? newTracker;
  }

  /** Whether every account's region was asked for its workgroups, and every workgroup for its sessions, at least once. */
  wasAllTried(): boolean {
    return [...this.#regions.values()].every(
      ({ view, workgroups }) =>
        (view.up || view.failure !== undefined) && [...workgroups.values()].every(({ polls }) => polls > 0),
    );
  }

  /** The same, and that in every region there was an answer: it is not known to be empty where nobody could look. */
  isReady(): boolean {
    const isKnown = ({ view, workgroups }: RegionRecord) =>
      view.lastSuccessMs > 0 || workgroups.size > 0 || view.isDuplicate === true;
    return this.wasAllTried() && [...this.#regions.values()].every(isKnown);
  }

  accounts(): AccountView[] {
    return [...this.#regions.values()].map(({ view }) => view);
  }

  /** Each workgroup as it is known now; without what is too old. */
  workgroups(): WorkgroupView[] {
    const nowMs = this.#options.clock.monotonicMs();
    return [...this.#regions.values()].flatMap(({ view, workgroups }) =>
      [...workgroups.values()].map((workgroup) => workgroup.view(view, nowMs, this.#options.showsDetails)),
    );
  }

  rendered(): Iterable<RenderedWorkgroup<Rendered>> {
    return this.#rendered.values();
  }

  applyDiscovery(
    { key }: Region,
    { accountId, targets, failure, isPartial, isDuplicate }: DiscoveryResult,
  ): void {
    const region = this.#regions.get(key);
    if (region === undefined) return;
    const isRenamed = accountId !== region.view.accountId;
    if (targets !== undefined) this.#setTargets(region, targets);
    const { failure: _former, isDuplicate: _was, ...view } = region.view;
    region.view = {
      ...view,
      accountId,
      ...(isRenamed && { lastSuccessMs: 0 }),
      ...(isPartial !== true && {
        up: failure === undefined,
        ...(failure === undefined ? { lastSuccessMs: this.#options.clock.wallMs() } : { failure }),
      }),
      workgroups: region.workgroups.size,
      ...(isDuplicate && { isDuplicate }),
    };
    if (isRenamed) for (const workgroup of region.workgroups.values()) this.#render(region, workgroup);
    this.#version += 1;
  }

  applyPoll({ key }: Region, target: Target, result: PollResult, plannedIntervalMs: number): void {
    const region = this.#regions.get(key);
    const workgroup = region?.workgroups.get(target.key);
    if (region === undefined || workgroup === undefined) return;
    const { clock, staleAfterMs } = this.#options;
    workgroup.apply(result, plannedIntervalMs, staleAfterMs, clock.wallMs(), clock.monotonicMs());
    this.#render(region, workgroup);
    this.#version += 1;
  }

  #setRegions(regions: readonly Region[]): void {
    const wanted = new Set(regions.map(({ key }) => key));
    for (const [key, region] of this.#regions) {
      if (wanted.has(key)) continue;
      this.#setTargets(region, []);
      this.#regions.delete(key);
    }
    for (const { key, accountId, accountName, region } of regions) {
      const known = this.#regions.get(key);
      const view = known?.view ?? { accountId, region, up: false, lastSuccessMs: 0, workgroups: 0 };
      this.#regions.set(key, { workgroups: new Map(), ...known, view: { ...view, accountName } });
    }
  }

  #setTargets(region: RegionRecord, targets: readonly Target[]): void {
    const wanted = new Map(targets.map((target) => [target.key, target]));
    for (const [key, workgroup] of region.workgroups) {
      if (wanted.has(key)) continue;
      this.#shownSessions -= workgroup.shownSessions;
      region.workgroups.delete(key);
      this.#rendered.delete(key);
    }
    for (const target of targets) {
      const known = region.workgroups.get(target.key);
      if (known !== undefined && isDeepStrictEqual(known.target, target)) continue;
      const { idleThresholdsSeconds, pollIntervalMs } = this.#options;
      const workgroup = known ?? new WorkgroupRecord(target, idleThresholdsSeconds, pollIntervalMs);
      workgroup.target = target;
      region.workgroups.set(target.key, workgroup);
      this.#render(region, workgroup);
    }
  }

  #render(region: RegionRecord, workgroup: WorkgroupRecord): void {
    const { sessionLimits, render, clock, showsDetails } = this.#options;
    this.#shownSessions -= workgroup.shownSessions;
    workgroup.showSessions(
      sessionLimits && Math.min(sessionLimits.perWorkgroup, sessionLimits.total - this.#shownSessions),
    );
    this.#shownSessions += workgroup.shownSessions;
    const { key } = workgroup.target;
    const view = workgroup.view(region.view, clock.monotonicMs(), showsDetails);
    this.#rendered.set(key, {
      lines: render(view),
      sessionsExpireAtMs: workgroup.sessionsExpireAtMs,
    });
  }
}
