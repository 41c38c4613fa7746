import type { Attempt } from "../athena/attempt.ts";
import { Athena } from "../athena/athena.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { renderWorkgroup } from "../metrics/families.ts";
import { RegionPoller, type RegionListener } from "../poll/region-poller.ts";
import { Board } from "../snapshot/board.ts";
import type { Region } from "../targets/target.ts";
import { VERSION } from "../version.ts";

/** Who else is told of what polling brings, after the board has it. */
export type WatchListener = Omit<RegionListener, "trackerOf">;

export interface WatchOptions {
  readonly config: Config;
  readonly regions: readonly Region[];
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Every workgroup is polled once, and no more. */
  readonly isOneShot: boolean;
  readonly listener: WatchListener;
  readonly attempted: (region: Region, attempt: Attempt) => void;
}

/** The pollers of all accounts' regions, and the board that they keep. */
export interface Watch {
  readonly board: Board<readonly string[]>;
  start(): void;
  close(): void;
}

/** Puts together what turns configuration into a board of what is true. */
export function createWatch(options: WatchOptions): Watch {
  const { config, regions, clock, random, signal, isOneShot, listener, attempted } = options;
  const board = createBoard(config, regions, clock);
  const athenas: Athena[] = [];
  const pollers = regions.map((region) => {
    const athena = createAthena(config, region, clock, (attempt) => attempted(region, attempt));
    athenas.push(athena);
    return new RegionPoller(region, athena, boardListener(board, listener), {
      config: config.poll,
      clock,
      random,
      signal,
      isOneShot,
      wantsDetails: false,
    });
  });
  return {
    board,
    start() {
      for (const poller of pollers) poller.start();
    },
    close() {
      for (const athena of athenas) athena.close();
    },
  };
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

function createBoard(
  { poll, sessions }: Config,
  regions: readonly Region[],
  clock: Clock,
): Board<readonly string[]> {
  const { enabled, limit, totalLimit, labels } = sessions.perSession;
  const renderOptions = { sessionLabels: labels };
  return new Board(regions, {
    clock,
    idleThresholdsSeconds: sessions.idleThresholdsSeconds,
    pollIntervalMs: poll.intervalMs,
    showsDetails: false,
    staleAfterMs: poll.staleAfterMs,
    ...(enabled && { sessionLimits: { perWorkgroup: limit, total: totalLimit } }),
    render: (view, former) => renderWorkgroup(view, renderOptions, former),
  });
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
