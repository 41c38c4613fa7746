import { isDeepStrictEqual } from "node:util";
import type { Attempt } from "../athena/attempt.ts";
import { Athena } from "../athena/athena.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { renderWorkgroup } from "../metrics/families.ts";
import { RegionPoller, type RegionListener } from "../poll/account-region-poller.ts";
import { Board, type BoardOptions } from "../snapshot/board.ts";
import type { Region } from "../targets/account-region.ts";
import { VERSION } from "../version.ts";

/** Who else is told of what polling brings, after the board has it. */
export type WatchListener = Omit<RegionListener, "trackerOf">;

export interface WatchOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Every workgroup is polled once, and no more. */
  readonly isOneShot: boolean;
  readonly listener: WatchListener;
  readonly attempted: (region: Region, attempt: Attempt) => void;
}

/** One account's region under watch. */
interface Watched {
  readonly region: Region;
  readonly athena: Athena;
  readonly poller: RegionPoller;
  readonly end: AbortController;
}

/** What turns configuration into a board of what is true: a poller for each account's region, and the board they keep. */
export class Watch {
  readonly board: Board<readonly string[]>;
  readonly #options: WatchOptions;
  readonly #watched = new Map<string, Watched>();
  #config: Config;
  #regions: readonly Region[];

  constructor(config: Config, regions: readonly Region[], options: WatchOptions) {
    this.#config = config;
    this.#regions = regions;
    this.#options = options;
    this.board = new Board(regions, boardOptions(config, options.clock));
  }

  start(): void {
    for (const region of this.#regions) this.#watch(region);
  }

  /** Follows a changed configuration. Regions, and workgroups of theirs, that did not change are not disturbed. */
  reconfigure(config: Config, regions: readonly Region[]): void {
    const former = this.#config;
    const arePollsChanged =
      !isDeepStrictEqual(config.poll, former.poll) || config.sessions.details !== former.sessions.details;
    this.#config = config;
    this.#regions = regions;
    this.board.reconfigure(regions, boardOptions(config, this.#options.clock));
    const wanted = new Map(regions.map((region) => [region.key, region]));
    for (const [key, watched] of this.#watched) {
      const region = wanted.get(key);
      const isKept = isDeepStrictEqual(region?.role, watched.region.role) && !arePollsChanged;
      if (region === undefined || !isKept) this.#unwatch(key, watched);
      else if (!isDeepStrictEqual(region, watched.region)) {
        watched.poller.update(region);
        this.#watched.set(key, { ...watched, region });
      }
    }
    for (const region of regions) if (!this.#watched.has(region.key)) this.#watch(region);
  }

  close(): void {
    for (const [key, watched] of this.#watched) this.#unwatch(key, watched);
  }

  #watch(region: Region): void {
    const { clock, random, signal, isOneShot, listener, attempted } = this.#options;
    const end = new AbortController();
    const athena = createAthena(this.#config, region, clock, (attempt) => attempted(region, attempt));
    const poller = new RegionPoller(region, athena, boardListener(this.board, listener), {
      config: this.#config.poll,
      clock,
      random,
      signal: AbortSignal.any([signal, end.signal]),
      isOneShot,
      wantsDetails: this.#config.sessions.details,
    });
    this.#watched.set(region.key, { region, athena, poller, end });
    poller.start();
  }

  #unwatch(key: string, { athena, end }: Watched): void {
    this.#watched.delete(key);
    end.abort(new Error("this is no longer watched"));
    athena.close();
  }
}

/** The calls of one account's region. */
export function createAthena(
  { poll }: Config,
  { region, role }: Region,
  clock: Clock,
  observer: (attempt: Attempt) => void,
): Athena {
  return new Athena({
    region,
    ...(role !== undefined && { role }),
    timeoutMs: poll.timeoutMs,
    version: VERSION,
    clock,
    observer,
  });
}

function boardOptions({ poll, sessions }: Config, clock: Clock): BoardOptions<readonly string[]> {
  const { enabled, limit, totalLimit, labels } = sessions.perSession;
  const renderOptions = { sessionLabels: labels };
  return {
    clock,
    idleThresholdsSeconds: sessions.idleThresholdsSeconds,
    pollIntervalMs: poll.intervalMs,
    showsDetails: sessions.details,
    staleAfterMs: poll.staleAfterMs,
    ...(enabled && { sessionLimits: { perWorkgroup: limit, total: totalLimit } }),
    render: (view) => renderWorkgroup(view, renderOptions),
  };
}

function boardListener(board: Board<readonly string[]>, listener: WatchListener): RegionListener {
  return {
    trackerOf: (region, target) => board.trackerOf(region, target),
    discovered(region, result) {
      board.applyDiscovery(region, result);
      listener.discovered(region, result);
    },
    polled(region, target, result, plannedIntervalMs) {
      board.applyPoll(region, target, result, plannedIntervalMs);
      listener.polled(region, target, result, plannedIntervalMs);
    },
    skipped: (region, polls) => listener.skipped(region, polls),
  };
}
