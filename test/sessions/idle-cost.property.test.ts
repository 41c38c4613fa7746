import * as fc from "fast-check";
import { expect, test } from "vitest";
import { idleDpuSecondsUntil } from "../../src/sessions/idle-use.ts";
import type { Tracker } from "../../src/sessions/tracker.ts";
import { FakeAthena, MINUTE, Poller } from "./fake-athena.ts";

const step = fc.record({
  /** Whether the session has changed between IDLE and BUSY half a minute after the last poll. */
  changes: fc.boolean(),
  /** Whether the poll fails, so that nothing is learned. */
  fails: fc.boolean(),
});

test("a session has used its DPUs while idle for all of its idle times, from the one in which it was first seen on, also through failed polls", () => {
  const property = fc.property(
    fc.integer({ min: 0, max: 48 }),
    fc.array(step, { maxLength: 30 }),
    (hoursIdleBefore, steps) => {
      const athena = new FakeAthena();
      const poller = new Poller(athena);
      const idleSinceMs = athena.nowMs + MINUTE - hoursIdleBefore * 60 * MINUTE;
      athena.put("a", "IDLE", { idleSinceMs, startMs: idleSinceMs, lastModifiedMs: idleSinceMs });
      let idleMs = hoursIdleBefore * 60 * MINUTE;
      let isIdle = true;
      let mayChange = true;
      poller.poll();
      for (const { changes, fails } of steps) {
        // What happens twice between two polls that succeed shows only once.
        const hasChanged: boolean = changes && mayChange;
        if (hasChanged) {
          athena.nowMs += MINUTE / 2;
          athena.put("a", isIdle ? "BUSY" : "IDLE");
          athena.nowMs -= MINUTE / 2;
        }
        idleMs += hasChanged ? MINUTE / 2 : isIdle ? MINUTE : 0;
        isIdle = hasChanged ? !isIdle : isIdle;
        if (fails) athena.nowMs += MINUTE;
        else poller.poll();
        mayChange = !fails || (mayChange && !hasChanged);
        if (fails) continue;
        expect(idleDpuSecondsOf(poller.tracker, "a")).toBeCloseTo(idleMs / 1000, 6);
      }
    },
  );
  fc.assert(property, { numRuns: 200 });
});

function idleDpuSecondsOf({ active, polledAtMonotonicMs }: Tracker, id: string): number | undefined {
  const session = active.get(id);
  return (
    session && idleDpuSecondsUntil(session.idleUse, session.countedUntilMonotonicMs ?? polledAtMonotonicMs)
  );
}

test("a session that is no longer found in one poll keeps what it has used", () => {
  const athena = new FakeAthena();
  const poller = new Poller(athena);
  athena.put("a", "IDLE");
  poller.poll();
  athena.unknown.add("a");
  poller.poll();
  athena.unknown.delete("a");
  poller.poll();
  expect(idleDpuSecondsOf(poller.tracker, "a")).toBe(180);
});
