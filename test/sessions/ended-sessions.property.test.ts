import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EndedSessions, type EndChanges, type EndedSession } from "../../src/sessions/ended-sessions.ts";
import type { EndState } from "../../src/sessions/life-cycle.ts";

const IDS = ["a", "b", "c", "d", "e", "f"];
const STATES: readonly EndState[] = ["TERMINATED", "FAILED", "UNKNOWN"];
const MAX_MS = 5 * 60_000;

/** Few times, and on both sides of whole minutes. */
const timeMs = fc.integer({ min: -2, max: MAX_MS / 20_000 }).map((step) => step * 20_000 + (step % 3));

const end: fc.Arbitrary<EndedSession> = fc.record({
  state: fc.constantFrom(...STATES),
  startMs: fc.constant(0),
  endMs: timeMs,
  lastModifiedMs: fc.constant(0),
  degradedCounted: fc.boolean(),
  awaitsUsage: fc.boolean(),
});

const changes: fc.Arbitrary<EndChanges> = fc
  .array(fc.tuple(fc.constantFrom(...IDS), fc.option(end, { nil: undefined })))
  .map((entries) => new Map(entries));

/** A step begins with any map that there is already, as polls do whose results are dropped. */
const step = fc.record({
  from: fc.nat(),
  change: fc.oneof(fc.record({ changes }), fc.record({ untilMs: timeMs })),
  readAfterwards: fc.nat(),
});

type Model = ReadonlyMap<string, EndedSession>;

const isForgettable = ({ awaitsUsage }: EndedSession): boolean => !awaitsUsage;

function changed(model: Model, byId: EndChanges): Model {
  const next = new Map(model);
  for (const [id, one] of byId) {
    if (one === undefined) next.delete(id);
    else next.set(id, one);
  }
  return next;
}

function expectEqual(ended: EndedSessions, model: Model): void {
  expect(IDS.map((id) => ended.get(id))).toEqual(IDS.map((id) => model.get(id)));
  expect(ended.size).toBe(model.size);
  const awaiting = [...model].filter(([, { awaitsUsage }]) => awaitsUsage).map(([id]) => id);
  expect([...ended.awaitingUsage()].sort()).toEqual(awaiting.sort());
  for (const state of STATES) {
    for (const afterMs of [-1, 0, 60_000, 80_002, MAX_MS]) {
      const recent = [...model.values()].filter((one) => one.state === state && one.endMs > afterMs);
      expect(ended.countAfter(state, afterMs)).toBe(recent.length);
    }
  }
}

test("ended sessions are an immutable map, whichever of its versions are changed and read", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const versions: (readonly [EndedSessions, Model])[] = [[EndedSessions.empty(), new Map()]];
      for (const { from, change, readAfterwards } of steps) {
        const [ended, model] = versions[from % versions.length] ?? [EndedSessions.empty(), new Map()];
        if ("changes" in change) {
          versions.push([ended.with(change.changes), changed(model, change.changes)]);
        } else {
          const { untilMs } = change;
          const kept = [...model].filter(([, one]) => one.endMs > untilMs || !isForgettable(one));
          versions.push([ended.forget(untilMs, isForgettable, IDS.length), new Map(kept)]);
        }
        for (const index of [versions.length - 1, readAfterwards % versions.length]) {
          const version = versions[index];
          if (version !== undefined) expectEqual(...version);
        }
      }
    }),
  );
});

test("the oldest ended sessions are forgotten beyond the limit", () => {
  const ends = Array.from({ length: 5 }, (_, index) => [`${index}`, awaiting(index)] as const);
  const ended = EndedSessions.empty().with(new Map(ends)).forget(-1, isForgettable, 3);
  expect(ends.map(([id]) => ended.get(id) !== undefined)).toEqual([false, false, true, true, true]);
});

function awaiting(endMs: number): EndedSession {
  const state = "TERMINATED";
  return { state, startMs: 0, endMs, lastModifiedMs: 0, degradedCounted: false, awaitsUsage: true };
}
