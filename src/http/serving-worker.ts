import { parentPort, workerData } from "node:worker_threads";
import { createBirpc } from "birpc";
import { systemClock } from "../clock.ts";
import { compressInBackground, compressInSlices } from "../exposition/compression.ts";
import { Exposition } from "../exposition/exposition.ts";
import { PrefetchedMetrics } from "../exposition/prefetched-metrics.ts";
import { WorkgroupSegments } from "../exposition/workgroup-segments.ts";
import { createHttpServer } from "./server.ts";
import type { PollingCalls, ServingCalls, ServingSettings } from "./thread-calls.ts";

/** The exporter is not healthy where the thread that polls has not responded for this long. */
const MAX_RESPONSE_MS = 5000;

if (parentPort === null) throw new Error("serving-worker is started as a thread only");
const port = parentPort;
const { families, canReload, ...settings } = workerData as ServingSettings;
const clock = systemClock;
const workgroups = new WorkgroupSegments(families, clock);

const polling = createBirpc<PollingCalls, ServingCalls>(
  {
    setLines: orEnd((...lines) => workgroups.setLines(...lines)),
    remove: orEnd((key) => workgroups.remove(key)),
    markChanged: orEnd(() => markChanged()),
    // Messages arrive in the order in which they were sent. Until text is compressed, it takes much memory.
    arrived: () => compressInSlices(workgroups.takeDueSegments(), clock),
    listen: (targets) => server.listen(targets),
    applyAccess: async (access) => server.applyAccess(access),
    close: (graceMs) => server.close(graceMs),
  },
  {
    post: (message) => port.postMessage(message, []),
    on: (listener) => port.on("message", listener),
    eventNames: ["recordExpositionDelay", "onError"],
    timeout: -1,
  },
);

const otherMetrics = new PrefetchedMetrics(
  {
    text: (format) => polling.otherMetrics(format),
    recordExpositionDelay: (delayMs) => void polling.recordExpositionDelay(delayMs),
  },
  clock,
);
const exposition = new Exposition(workgroups, otherMetrics, clock);

const server = createHttpServer({
  ...settings,
  clock,
  body: (format, encoding) => exposition.body(format, encoding),
  isHealthy: () => doesPollingRespond(),
  isReady: () => polling.isReady(),
  render: (path, query) => polling.render(path, query),
  // Whether it succeeded is told by a metric.
  ...(canReload && { reload: () => polling.reload().finally(() => markChanged()) }),
  onError: (error) => void polling.onError(error),
});

void compressInBackground(workgroups, clock, new AbortController().signal);

/** A scrape that follows tells what has changed beside the text of workgroups. */
function markChanged(): void {
  workgroups.markChanged();
  otherMetrics.markChanged();
}

/** The lines of the store would be wrong after an error, of which the caller of an event is not told: it ends the process. */
function orEnd<Arguments extends unknown[]>(
  action: (...args: Arguments) => void,
): (...args: Arguments) => void {
  return (...args) => {
    try {
      action(...args);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  };
}

async function doesPollingRespond(): Promise<boolean> {
  let cancel = (): void => undefined;
  const late = new Promise<boolean>((resolve) => {
    cancel = clock.after(MAX_RESPONSE_MS, () => resolve(false));
  });
  try {
    return await Promise.race([polling.isReady().then(() => true), late]);
  } finally {
    cancel();
  }
}
