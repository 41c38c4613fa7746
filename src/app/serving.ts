import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { RenderedPages } from "../http/rendered-pages.ts";
import type { PollingCalls, ServingSettings } from "../http/thread-calls.ts";
import type { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import { WORKGROUP_FAMILIES } from "../metrics/workgroup-lines.ts";
import { VERSION } from "../version.ts";
import type { Logger } from "./logger.ts";
import { otherMetrics } from "./other-metrics.ts";
import type { PollManager } from "./poll-manager.ts";
import type { Reloader } from "./reloader.ts";

/** After this, a workgroup that hangs no longer keeps the exporter from being ready. */
const READY_AT_LATEST_MS = 60_000;

/** What of the configuration the server needs. */
export function servingSettings({ web }: Config): ServingSettings {
  const { telemetryPath, routePrefix, externalUrl, maxRequests, access, hasOpenProbes } = web;
  return {
    families: WORKGROUP_FAMILIES,
    telemetryPath,
    routePrefix,
    ...(externalUrl !== undefined && { externalUrl }),
    maxRequests,
    access,
    hasOpenProbes,
    canReload: web.enableLifecycle,
  };
}

interface ServedParts {
  /** Called when the server asks for something; it is started before them. */
  readonly polling: () => { readonly manager: PollManager; readonly reloader: Reloader };
  readonly metrics: ExporterMetrics;
  /** Sends text of workgroups that waits. */
  readonly sendText: () => void;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

/** What the server asks of the daemon. */
export function pollingCalls(
  { web: { telemetryPath, grafanaUrl } }: Config,
  { polling, metrics, sendText, clock, stopping, logger }: ServedParts,
): PollingCalls {
  const pages = new RenderedPages(() => {
    const { board } = polling().manager;
    return {
      version: VERSION,
      telemetryPath,
      ...(grafanaUrl !== undefined && { grafanaUrl }),
      organization: board.organization(),
      accounts: board.accountRegions(),
      workgroups: board.workgroups(),
    };
  }, clock);
  const others = () => otherMetrics(polling().manager, metrics, sendText);
  const startedMs = clock.monotonicMs();
  return {
    otherMetrics: (format) => others().text(format),
    recordExpositionDelay: (delayMs) => others().recordExpositionDelay(delayMs),
    render: (path, query) => pages.render(path, query),
    async isReady() {
      // A scrape that follows shows what made it ready.
      sendText();
      const isLate = clock.monotonicMs() - startedMs >= READY_AT_LATEST_MS;
      return !stopping.aborted && (polling().manager.board.isReady() || isLate);
    },
    async reload() {
      const problems = await polling().reloader.reload();
      sendText();
      return problems;
    },
    onError: (error) => logger.error({ err: error }, "a request could not be answered"),
  };
}
