import { expect, test } from "vitest";
import { EndedSessions, type EndedSession } from "../../src/sessions/ended-sessions.ts";
import { EndedUpdate } from "../../src/sessions/ended-update.ts";
import { LISTING_LAG_MS, newReconciliation } from "../../src/sessions/reconciliation.ts";

const HOUR_MS = 3_600_000;
const COVERED_MS = 10 * HOUR_MS;
const RECONCILIATION = {
  ...newReconciliation,
  endedCoveredMs: { FAILED: COVERED_MS, TERMINATED: COVERED_MS },
  endedListedMs: { FAILED: COVERED_MS + HOUR_MS, TERMINATED: COVERED_MS + HOUR_MS },
};

/** An update by an estimate of AWS' clock that is `offsetMs` ahead of the monotonic one. */
function updateAt(offsetMs: number, before = EndedSessions.empty()): EndedUpdate {
  return new EndedUpdate(before, RECONCILIATION, (monotonicMs) => monotonicMs + offsetMs);
}

/** A session that failed a second after its start. */
function endOf(startMs: number): EndedSession {
  const endMs = startMs + 1000;
  return {
    state: "FAILED",
    startMs,
    endMs,
    lastModifiedMs: endMs,
    degradedCounted: false,
    awaitsUsage: false,
  };
}

test.each([-60_000, -1, 0, 1, 60_000])(
  "an end that was counted is not counted again where the estimate of AWS' clock changes by %i ms",
  (changeMs) => {
    const startMs = COVERED_MS - LISTING_LAG_MS - 1;
    const update = updateAt(0);
    update.set("s-1", endOf(startMs));
    const remembered = update.remembered(RECONCILIATION, COVERED_MS + 3 * HOUR_MS);
    const next = updateAt(changeMs, remembered);
    const isKnown = next.get("s-1") !== undefined;
    const session = { id: "s-1", state: "FAILED", startMs, description: "", engineVersion: "" } as const;
    const isNews = next.isUncounted(session, "FAILED", endOf(startMs).endMs);
    expect(isKnown || !isNews).toBe(true);
  },
);

test("an end is forgotten once no listing can take it for news", () => {
  const update = updateAt(0);
  update.set("s-1", endOf(COVERED_MS - HOUR_MS));
  expect(update.remembered(RECONCILIATION, COVERED_MS + 3 * HOUR_MS).size).toBe(0);
});
