import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { createHttpServer, type HttpServer } from "../http/server.ts";
import { createLogger, type Logger } from "./logger.ts";
import { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import { Exposition } from "../metrics/exposition.ts";
import type { Region } from "../targets/account-region.ts";
import { VERSION } from "../version.ts";
import { Reloader, type ReadConfig } from "./reloader.ts";
import { regionsOf } from "./account-regions.ts";
import { EXIT, type ExitCode, type Host } from "./host.ts";
import { WatchLog } from "./event-log.ts";
import { Watch, type WatchListener } from "./poll-manager.ts";

/** Prometheus should not wait for ever for a workgroup that hangs. */
const READY_AT_LATEST_MS = 60_000;
/** Responses under way have so long to finish when the process is asked to end. */
const GRACE_MS = 2000;

export interface RunOptions {
  readonly readConfig: ReadConfig;
  /** Is told the addresses, once it serves on them. */
  readonly ready?: (urls: readonly string[]) => Promise<void>;
}

/** The daemon: polls and serves until it is asked to end. */
export async function run(
  config: Config,
  host: Host,
  { readConfig, ready = async () => {} }: RunOptions,
): Promise<ExitCode> {
  const { clock } = host;
  const regions = await regionsOf(config, host.environment);
  const logger = createLogger({ ...config.log, isTerminal: host.isTerminal });
  const metrics = createMetrics(config, logger, regions, host);
  const stopping = new AbortController();
  const stopped = whenStopped(host, stopping, logger);
  const watch = new Watch(config, regions, {
    clock,
    random: host.random,
    signal: stopping.signal,
    isOneShot: false,
    listener: listeners(new WatchLog(logger, clock), metrics),
    attempted: ({ accountId, region }, attempt) => metrics.recordAttempt({ accountId, region, ...attempt }),
  });
  const { environment } = host;
  const reloader = new Reloader(regions, { readConfig, environment, watch, metrics, logger, clock });
  const server = createServer(config, { watch, metrics, reloader, clock, stopping: stopping.signal, logger });
  const bound = await server.listen(config.web.listenAddresses);
  logger.info(
    { version: VERSION, listening: bound, regions: regions.map(({ region }) => region) },
    "started",
  );
  watch.start();
  host.onReload(() => void reloader.reload());
  await ready(bound.map(({ host, port }) => `http://${host ?? "localhost"}:${port}`));
  await stopped;
  await server.close(GRACE_MS);
  watch.close();
  logger.info("stopped");
  return EXIT.done;
}

function createMetrics(
  { shard }: Config,
  logger: Logger,
  regions: readonly Region[],
  { environment }: Host,
): ExporterMetrics {
  const build = {
    version: VERSION,
    revision: environment["ATHENA_SESSION_EXPORTER_REVISION"] ?? "",
    nodeVersion: process.version,
  };
  const metrics = new ExporterMetrics(
    build,
    (error, metric) => logger.error({ err: error, metric }, "a metric could not be collected"),
    shard,
  );
  for (const { accountId, region } of regions) metrics.addRegion({ accountId, region });
  return metrics;
}

interface ServerParts {
  readonly watch: Watch;
  readonly metrics: ExporterMetrics;
  readonly reloader: Reloader;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

function createServer(
  { web: { telemetryPath, maxRequests, enableLifecycle, grafanaUrl } }: Config,
  { watch: { board }, metrics, reloader, clock, stopping, logger }: ServerParts,
): HttpServer {
  const exposition = new Exposition(
    {
      version: () => board.version(),
      workgroups: () => board.rendered(),
      accounts: () => board.accounts(),
    },
    (format) => metrics.text(format),
    clock,
  );
  const startedMs = clock.monotonicMs();
  return createHttpServer({
    telemetryPath,
    maxRequests,
    clock,
    body: (format) => exposition.body(format),
    ...(enableLifecycle && { reload: () => reloader.reload() }),
    isReady: () =>
      !stopping.aborted && (board.isReady() || clock.monotonicMs() - startedMs >= READY_AT_LATEST_MS),
    page: () => ({
      version: VERSION,
      telemetryPath,
      ...(grafanaUrl !== undefined && { grafanaUrl }),
      accounts: board.accounts(),
      workgroups: board.workgroups(),
    }),
    onError: (error) => logger.error({ err: error }, "a request could not be answered"),
  });
}

function listeners(log: WatchLog, metrics: ExporterMetrics): WatchListener {
  return {
    discovered(region, result) {
      if (region.accountId === "" && result.accountId !== "") {
        metrics.identifyAccount(region.region, result.accountId);
      }
      log.discovered(region, result);
    },
    polled: (region, target, result) => log.polled(region, target, result),
    skipped: ({ accountId, region }, polls) => metrics.recordSkippedPolls({ accountId, region }, polls),
  };
}

/** Resolves when the process is asked to end. Asked a second time, it ends at once. */
async function whenStopped(host: Host, stopping: AbortController, logger: Logger): Promise<void> {
  await new Promise<void>((resolve) => {
    host.onStop((signal) => {
      if (stopping.signal.aborted) process.exit(EXIT.failed);
      logger.info({ signal }, "stopping");
      stopping.abort(new Error("the exporter is stopping"));
      resolve();
    });
  });
}
