import type { ServerResponse } from "node:http";
import type { Clock } from "../../clock.ts";

/** A client may take this long for any response, and longer for a body that takes longer at the lowest rate, up to the maximum. */
const GRACE_MS = 10_000;
const MIN_BYTES_PER_SECOND = 64 * 1024;
/** Prometheus itself gives up after 10 s by default. */
const MAX_MS = 60_000;

/** Disconnects a client that takes the body of a response at less than the lowest rate on average. */
export function dropSlowReader(response: ServerResponse, bodyBytes: number, clock: Clock): void {
  const limitMs = Math.min(MAX_MS, GRACE_MS + (bodyBytes / MIN_BYTES_PER_SECOND) * 1_000);
  response.once(
    "close",
    clock.after(limitMs, () => response.destroy()),
  );
}
