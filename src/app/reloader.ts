import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { keepKeys } from "../targets/keep-keys.ts";
import type { Organization } from "../targets/organization.ts";
import { findAccountRegions, findDefaultRegion } from "./account-regions.ts";
import type { Logger } from "./logger.ts";
import { registerAccountRegions } from "./metrics.ts";
import type { PollManager } from "./poll-manager.ts";

/** Reads the current configuration. `problems`: everything that is wrong with it, a line each. */
export type ReadConfig = () => Promise<
  { readonly config: Config } | { readonly problems: readonly string[] }
>;

export interface ReloaderOptions {
  readonly readConfig: ReadConfig;
  readonly environment: NodeJS.ProcessEnv;
  readonly manager: PollManager;
  readonly metrics: ExporterMetrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Called with each configuration that was applied. */
  readonly reloaded: (config: Config, defaultRegion: string) => void;
}

/** Applies a changed configuration, or the changed accounts of an organization, all of it or nothing. */
export class Reloader {
  readonly #options: ReloaderOptions;
  #accountRegions: readonly AccountRegion[];
  #organization: Organization | undefined;
  /** The id of the process' own account when it was last known, or empty. */
  #ownAccountId = "";
  /** Settles when the last requested change has ended: changes take turns. */
  #last: Promise<unknown> = Promise.resolve();

  /** `accountRegions`: those that are polled now. */
  constructor(accountRegions: readonly AccountRegion[], options: ReloaderOptions) {
    this.#accountRegions = accountRegions;
    this.#options = options;
    options.metrics.recordReload(true, options.clock.wallMs());
  }

  /** Returns what is wrong, a line each, in which case nothing has changed; empty after a success. Never rejects. */
  async reload(): Promise<readonly string[]> {
    return this.#inTurn(() => this.#reload());
  }

  /**
   * Follows the accounts that an organization has now, unless the signal is aborted until it is this change's turn. Returns what is wrong as
   * `reload` does.
   */
  async applyOrganization(organization: Organization, signal: AbortSignal): Promise<readonly string[]> {
    const { manager, environment } = this.#options;
    return this.#inTurn(async () => {
      if (signal.aborted) return [];
      return withoutThrowing(async () => {
        const { config } = manager;
        const accountRegions = this.#keyed(
          config,
          await findDefaultRegion(config, environment),
          organization,
        );
        this.#organization = organization;
        this.#register(config, accountRegions);
        manager.applyAccountRegions(accountRegions);
        return [];
      });
    });
  }

  async #inTurn(change: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const changed = this.#last.then(change);
    this.#last = changed;
    return changed;
  }

  async #reload(): Promise<readonly string[]> {
    const { metrics, logger, clock, manager } = this.#options;
    const before = manager.config;
    const problems = await withoutThrowing(() => this.#applyConfig());
    metrics.recordReload(problems.length === 0, clock.wallMs());
    if (problems.length === 0) {
      logger.info({ changed: changedSections(before, manager.config) }, "the configuration was reloaded");
    } else logger.error({ problems }, "the configuration was not reloaded; nothing has changed");
    return problems;
  }

  async #applyConfig(): Promise<readonly string[]> {
    const { readConfig, environment, manager, reloaded } = this.#options;
    const read = await readConfig();
    if ("problems" in read) return read.problems;
    const { config } = read;
    const defaultRegion = await findDefaultRegion(config, environment);
    const organization = config.organization === undefined ? undefined : this.#organization;
    const accountRegions = this.#keyed(config, defaultRegion, organization);
    this.#organization = organization;
    this.#register(config, accountRegions);
    manager.applyConfig(config, accountRegions);
    reloaded(config, defaultRegion);
    return [];
  }

  /** Every account and region, with the keys that they have now. */
  #keyed(config: Config, defaultRegion: string, organization: Organization | undefined): AccountRegion[] {
    const changed = findAccountRegions(config, defaultRegion, organization);
    const { board } = this.#options.manager;
    const current = this.#accountRegions.map((accountRegion) => ({
      ...accountRegion,
      accountId: board.accountIdOf(accountRegion),
    }));
    const own = current.find(({ role, accountId }) => role === undefined && accountId !== "");
    this.#ownAccountId = own?.accountId ?? organization?.ownAccountId ?? this.#ownAccountId;
    return keepKeys(changed, current, this.#ownAccountId);
  }

  #register(config: Config, accountRegions: readonly AccountRegion[]): void {
    const { metrics } = this.#options;
    const wanted = new Set(accountRegions.map(({ key }) => key));
    for (const { key } of this.#accountRegions) if (!wanted.has(key)) metrics.removeAccountRegion(key);
    registerAccountRegions(metrics, accountRegions, config);
    this.#accountRegions = accountRegions;
  }
}

/** What `change` finds wrong, or the error that it throws. */
async function withoutThrowing(change: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await change();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** The sections that differ, by their names in the file; `web` and `log` are of flags. */
function changedSections(before: Config, after: Config): readonly string[] {
  const names = Object.keys({ ...before, ...after }) as (keyof Config)[];
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
}
