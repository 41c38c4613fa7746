import { isDeepStrictEqual } from "node:util";
import { Athena } from "../athena/athena.ts";
import type { Attempt } from "../athena/api-calls.ts";
import { OwnCredentials } from "../athena/own-credentials.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { SessionLabels } from "../metrics/workgroup-lines.ts";
import { type TextStore, WorkgroupRenderer } from "../metrics/workgroup-renderer.ts";
import {
  AccountRegionPoller,
  type PollerConfig,
  type PollerListener,
} from "../poll/account-region-poller.ts";
import type { DiscoveryCalls } from "../poll/discovery.ts";
import type { OwnerCalls } from "../poll/owner-finder.ts";
import type { SessionCalls } from "../poll/poll.ts";
import type { QuotaCalls } from "../poll/quota-reader.ts";
import type { StateFilter } from "../sessions/call.ts";
import { Board, type BoardListener, type BoardOptions } from "../snapshot/board.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { VERSION } from "../version.ts";
import { DpuQuotas, type QuotasListener } from "./dpu-quotas.ts";
import { SessionOwners, type OwnersListener } from "./session-owners.ts";

/** The API of one account and region, as polling needs it. */
export type AthenaApi = SessionCalls &
  DiscoveryCalls &
  OwnerCalls &
  QuotaCalls &
  Pick<Athena, "listOfOrganization" | "applyConfig" | "close">;

/** Connects to the API of an account and region. `observer` is called after every HTTP request. */
export type Connect = (
  config: Config,
  accountRegion: AccountRegion,
  observer: (attempt: Attempt) => void,
) => AthenaApi;

/** Receives the outcomes of polling, after the board has applied them. */
export interface PollListener extends Omit<PollerListener, "trackerOf">, OwnersListener, QuotasListener {
  /** Called at the start and at each reload, with the accounts and regions that are polled from now on. */
  configured(accountRegions: readonly AccountRegion[]): void;
}

export interface PollManagerOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Ends all polling. */
  readonly signal: AbortSignal;
  /** Whether the polling ends once every workgroup was polled. */
  readonly isOneShot: boolean;
  /** What polls list beside the unfiltered listing; absent: as reconciliation needs it. */
  readonly filters?: readonly StateFilter[];
  readonly listener: PollListener;
  /** Gets the text of the board from `renderText`; absent in a process that polls only once. */
  readonly textStore?: TextStore;
  /** Called after each change that is to be rendered. */
  readonly textChanged?: () => void;
  /** Called after every HTTP request to AWS. */
  readonly attempted: (accountRegion: AccountRegion, attempt: Attempt) => void;
}

/** Several exporters that start at the same time do not all send requests at once. */
const MIN_START_SPREAD_MS = 500;
/** First requests of many accounts and regions would together be throttled by STS, and keep the event loop from serving. */
const START_SPREAD_MS = 20;

interface RunningPoller {
  readonly athena: AthenaApi;
  readonly poller: AccountRegionPoller;
  readonly owners: SessionOwners;
  readonly quotas: DpuQuotas;
  readonly end: AbortController;
}

const NO_LISTENER: BoardListener = {
  changed: () => undefined,
  removed: () => undefined,
  accountsChanged: () => undefined,
};

/** Runs a poller for each account and region of the configuration, and owns the board that they fill, and its renderer. */
export class PollManager {
  readonly board: Board;
  readonly #renderer: WorkgroupRenderer | undefined;
  readonly #options: PollManagerOptions;
  readonly #connect: Connect;
  readonly #pollers = new Map<string, RunningPoller>();
  #config: Config;
  #accountRegions: readonly AccountRegion[];

  /** Nothing is polled before `start`. */
  constructor(
    config: Config,
    accountRegions: readonly AccountRegion[],
    options: PollManagerOptions,
    connect: Connect = athenaConnector(options.clock),
  ) {
    this.#config = config;
    this.#accountRegions = accountRegions;
    this.#options = options;
    this.#connect = connect;
    this.#renderer =
      options.textStore &&
      new WorkgroupRenderer(options.textStore, sessionLabels(config), options.clock, options.textChanged);
    this.board = new Board(
      accountRegions,
      boardOptions(config),
      options.clock,
      this.#renderer ?? NO_LISTENER,
    );
  }

