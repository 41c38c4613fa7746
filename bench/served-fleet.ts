import { otherMetrics } from "../src/app/other-metrics.ts";
import { TextSender } from "../src/app/text-sender.ts";
import { systemClock } from "../src/clock.ts";
import { OPEN_ACCESS } from "../src/config/web/access-config.ts";
import { ServingThread } from "../src/http/serving-thread.ts";
import type { ExporterMetrics } from "../src/metrics/exporter-metrics.ts";
import { WORKGROUP_FAMILIES } from "../src/metrics/workgroup-lines.ts";
import { WorkgroupRenderer } from "../src/metrics/workgroup-renderer.ts";
import type { FleetSize } from "./fleet.ts";
import { PolledFleet } from "./polled-fleet.ts";

/** A fleet whose text is on a serving thread, as the daemon puts them together. */
export interface ServedFleet {
  readonly fleet: PolledFleet;
  readonly serving: ServingThread;
  /** Resolves when the thread has all text. */
  readonly settle: () => Promise<void>;
}

export function startServedFleet(
  size: FleetSize,
  sessionLimit: number,
  metrics: ExporterMetrics,
  fail: (error: unknown) => void,
): ServedFleet {
  const serving = new ServingThread(
    {
      families: WORKGROUP_FAMILIES,
      telemetryPath: "/metrics",
      routePrefix: "",
      maxRequests: 40,
      access: OPEN_ACCESS,
      hasOpenProbes: false,
      canReload: false,
    },
    {
      otherMetrics: (format) => others.text(format),
      recordExpositionDelay: (delayMs) => others.recordExpositionDelay(delayMs),
      isReady: async () => true,
      reload: async () => [],
      render: async () => "busy",
      onError: fail,
    },
  );
  const sender = new TextSender({
    clock: systemClock,
    render: (limit) => renderer.render(limit),
    arrived: () => serving.arrived(),
  });
  const renderer = new WorkgroupRenderer(serving, ["description"], systemClock, () => sender.changed());
  const fleet = new PolledFleet(size, sessionLimit, renderer);
  const manager = {
    board: fleet.board,
    get textDelayMs() {
      return renderer.delayMs;
    },
  };
  const others = otherMetrics(manager, metrics, () => sender.sendBatch());
  return {
    fleet,
    serving,
    settle: async () => {
      renderer.render();
      await serving.arrived();
    },
  };
}
