import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import type { Config, OrganizationConfig } from "../config/config.ts";
import { partitionOfRegion } from "../config/values/region.ts";
import type { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import type { WorkResult } from "../poll/call-context.ts";
import { OrganizationReader } from "../poll/organization-reader.ts";
import type { Board } from "../snapshot/board.ts";
import type { OrganizationView } from "../snapshot/view.ts";
import type { Organization } from "../targets/organization.ts";
import { connectOrganization, listOperations, readerAccountId, viewAfter } from "./organization-calls.ts";
import type { Connect } from "./poll-manager.ts";

/** Receives the outcomes of readings of an organization. */
export interface OrganizationListener {
  /** `organization`: as it was read last; absent before. */
  organizationRead(view: OrganizationView, organization: Organization | undefined): void;
}

interface OrganizationParts {
  readonly connect: Connect;
  readonly board: Board;
  readonly metrics: ExporterMetrics;
  readonly listener: OrganizationListener;
  readonly clock: Clock;
  /** Ends all reading. */
  readonly signal: AbortSignal;
}

/** Polls the accounts from now on, unless the signal is aborted; returns what is wrong, a line each, in which case nothing changes. */
type ApplyOrganization = (organization: Organization, signal: AbortSignal) => Promise<readonly string[]>;

/** Reads the organization of the configuration, if it has one, and has its accounts polled. What was known stays while readings fail. */
export class OrganizationAccounts {
  readonly #parts: OrganizationParts;
  readonly #applyOrganization: ApplyOrganization;
  #config: Config | undefined;
  #end: AbortController | undefined;
  #organization: Organization | undefined;
  #lastSuccessMs = 0;

  /** Nothing is read before `follow`. */
  constructor({ organization }: Config, apply: ApplyOrganization, parts: OrganizationParts) {
    this.#applyOrganization = apply;
    this.#parts = parts;
    if (organization !== undefined) parts.board.setOrganization(NOT_READ);
  }

  /** Follows a configuration; another `organization` is read at once. `defaultRegion`: where it names none. */
  follow(config: Config, defaultRegion: string): void {
    const former = this.#config;
    this.#config = config;
    if (isDeepStrictEqual(former?.organization, config.organization)) return;
    this.#end?.abort(new Error("the configuration has another organization"));
    if (config.organization !== undefined) {
      this.#start(config, config.organization, defaultRegion);
      return;
    }
    this.#organization = undefined;
    this.#lastSuccessMs = 0;
    this.#parts.board.setOrganization(undefined);
    this.#parts.metrics.setOrganization(undefined);
  }

  #start(config: Config, organization: OrganizationConfig, defaultRegion: string): void {
    const { connect, board, metrics, clock } = this.#parts;
    this.#end = new AbortController();
    const signal = AbortSignal.any([this.#parts.signal, this.#end.signal]);
    const { calls, close } = connectOrganization(connect, config, organization, defaultRegion, (attempt) => {
      if (!signal.aborted) metrics.recordOrganizationAttempt(attempt);
    });
    signal.addEventListener("abort", close, { once: true });
    const region = `${partitionOfRegion(organization.regions[0] ?? defaultRegion)}-global`;
    const operations = [
      "GetCallerIdentity",
      ...(organization.readerRoleArn === undefined ? [] : ["AssumeRole"]),
      ...listOperations(organization),
    ];
    const setLabels = () => {
      const accountId = readerAccountId(organization, reader.ownAccountId);
      metrics.setOrganization({ accountId, region }, operations);
    };
    // What another configuration has read stays until this one has.
    if (this.#organization === undefined) board.setOrganization(NOT_READ);
    const reader = new OrganizationReader(calls, organization, {
      clock,
      signal,
      deadlineMs: () => (this.#config ?? config).poll.deadlineMs,
      shards: config.shard.total,
    });
    setLabels();
    reader.start(async (result) => {
      const read = await this.#apply(result, signal);
      if (signal.aborted) return false;
      this.#told(read, readerAccountId(organization, reader.ownAccountId));
      setLabels();
      return "value" in read;
    });
  }

  async #apply(read: WorkResult<Organization>, signal: AbortSignal): Promise<WorkResult<Organization>> {
    if ("failure" in read) return read;
    const problems = await this.#applyOrganization(read.value, signal);
    if (problems.length === 0) return read;
    return { failure: { reason: "other", operation: "", message: problems.join("; ") } };
  }

  #told(read: WorkResult<Organization>, readerAccount: string): void {
    const { board, listener, clock } = this.#parts;
    const former = { organization: this.#organization, lastSuccessMs: this.#lastSuccessMs };
    const view = viewAfter(read, readerAccount, former, clock.wallMs());
    if ("value" in read) this.#organization = read.value;
    this.#lastSuccessMs = view.lastSuccessMs;
    board.setOrganization(view);
    listener.organizationRead(view, this.#organization);
  }
}

const NOT_READ: OrganizationView = { readerAccountId: "", up: false, lastSuccessMs: 0, accounts: 0 };
