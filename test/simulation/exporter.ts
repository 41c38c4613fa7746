import { gunzipSync } from "node:zlib";
import { findAccountRegions, findDefaultRegion } from "../../src/app/account-regions.ts";
import { EventLog } from "../../src/app/event-log.ts";
import { createLogger } from "../../src/app/logger.ts";
import { createMetrics } from "../../src/app/metrics.ts";
import { NO_OWNERS_LISTENER } from "../../src/app/session-owners.ts";
import { PollManager } from "../../src/app/poll-manager.ts";
import { Reloader } from "../../src/app/reloader.ts";
import { AwsTime } from "../../src/athena/aws-time.ts";
import { cleanText } from "../../src/athena/clean-text.ts";
import { parseCommandLine } from "../../src/config/flags/command-line.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Shard } from "../../src/config/values/shard.ts";
import { ApiError } from "../../src/failure.ts";
import { otherMetrics } from "../../src/app/other-metrics.ts";
import { bodySegments } from "../../src/exposition/body-segments.ts";
import type { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import { Exposition } from "../../src/exposition/exposition.ts";
import type { Segment } from "../../src/exposition/segment.ts";
import { WorkgroupSegments } from "../../src/exposition/workgroup-segments.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/workgroup-lines.ts";
import { renderAccounts } from "../../src/metrics/accounts-text.ts";
import type { Format } from "../../src/metrics/text.ts";
import type { Model } from "./model.ts";
import { ModelClient } from "./model-client.ts";
import type { Attempt } from "./model-requests.ts";
import type { Random } from "./random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const { logger } = createLogger({
  level: process.env["SIMULATION_LOG"] ?? "silent",
  format: "json",
  isTerminal: false,
});

const TEXTS = new WeakMap<Segment, string>();

/** A segment never changes, and most are there again a minute later. */
function textOf(segment: Segment): string {
  const text = TEXTS.get(segment) ?? segment.plain().toString();
  TEXTS.set(segment, text);
  return text;
}

/** Every text of AWS as the reader of its responses, which the model stands in for, leaves it. */
export function cleaned(text: string): string {
  return cleanText(text, 1024);
}

export interface ExporterOptions {
  readonly model: Model;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly shard: Shard;
  /** The configuration file as it is now; undefined while it cannot be read. */
  readonly readText: () => string | undefined;
  /** Told of every request when it is sent, with the account as far as it is configured. */
  readonly sent: (operation: string, account: string, region: string) => void;
  /** Told of every request when it has ended. */
  readonly attempted: (attempt: Attempt, account: string, region: string) => void;
}

/** The exporter as its daemon puts it together, without a socket: AWS is the model, and time is virtual. */
export class Exporter {
  readonly #manager: PollManager;
  readonly #segments: WorkgroupSegments;
  readonly #metrics: ExporterMetrics;
  readonly #exposition: Exposition;
  readonly #reloader: Reloader;
  readonly #stopping: AbortController;

  private constructor(parts: {
    manager: PollManager;
    segments: WorkgroupSegments;
    metrics: ExporterMetrics;
    exposition: Exposition;
    reloader: Reloader;
    stopping: AbortController;
  }) {
    this.#manager = parts.manager;
    this.#segments = parts.segments;
    this.#metrics = parts.metrics;
    this.#exposition = parts.exposition;
    this.#reloader = parts.reloader;
    this.#stopping = parts.stopping;
  }

  /** Rejects where the configuration is not valid. */
  static async start(options: ExporterOptions): Promise<Exporter> {
    const { model, clock, random, shard, attempted, sent } = options;
    const environment = { AWS_REGION: model.world.defaultRegion };
    const readConfig = () => read(options.readText, environment, shard);
    const first = await readConfig();
    if ("problems" in first) throw new Error(first.problems.join("\n"));
    const { config } = first;
    const defaultRegion = await findDefaultRegion(config, environment);
    const accountRegions = findAccountRegions(config, defaultRegion, undefined);
    const metrics = createMetrics(config, accountRegions, logger, { environment });
    const log = new EventLog(logger, clock);
    const stopping = new AbortController();
    const segments = new WorkgroupSegments(WORKGROUP_FAMILIES, clock);
    const manager = new PollManager(
      config,
      accountRegions,
      {
        clock,
        random: () => random.fraction(),
        signal: stopping.signal,
        isOneShot: false,
        textStore: segments,
        listener: {
          configured: (configured) => log.configured(configured),
          discovered(accountRegion, result) {
            if (result.accountId !== "") metrics.identifyAccount(accountRegion.key, result.accountId);
            log.discovered(accountRegion, result);
          },
          polled: (...polled) => log.polled(...polled),
          ...NO_OWNERS_LISTENER,
          quotasRead: () => undefined,
          happened: (...happened) => log.happened(...happened),
          picked: ({ key }, _target, { skipped }) => metrics.recordSkippedPolls(key, skipped),
        },
        attempted({ key, accountId, region }, attempt) {
          metrics.recordAttempt(key, attempt);
          attempted(attempt, accountId, region);
        },
      },
      ({ poll }, { accountId, region, role }, observer) =>
        new ModelClient({
          model,
          clock,
          region,
          ...(role !== undefined && { role }),
          timeoutMs: poll.timeoutMs,
          awsTime: new AwsTime(clock.wallMs() - clock.monotonicMs()),
          observer,
          sent: (operation) => sent(operation, accountId, region),
          fail: (reason, operation, message) => new ApiError(reason, operation, message),
        }),
    );
    const exposition = new Exposition(
      segments,
      otherMetrics(manager, metrics, () => void manager.renderText()),
      clock,
    );
    const reloader = new Reloader(accountRegions, {
      readConfig,
      environment,
      manager,
      metrics,
      logger,
      clock,
      reloaded: () => undefined,
    });
    manager.start();
    return new Exporter({ manager, segments, metrics, exposition, reloader, stopping });
  }

  /** What is exposed about AWS, without the exporter's own metrics: for every minute. */
  boardText(): string {
    this.#manager.renderText();
    // As the background does between two scrapes, which packs chunks anew, too.
    this.#segments.takeDueSegments();
    const accounts = renderAccounts(this.#manager.board, "text");
    let text = "";
    for (const segment of bodySegments(this.#segments, accounts, "text")) text += textOf(segment);
    return text;
  }

  /** The whole body of a scrape, as a client unpacks it. */
  async body(format: Format): Promise<string> {
    const { pieces } = await this.#exposition.body(format, "gzip");
    return gunzipSync(Buffer.concat([...pieces])).toString();
  }

  /** The exporter's own metrics. */
  async ownText(): Promise<string> {
    return this.#metrics.text("text");
  }

  /** Gives what is wrong, if anything. */
  async reload(): Promise<readonly string[]> {
    return this.#reloader.reload();
  }

  stop(): void {
    this.#stopping.abort(new Error("the exporter is stopping"));
    this.#manager.close();
  }
}

async function read(
  readText: () => string | undefined,
  environment: Readonly<Record<string, string>>,
  { ordinal, total }: Shard,
): Promise<{ config: Config } | { problems: readonly string[] }> {
  const argv = ["--config.file=exporter.yaml", `--shard.ordinal=${ordinal}`, `--shard.total=${total}`];
  const loaded = await loadConfig(parseCommandLine(argv, environment), environment, async () => {
    const text = readText();
    if (text === undefined) throw new Error("the file is not there");
    return text;
  });
  if ("config" in loaded) return loaded;
  return { problems: loaded.problems.map(({ source, message }) => `${source}: ${message}`) };
}
