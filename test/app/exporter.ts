import { pino } from "pino";
import { createMetrics } from "../../src/app/metrics.ts";
import { OrganizationAccounts } from "../../src/app/organization-accounts.ts";
import { athenaConnector, PollManager, type Connect } from "../../src/app/poll-manager.ts";
import { Reloader, type ReadConfig } from "../../src/app/reloader.ts";
import { NO_OWNERS_LISTENER, type EventCallers } from "../../src/app/session-owners.ts";
import type { Attempt } from "../../src/athena/api-calls.ts";
import type { Clock } from "../../src/clock.ts";
import type { Config } from "../../src/config/config.ts";
import { bodySegments, plainText } from "../../src/exposition/body-segments.ts";
import { WorkgroupSegments } from "../../src/exposition/workgroup-segments.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/workgroup-lines.ts";
import { renderAccounts } from "../../src/metrics/accounts-text.ts";
import type { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import type { DiscoveryResult } from "../../src/poll/discovery.ts";
import type { Failure } from "../../src/failure.ts";
import type { CutShort } from "../../src/poll/owner-finder.ts";
import type { PollResult } from "../../src/poll/poll.ts";
import type { LifeCycleEvent } from "../../src/sessions/life-cycle.ts";
import type { AccountRegionView, OrganizationView, WorkgroupView } from "../../src/snapshot/view.ts";
import { accountRegionsOf } from "../../src/targets/expand.ts";
import { REGION } from "./config.ts";

/** A poll of a workgroup, as the exporter's listeners are told of it. */
export interface ObservedPoll {
  readonly workgroup: string;
  readonly region: string;
  readonly accountId: string;
  readonly result: PollResult;
}

/** What happened to a session, as the exporter's listeners are told of it. */
export interface ObservedEvent {
  readonly workgroup: string;
  readonly event: LifeCycleEvent;
  readonly callers: EventCallers;
}

type Place = Partial<Pick<WorkgroupView, "accountId" | "region">>;

const silent = pino({ enabled: false });

/** The daemon without its server and its log: it polls, counts and reloads, and remembers what its listeners were told. */
export class Exporter {
  readonly manager: PollManager;
  readonly metrics: ExporterMetrics;
  readonly polls: ObservedPoll[] = [];
  readonly discoveries: DiscoveryResult[] = [];
  readonly attempts: Attempt[] = [];
  readonly events: ObservedEvent[] = [];
  readonly lookupsCutShort: CutShort[] = [];
  /** Why each reading of quotas failed; undefined where it did not. */
  readonly quotaReadings: (Failure | undefined)[] = [];
  /** Why each lookup of owners failed; undefined where it did not. */
  readonly ownerLookups: (Failure | undefined)[] = [];
  /** What was known of the organization after each reading. */
  readonly organizationReadings: OrganizationView[] = [];
  skippedPolls = 0;
  /** What the next reload reads. */
  readConfig: ReadConfig;
  readonly #segments: WorkgroupSegments;
  readonly #reloader: Reloader;
  readonly #organization: OrganizationAccounts;
  readonly #end = new AbortController();

  /** `told` is called after each thing that the listeners were told. Without `connect`, the AWS SDK is used. */
  constructor(
    config: Config,
    clock: Clock,
    told: () => void = () => undefined,
    connect: Connect = athenaConnector(clock),
  ) {
    const accountRegions = accountRegionsOf(config.accounts, REGION, config.shard);
    this.readConfig = async () => ({ config });
    this.metrics = createMetrics(config, accountRegions, silent, { environment: {} });
    this.#segments = new WorkgroupSegments(WORKGROUP_FAMILIES, clock);
    this.manager = new PollManager(
      config,
      accountRegions,
      {
        clock,
        random: () => 0,
        signal: this.#end.signal,
        isOneShot: false,
        textStore: this.#segments,
        listener: {
          ...NO_OWNERS_LISTENER,
          ownersCutShort: (_accountRegion, lookup) => this.lookupsCutShort.push(lookup),
          quotasRead: (_accountRegion, failure) => {
            this.quotaReadings.push(failure);
            told();
          },
          configured: () => undefined,
          happened: (_accountRegion, { workgroup }, event, callers) => {
            this.events.push({ workgroup, event, callers });
            told();
          },
          ownersLookedUp: (_accountRegion, failure) => {
            this.ownerLookups.push(failure);
            told();
          },
          discovered: ({ key }, result) => {
            if (result.accountId !== "") this.metrics.identifyAccount(key, result.accountId);
            this.discoveries.push(result);
            told();
          },
          polled: ({ accountId, region }, { workgroup }, result) => {
            this.polls.push({ workgroup, region, accountId, result });
            told();
          },
          picked: ({ key }, _target, { skipped }) => {
            this.metrics.recordSkippedPolls(key, skipped);
            this.skippedPolls += skipped;
            told();
          },
        },
        attempted: ({ key }, attempt) => {
          this.metrics.recordAttempt(key, attempt);
          this.attempts.push(attempt);
        },
      },
      connect,
    );
    this.#reloader = new Reloader(accountRegions, {
      readConfig: async () => this.readConfig(),
      environment: {},
      manager: this.manager,
      metrics: this.metrics,
      logger: silent,
      clock,
      reloaded: (...reloaded) => this.#organization.follow(...reloaded),
    });
    this.#organization = new OrganizationAccounts(
      config,
      (...changed) => this.#reloader.applyOrganization(...changed),
      {
        connect,
        board: this.manager.board,
        metrics: this.metrics,
        listener: {
          organizationRead: (view) => {
            this.organizationReadings.push(view);
            told();
          },
        },
        clock,
        signal: this.#end.signal,
      },
    );
  }

  start(): void {
    this.manager.start();
    this.#organization.follow(this.manager.config, REGION);
  }

  /** Asks all polling to end, as a signal to the process does. */
  stop(): void {
    this.#end.abort(new Error("the exporter is stopping"));
  }

  close(): void {
    this.stop();
    this.manager.close();
  }

  /** Reloads, where `config` is given with that; returns what is wrong with it. */
  async reload(config?: Config): Promise<readonly string[]> {
    if (config !== undefined) this.readConfig = async () => ({ config });
    return this.#reloader.reload();
  }

  view(workgroup: string, place: Place = {}): WorkgroupView {
    const found = this.manager.board
      .workgroups()
      .find(
        (view) =>
          view.workgroup === workgroup &&
          view.region === (place.region ?? view.region) &&
          view.accountId === (place.accountId ?? view.accountId),
      );
    if (found === undefined) throw new Error(`the board has no workgroup ${workgroup}`);
    return found;
  }

  account(place: Place = {}): AccountRegionView {
    const found = this.manager.board
      .accountRegions()
      .find(
        (view) =>
          view.region === (place.region ?? view.region) &&
          view.accountId === (place.accountId ?? view.accountId),
      );
    if (found === undefined) throw new Error("the board has no such account and region");
    return found;
  }

  /** Names of all workgroups on the board. */
  workgroups(): string[] {
    return this.manager.board.workgroups().map(({ workgroup }) => workgroup);
  }

  /** Whether a poll of a workgroup has succeeded. */
  hasPolled(workgroup: string): boolean {
    return this.pollsOf(workgroup).some(({ outcome }) => "findings" in outcome);
  }

  /** Polls of a workgroup that succeeded, or failed, so far. */
  pollsOf(workgroup: string): PollResult[] {
    return this.polls.filter((poll) => poll.workgroup === workgroup).map(({ result }) => result);
  }

  /** The lines of the board's exposition. */
  boardLines(): string[] {
    this.manager.renderText();
    const accounts = renderAccounts(this.manager.board, "text");
    return plainText(bodySegments(this.#segments, accounts, "text")).split("\n");
  }

  /** The samples of Athena and of the exporter, not those of the process, by name and labels. */
  async samples(): Promise<Map<string, number>> {
    const own = await this.metrics.text("text");
    return new Map(
      [...this.boardLines(), ...own.split("\n")]
        .filter((line) => line.startsWith("athena_"))
        .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
    );
  }
}
