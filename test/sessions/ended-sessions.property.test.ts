import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EndedSessions, type EndChanges, type EndedSession } from "../../src/sessions/ended-sessions.ts";
import type { EndState } from "../../src/sessions/life-cycle.ts";

const IDS = ["a", "b", "c", "d", "e", "f"];
const STATES: readonly EndState[] = ["TERMINATED", "FAILED", "UNKNOWN"];
const MAX_MS = 5 * 60_000;
const TIMES_MS = [-1, 0, 60_000, 80_002, MAX_MS];

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

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Model = ReadonlyMap<string, EndedSession>;
type Version = readonly [EndedSessions, Model];

const isForgettable = ({ awaitsUsage }: EndedSession): boolean => !awaitsUsage;

function changed(model: Model, byId: EndChanges): Model {
  const next = new Map(model);
  for (const [id, one] of byId) {
    if (one === undefined) next.delete(id);
    else next.set(id, one);
  }
  return next;
}

function contentOf(ended: EndedSessions) {
  return {
    ends: IDS.map((id) => ended.get(id)),
    size: ended.size,
    awaitingUsage: [...ended.awaitingUsage()].sort(),
    counts: STATES.flatMap((state) => TIMES_MS.map((afterMs) => ended.countAfter(state, afterMs))),
  };
}

function contentOfModel(model: Model): ReturnType<typeof contentOf> {
  const ends = [...model.values()];
  const countAfter = (state: EndState, afterMs: number) =>
    ends.filter((one) => one.state === state && one.endMs > afterMs).length;
  return {
    ends: IDS.map((id) => model.get(id)),
    size: model.size,
    awaitingUsage: IDS.filter((id) => model.get(id)?.awaitsUsage === true),
    counts: STATES.flatMap((state) => TIMES_MS.map((afterMs) => countAfter(state, afterMs))),
  };
}

/** The map and its model after a change. */
function apply([ended, model]: Version, change: Step["change"]): Version {
  if ("changes" in change) return [ended.with(change.changes), changed(model, change.changes)];
  const { untilMs } = change;
  const kept = [...model].filter(([, one]) => one.endMs > untilMs || !isForgettable(one));
  return [ended.forget(untilMs, isForgettable, IDS.length), new Map(kept)];
}

test("ended sessions are an immutable map, whichever of its versions are changed and read", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const empty: Version = [EndedSessions.empty(), new Map()];
      const versions = [empty];
      const read = steps.flatMap(({ from, change, readAfterwards }) => {
        versions.push(apply(versions[from % versions.length] ?? empty, change));
        return [versions.at(-1) ?? empty, versions[readAfterwards % versions.length] ?? empty].map(
          ([ended, model]) => ({ content: contentOf(ended), model }),
        );
      });
      expect(read.map(({ content }) => content)).toEqual(read.map(({ model }) => contentOfModel(model)));
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
