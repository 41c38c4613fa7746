import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { keepKeys } from "../targets/keep-keys.ts";
import { findAccountRegions } from "./account-regions.ts";
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
}

/** Applies a changed configuration, all of it or nothing. */
export class Reloader {
  readonly #options: ReloaderOptions;
  #accountRegions: readonly AccountRegion[];
  /** The id of the process' own account when it was last known, or empty. */
  #ownAccountId = "";
  /** Settles when the last requested reload has ended: reloads take turns. */
  #last: Promise<unknown> = Promise.resolve();

  /** `accountRegions`: those that are polled now. */
  constructor(accountRegions: readonly AccountRegion[], options: ReloaderOptions) {
    this.#accountRegions = accountRegions;
    this.#options = options;
    options.metrics.recordReload(true, options.clock.wallMs());
  }

  /** Returns what is wrong, a line each, in which case nothing has changed; empty after a success. Never rejects. */
  async reload(): Promise<readonly string[]> {
    const reload = this.#last.then(() => this.#reload());
    this.#last = reload;
    return reload;
  }

  async #reload(): Promise<readonly string[]> {
    const { metrics, logger, clock, manager } = this.#options;
    const before = manager.config;
    const problems = await this.#apply();
    metrics.recordReload(problems.length === 0, clock.wallMs());
    if (problems.length === 0) {
      logger.info({ changed: changedSections(before, manager.config) }, "the configuration was reloaded");
    } else logger.error({ problems }, "the configuration was not reloaded; nothing has changed");
    return problems;
  }

  async #apply(): Promise<readonly string[]> {
    const { readConfig, environment, manager, metrics } = this.#options;
    try {
      const read = await readConfig();
      if ("problems" in read) return read.problems;
      const changed = await findAccountRegions(read.config, environment);
      const current = this.#accountRegions.map((accountRegion) => ({
        ...accountRegion,
        accountId: manager.board.accountIdOf(accountRegion),
      }));
      const own = current.find(({ role, accountId }) => role === undefined && accountId !== "");
      this.#ownAccountId = own?.accountId ?? this.#ownAccountId;
      const accountRegions = keepKeys(changed, current, this.#ownAccountId);
      const wanted = new Set(accountRegions.map(({ key }) => key));
      for (const { key } of this.#accountRegions) if (!wanted.has(key)) metrics.removeAccountRegion(key);
      registerAccountRegions(metrics, accountRegions, read.config);
      manager.applyConfig(read.config, accountRegions);
      this.#accountRegions = accountRegions;
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }
}

/** The sections that differ, by their names in the file; `web` and `log` are of flags. */
function changedSections(before: Config, after: Config): readonly string[] {
  const names = Object.keys(after) as (keyof Config)[];
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
}