  start(): void {
    this.#options.listener.configured(this.#accountRegions);
    this.#startPollers(this.#accountRegions);
  }

  get config(): Config {
    return this.#config;
  }

  /** Applies a changed configuration: accounts and regions that stay keep their identity, trackers, counters and schedule. */
  applyConfig(config: Config, accountRegions: readonly AccountRegion[]): void {
    // A reload that is overtaken by a stop must not start pollers.
    if (this.#options.signal.aborted) return;
    this.#config = config;
    this.#accountRegions = accountRegions;
    this.#renderer?.setSessionLabels(sessionLabels(config));
    this.board.applyConfig(accountRegions, boardOptions(config));
    this.#options.listener.configured(accountRegions);
    this.#follow(accountRegions, () => true);
  }

  /** Follows changed accounts and regions under the same configuration; those that are as they were are left alone. */
  applyAccountRegions(accountRegions: readonly AccountRegion[]): void {
    if (this.#options.signal.aborted) return;
    const former = new Map(this.#accountRegions.map((accountRegion) => [accountRegion.key, accountRegion]));
    const isChanged = (accountRegion: AccountRegion) =>
      !isDeepStrictEqual(accountRegion, former.get(accountRegion.key));
    if (former.size === accountRegions.length && !accountRegions.some(isChanged)) return;
    this.#accountRegions = accountRegions;
    this.board.applyAccountRegions(accountRegions);
    this.#options.listener.configured(accountRegions);
    this.#follow(accountRegions, isChanged);
  }

  /** Whether the owner of each session was looked up once, and quotas were read, where the configuration says so. */
  wereExtrasTried(): boolean {
    return [...this.#pollers.values()].every(({ owners, quotas }) => owners.wasTried() && quotas.wasTried());
  }

  /** Renders changes of at most so many workgroups, and returns whether there are more. */
  renderText(limit?: number): boolean {
    return this.#renderer?.render(limit) ?? false;
  }

  /** For how long a change has waited to be rendered, at most. */
  get textDelayMs(): number {
    return this.#renderer?.delayMs ?? 0;
  }

  /** Renders the board as it is now. */
  renderTo(store: TextStore): void {
    const renderer = new WorkgroupRenderer(store, sessionLabels(this.#config), this.#options.clock);
    this.board.publishTo(renderer);
    renderer.render();
  }

  close(): void {
    for (const [key, running] of this.#pollers) this.#stopPoller(key, running);
  }

  /** Ends the pollers of others, starts those that are new, and applies those that changed. */
  #follow(
    accountRegions: readonly AccountRegion[],
    isChanged: (accountRegion: AccountRegion) => boolean,
  ): void {
    const config = this.#config;
    const wanted = new Set(accountRegions.map(({ key }) => key));
    for (const [key, running] of this.#pollers) if (!wanted.has(key)) this.#stopPoller(key, running);
    for (const accountRegion of accountRegions.filter(isChanged)) {
      const running = this.#pollers.get(accountRegion.key);
      if (running === undefined) continue;
      running.athena.applyConfig(apiConfig(config, accountRegion));
      running.owners.applyConfig(config, accountRegion);
      running.quotas.applyConfig(config, accountRegion);
      running.poller.applyConfig(accountRegion, pollerConfig(config));
    }
    this.#startPollers(accountRegions.filter(({ key }) => !this.#pollers.has(key)));
  }

  /** Their first requests follow each other, the more the longer. */
  #startPollers(accountRegions: readonly AccountRegion[]): void {
    const { length } = accountRegions;
    const spreadMs = Math.max(MIN_START_SPREAD_MS, length * START_SPREAD_MS);
    for (const [index, accountRegion] of accountRegions.entries()) {
      this.#startPoller(accountRegion, ((index + this.#options.random()) / length) * spreadMs);
    }
  }

  #startPoller(accountRegion: AccountRegion, startDelayMs: number): void {
    const { clock, random, signal, isOneShot, filters, attempted } = this.#options;
    const end = new AbortController();
    const ended = AbortSignal.any([signal, end.signal]);
    const athena = this.#connect(this.#config, accountRegion, (attempt) => {
      // A request that was aborted because its account and region was removed, or because the exporter stops, is no failure.
      if (!ended.aborted) attempted(accountRegion, attempt);
    });
    const { board } = this;
    const { listener } = this.#options;
    const parts = { calls: athena, board, listener, clock, signal: ended };
    const owners = new SessionOwners(this.#config, accountRegion, parts);
    const quotas = new DpuQuotas(this.#config, accountRegion, { ...parts, startDelayMs });
    const poller = new AccountRegionPoller(
      accountRegion,
      athena,
      boardListener(board, owners, listener),
      pollerConfig(this.#config),
      { clock, random, signal: ended, isOneShot, ...(filters !== undefined && { filters }) },
    );
    this.#pollers.set(accountRegion.key, { athena, poller, owners, quotas, end });
    poller.start(startDelayMs);
  }

  #stopPoller(key: string, { athena, owners, end }: RunningPoller): void {
    this.#pollers.delete(key);
    end.abort(new Error("the account and region is no longer configured"));
    owners.close();
    athena.close();
  }
}

/** Connects to AWS; all connections share the process' own credentials. */
export function athenaConnector(clock: Clock): Connect {
  const ownCredentials = new OwnCredentials(clock);
  return (config, accountRegion, observer) =>
    new Athena({
      region: accountRegion.region,
      ownCredentials,
      ...apiConfig(config, accountRegion),
      version: VERSION,
      clock,
      observer,
    });
}

function apiConfig({ poll }: Config, { role }: AccountRegion): Parameters<AthenaApi["applyConfig"]>[0] {
  return { timeoutMs: poll.timeoutMs, ...(role !== undefined && { role }) };
}

function pollerConfig({ poll, sessions }: Config): PollerConfig {
  return { poll, wantsDetails: sessions.details };
}

function boardOptions({ poll, sessions, thresholds, pricing }: Config): BoardOptions {
  const { enabled, limit, totalLimit } = sessions.perSession;
  return {
    idleThresholdsSeconds: sessions.idleThresholdsSeconds,
    thresholds,
    pollIntervalMs: poll.intervalMs,
    showsDetails: sessions.details,
    showsDurations: sessions.durations,
    ...(sessions.owners !== undefined && { startedBy: sessions.owners.startedBy }),
    dpuHourUsd: pricing.dpuHourUsd,
    staleAfterMs: poll.staleAfterMs,
    ...(enabled && { sessionLimits: { perWorkgroup: limit, total: totalLimit } }),
  };
}

/** The labels of athena_session_info that the configuration adds. */
function sessionLabels({ sessions: { perSession, owners } }: Config): SessionLabels {
  const showsOwners = owners !== undefined && owners.startedBy !== "off";
  return showsOwners ? [...perSession.labels, "started_by"] : perSession.labels;
}

function boardListener(board: Board, owners: SessionOwners, listener: PollListener): PollerListener {
  return {
    trackerOf: (accountRegion, target) => board.trackerOf(accountRegion, target),
    discovered(accountRegion, result) {
      board.applyDiscovery(accountRegion, result);
      if (result.targets !== undefined) owners.retain(result.targets);
      listener.discovered(accountRegion, result);
    },
    polled(accountRegion, target, result, plannedIntervalMs) {
      board.applyPoll(accountRegion, target, result, plannedIntervalMs);
      if ("findings" in result.outcome) owners.polled(target, result.outcome.findings);
      listener.polled(accountRegion, target, result, plannedIntervalMs);
    },
    picked: (...picked) => listener.picked(...picked),
  };
}
