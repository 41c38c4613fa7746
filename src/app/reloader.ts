import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { Logger } from "./logger.ts";
import type { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import type { Region } from "../targets/account-region.ts";
import { regionsOf, UsageError } from "./account-regions.ts";
import type { Watch } from "./poll-manager.ts";

/** Reads the configuration as it is now: it, or all that is wrong with it, a line each. */
export type ReadConfig = () => Promise<
  { readonly config: Config } | { readonly problems: readonly string[] }
>;

export interface ReloaderOptions {
  readonly readConfig: ReadConfig;
  readonly environment: NodeJS.ProcessEnv;
  readonly watch: Watch;
  readonly metrics: ExporterMetrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Takes over a changed configuration, all of it or nothing. */
export class Reloader {
  readonly #options: ReloaderOptions;
  #regions: readonly Region[];
  /** Settles when the last reload that was asked for has ended: they take turns. */
  #last: Promise<unknown> = Promise.resolve();

  /** `regions`: those that are watched now. */
  constructor(regions: readonly Region[], options: ReloaderOptions) {
    this.#regions = regions;
    this.#options = options;
    options.metrics.recordReload(true, options.clock.wallMs());
  }

  /** Gives what is wrong, a line each; then nothing has changed. */
  async reload(): Promise<readonly string[]> {
    const reload = this.#last.then(() => this.#reload());
    this.#last = reload;
    return reload;
  }

  async #reload(): Promise<readonly string[]> {
    const { metrics, logger, clock } = this.#options;
    const problems = await this.#takeOver();
    metrics.recordReload(problems.length === 0, clock.wallMs());
    if (problems.length === 0) logger.info("the configuration was reloaded");
    else logger.error({ problems }, "the configuration was not reloaded; nothing has changed");
    return problems;
  }

  async #takeOver(): Promise<readonly string[]> {
    const { readConfig, environment, watch } = this.#options;
    const read = await readConfig();
    if ("problems" in read) return read.problems;
    try {
      const regions = await regionsOf(read.config, environment);
      watch.reconfigure(read.config, regions);
      this.#follow(regions);
      return [];
    } catch (error) {
      if (error instanceof UsageError) return [error.message];
      throw error;
    }
  }

  #follow(regions: readonly Region[]): void {
    const { metrics } = this.#options;
    const wanted = new Set(regions.map(({ key }) => key));
    for (const region of this.#regions) if (!wanted.has(region.key)) metrics.removeRegion(region);
    for (const region of regions) metrics.addRegion(region);
    this.#regions = regions;
  }
}
