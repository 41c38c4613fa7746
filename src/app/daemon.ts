import type { Attempt } from "../athena/api-calls.ts";
import type { Config } from "../config/config.ts";
import type { AccessConfig } from "../config/web/access-config.ts";
import { ServingThread } from "../http/serving-thread.ts";
import type { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { VERSION } from "../version.ts";
import { AccessWatcher } from "./access-watcher.ts";
import { findAccountRegions, findDefaultRegion } from "./account-regions.ts";
import { EventLog } from "./event-log.ts";
import { EXIT, type ExitCode, type Host } from "./host.ts";
import { createLogger, type Logger } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import { OrganizationAccounts } from "./organization-accounts.ts";
import { OrganizationLog } from "./organization-log.ts";
import { athenaConnector, PollManager, type PollListener } from "./poll-manager.ts";
import { Reloader, type ReadConfig } from "./reloader.ts";
import { pollingCalls, servingSettings } from "./serving.ts";
import { TextSender } from "./text-sender.ts";
import { systemdSockets } from "./systemd-sockets.ts";

/** Responses in progress have this long to finish after a signal to stop. */
const GRACE_MS = 2000;
/** The last log lines have this long to be written. */
const FLUSH_MS = 300;

export interface DaemonOptions {
  readonly readConfig: ReadConfig;
  /** What to log of the configuration, a line each. */
  readonly warnings?: readonly string[];
  /** Called with the addresses once the daemon serves on them. */
  readonly ready?: (urls: readonly string[]) => Promise<void>;
}

/** The daemon: polls and serves until a signal stops it. */
export async function runDaemon(
  config: Config,
  host: Host,
  { readConfig, warnings = [], ready = async () => {} }: DaemonOptions,
): Promise<ExitCode> {
  const { clock, environment } = host;
  const defaultRegion = await findDefaultRegion(config, environment);
  const accountRegions = findAccountRegions(config, defaultRegion, undefined);
  const logging = createLogger({ ...config.log, isTerminal: host.isTerminal });
  const { logger } = logging;
  const metrics = createMetrics(config, accountRegions, logger, host);
  const stopping = new AbortController();
  const stopped = whenStopped(host, stopping, logger);
  const connect = athenaConnector(clock);
  const { signal } = stopping;
  const server = new ServingThread(
    servingSettings(config),
    pollingCalls(config, {
      polling: () => ({ manager, reloader }),
      sendText: () => sender.sendBatch(),
      metrics,
      clock,
      stopping: signal,
      logger,
    }),
  );
  const sender = new TextSender({
    clock,
    render: (limit) => manager.renderText(limit),
    arrived: () => server.arrived(),
  });
  const options = {
    clock,
    textStore: server,
    textChanged: () => sender.changed(),
    random: host.random,
    signal,
    isOneShot: false,
    listener: listeners(new EventLog(logger, clock), metrics),
    attempted: ({ key }: AccountRegion, attempt: Attempt) => metrics.recordAttempt(key, attempt),
  };
  const manager = new PollManager(config, accountRegions, options, connect);
  const reloader = new Reloader(accountRegions, {
    readConfig,
    environment,
    manager,
    metrics,
    logger,
    clock,
    reloaded: (...reloaded) => organization.follow(...reloaded),
  });
  const organization = new OrganizationAccounts(
    config,
    (...changed) => reloader.applyOrganization(...changed),
    {
      connect,
      board: manager.board,
      metrics,
      listener: new OrganizationLog(logger),
      clock,
      signal,
    },
  );
  const { web } = config;
  const bound = await server.listen(
    web.usesSystemdSocket ? systemdSockets(environment, process.pid) : web.listenAddresses,
  );
  logger.info(
    { version: VERSION, listening: bound, regions: accountRegions.map(({ region }) => region) },
    "started",
  );
  for (const warning of warnings) logger.warn(warning);
  manager.start();
  organization.follow(config, defaultRegion);
  if (web.accessFile !== undefined) {
    const { readFile } = host;
    const apply = (access: AccessConfig) => server.applyAccess(access);
    new AccessWatcher({ file: web.accessFile, readFile, clock, logger, signal, apply }).start();
  }
  host.onReload(() => void reloader.reload());
  const scheme = web.access.tls === undefined ? "http" : "https";
  await ready(bound.map(({ host = "localhost", port, path }) => path ?? `${scheme}://${host}:${port}`));
  await stopped;
  await server.close(GRACE_MS);
  manager.close();
  logger.info("stopped");
  await logging.close(FLUSH_MS);
  return EXIT.done;
}

function listeners(log: EventLog, metrics: ExporterMetrics): PollListener {
  return {
    configured: (accountRegions) => log.configured(accountRegions),
    discovered(accountRegion, result) {
      if (result.accountId !== "") metrics.identifyAccount(accountRegion.key, result.accountId);
      log.discovered(accountRegion, result);
    },
    polled: (...polled) => log.polled(...polled),
    happened: (...happened) => log.happened(...happened),
    ownerFound: (...found) => log.ownerFound(...found),
    ownersLookedUp: (accountRegion, failure) => log.ownersLookedUp(accountRegion, failure),
    quotasRead: (accountRegion, failure) => log.quotasRead(accountRegion, failure),
    ownersCutShort: (accountRegion, lookup) => log.ownersCutShort(accountRegion, lookup),
    picked(accountRegion, target, choice) {
      metrics.recordSkippedPolls(accountRegion.key, choice.skipped);
      log.picked(accountRegion, target, choice);
    },
  };
}

/** Resolves at the first signal to stop. A second one ends the process at once. */
async function whenStopped(host: Host, stopping: AbortController, logger: Logger): Promise<void> {
  await new Promise<void>((resolve) => {
    host.onStop((signal) => {
      if (stopping.signal.aborted) process.exit(EXIT.failed);
      logger.info({ signal }, "stopping");
      stopping.abort(new Error("the exporter is stopping"));
      resolve();
    }, EXIT.done);
  });
}
