import * as fc from "fast-check";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bodySegments, plainText } from "../../src/exposition/body-segments.ts";
import { compressInSlices } from "../../src/exposition/compression.ts";
import { gzipMember } from "../../src/exposition/segment.ts";
import { BODY_ENDINGS, familyHeader, type Format } from "../../src/metrics/text.ts";
import {
  renderWorkgroup,
  type SessionLabels,
  WORKGROUP_FAMILIES,
} from "../../src/metrics/workgroup-lines.ts";
import { WorkgroupRenderer } from "../../src/metrics/workgroup-renderer.ts";
import { WorkgroupSegments } from "../../src/exposition/workgroup-segments.ts";
import type { SessionRow } from "../../src/snapshot/snapshot.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { VirtualClock } from "../poll/virtual-clock.ts";
import { DEFAULT_THRESHOLDS } from "../thresholds.ts";
import { sessionRow, snapshot, unpolledView, workgroupView } from "../metrics/views.ts";

const FORMATS = ["text", "openmetrics"] as const;
/** More than fill two chunks. */
const WORKGROUPS = 150;

type Step =
  | { readonly kind: "discover" | "remove"; readonly first: number; readonly count: number }
  | {
      readonly kind: "poll";
      readonly first: number;
      readonly count: number;
      readonly sessions: readonly Partial<SessionRow>[];
    }
  | { readonly kind: "reload"; readonly labels: SessionLabels; readonly change: Partial<WorkgroupView> }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "render"; readonly limit: number }
  | { readonly kind: "compress" }
  | { readonly kind: "join" }
  | { readonly kind: "scrape"; readonly format: Format };

const range = { first: fc.nat({ max: WORKGROUPS - 1 }), count: fc.integer({ min: 1, max: 70 }) };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("discover" as const, "remove" as const), ...range }),
  fc.record({
    kind: fc.constant("poll" as const),
    ...range,
    sessions: fc.array(fc.record({ id: fc.string({ maxLength: 10, unit: "grapheme" }) }), { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat({ max: 3000 }) }),
  fc.record({ kind: fc.constant("render" as const), limit: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ kind: fc.constantFrom("compress" as const, "join" as const) }),
  fc.record({ kind: fc.constant("scrape" as const), format: fc.constantFrom(...FORMATS) }),
);

interface Known {
  readonly view: WorkgroupView;
  readonly expiresAtMs: number;
}

/** The board rendered from scratch, as nobody would do for each scrape. */
function rendered(known: Iterable<Known>, labels: SessionLabels, format: Format, nowMs: number): string {
  const workgroups = [...known].map(({ view, expiresAtMs }) => {
    const { snapshot: _snapshot, ...withoutSessions } = view;
    return renderWorkgroup(nowMs < expiresAtMs ? view : withoutSessions, labels);
  });
  const families = WORKGROUP_FAMILIES.map((family, row) => {
    const lines = workgroups.map((texts) => texts[row] ?? "").join("");
    return lines === "" ? "" : familyHeader(family, format) + lines;
  });
  return families.join("") + BODY_ENDINGS[format];
}

/** A body with the lines of each family in order: that of workgroups does not matter. */
function inOrder(body: string): string {
  const families = body.split(/^(?=# HELP)/m);
  return families.map((family) => family.split("\n").toSorted().join("\n")).join("");
}

/** The segments under test, and beside them what they must show. */
class World {
  readonly clock = new VirtualClock();
  readonly segments = new WorkgroupSegments(WORKGROUP_FAMILIES, this.clock);
  readonly #renderer = new WorkgroupRenderer(this.segments, [], this.clock);
  readonly #known = new Map<string, Known>();
  #labels: SessionLabels = [];
  #polls = 0;

  async apply(step: Step): Promise<void> {
    switch (step.kind) {
      case "discover":
        for (const name of names(step))
          if (!this.#known.has(name)) this.#change(name, unpolledView({ workgroup: name }));
        break;
      case "poll":
        for (const name of names(step)) this.#poll(name, step.sessions);
        break;
      case "reload":
        this.#labels = step.labels;
        this.#renderer.setSessionLabels(step.labels);
        for (const [name, { view, expiresAtMs }] of this.#known)
          this.#change(name, { ...view, ...step.change }, expiresAtMs);
        break;
      case "remove":
        for (const name of names(step)) this.#remove(name);
        break;
      case "wait":
        await this.clock.advance(step.ms);
        break;
      case "render":
        this.#renderer.render(step.limit);
        break;
      case "compress":
        await compressInSlices(this.segments.takeDueSegments(), this.clock);
        break;
      case "join":
        for (const join of this.segments.joinSteps()) join();
        break;
      case "scrape":
        this.bodies(step.format);
    }
  }

  /** What a scrape gets with and without gzip, and what it must get. */
  bodies(format: Format): { readonly gzip: string; readonly plain: string; readonly wanted: string } {
    this.#renderer.render();
    const body = bodySegments(this.segments, "", format);
    const wanted = rendered(this.#known.values(), this.#labels, format, this.clock.monotonicMs());
    const gzip = gunzipSync(gzipMember(body)).toString();
    return { gzip: inOrder(gzip), plain: inOrder(plainText(body)), wanted: inOrder(wanted) };
  }

  #poll(workgroup: string, sessions: readonly Partial<SessionRow>[]): void {
    this.#polls += 1;
    const rows = sessions.map((one) => sessionRow(one));
    const isFirst = this.#known.get(workgroup)?.view.polls === 0;
    if (isFirst) this.#known.delete(workgroup);
    const view = workgroupView({ workgroup, polls: this.#polls, snapshot: snapshot({ rows }) });
    this.#change(workgroup, view, this.clock.monotonicMs() + 5000);
  }

  #change(workgroup: string, view: WorkgroupView, expiresAtMs = Infinity): void {
    this.#known.set(workgroup, { view, expiresAtMs });
    this.#renderer.changed(workgroup, view, expiresAtMs);
  }

  #remove(workgroup: string): void {
    this.#known.delete(workgroup);
    this.#renderer.removed(workgroup);
  }
}

function names({ first, count }: { readonly first: number; readonly count: number }): string[] {
  return Array.from({ length: count }, (_, index) => `workgroup-${(first + index) % WORKGROUPS}`);
}

const pollOfOne = (change: Partial<SessionRow>): Step => ({
  kind: "poll",
  first: 0,
  count: 1,
  sessions: [change, { id: "other" }],
});
const LABELS: SessionLabels = ["description", "execution_role"];
const reload = (labels: SessionLabels, change: Partial<WorkgroupView> = {}): Step => ({
  kind: "reload",
  labels,
  change,
});

test.each<[string, Step]>([
  ["an id", pollOfOne({ id: "another" })],
  ["a state", pollOfOne({ state: "BUSY" })],
  ["the time of a state", pollOfOne({ sinceMs: 1000 })],
  ["a start", pollOfOne({ startMs: 1000 })],
  ["an engine version", pollOfOne({ engineVersion: "4" })],
  ["a description", pollOfOne({ description: "dbt" })],
  ["a role", pollOfOne({ executionRole: "other" })],
  ["a maximum of DPUs", pollOfOne({ maxDpus: 40 })],
  ["an idle timeout", pollOfOne({ idleTimeoutSeconds: 60 })],
  ["the account", reload(LABELS, { accountId: "222222222222" })],
  ["the account's name", reload(LABELS, { accountName: "data-dev" })],
  ["the workgroup's engine version", reload(LABELS, { engineVersion: "4" })],
  ["a tag", reload(LABELS, { tagLabels: { tag_team: "data" } })],
  ["the thresholds", reload(LABELS, { thresholds: { ...DEFAULT_THRESHOLDS, idleUsdPerDay: 7 } })],
  ["the configured labels", reload(["description"])],
  ["nothing, after they have expired", pollOfOne({})],
])("lines are rendered again after a change of %s", async (change, step) => {
  const world = new World();
  const waitMs = change.includes("expired") ? 6000 : 0;
  const before: Step[] = [reload(LABELS), pollOfOne({}), { kind: "wait", ms: waitMs }];
  for (const one of [...before, { kind: "compress" } as const, step]) await world.apply(one);
  const { plain, wanted } = world.bodies("text");
  expect(plain).toBe(wanted);
});

test("after any changes, removals and expirations a body equals the board rendered from scratch", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = new World();
      for (const one of steps) await world.apply(one);
      for (const format of FORMATS) {
        const { gzip, plain, wanted } = world.bodies(format);
        expect(gzip).toBe(wanted);
        expect(plain).toBe(wanted);
      }
    }),
    { numRuns: 60 },
  );
});

test("what is left of chunks after removals moves to others, and stays complete", async () => {
  const world = new World();
  const whole: Step = { kind: "poll", first: 0, count: WORKGROUPS, sessions: [{ id: "one" }] };
  const compress: Step[] = [{ kind: "wait", ms: 1000 }, { kind: "compress" }];
  await world.apply(whole);
  world.bodies("text");
  for (const one of compress) await world.apply(one);
  const before = world.segments.segments("text").length;
  for (const first of [0, 64]) await world.apply({ kind: "remove", first, count: 60 });
  for (const one of [...compress, ...compress]) await world.apply(one);
  const { gzip, plain, wanted } = world.bodies("text");
  expect([gzip, plain]).toEqual([wanted, wanted]);
  // Of each family a header, and one chunk instead of three.
  expect(world.segments.segments("text")).toHaveLength(before / 2);
});

test("where open text exceeds 16 MB, the first chunks are compressed at once", () => {
  const segments = new WorkgroupSegments(WORKGROUP_FAMILIES, new VirtualClock());
  const lines = WORKGROUP_FAMILIES.map((_, row) => (row === 0 ? "x".repeat(100_000) : ""));
  const add = (first: number, count: number) => {
    for (let index = first; index < first + count; index += 1) segments.setLines(`${index}`, true, lines);
  };
  const textBytes = () => segments.takeDueSegments().reduce((sum, { plainBytes }) => sum + plainBytes, 0);
  add(0, 160);
  expect(textBytes()).toBe(0);
  add(160, 10);
  expect(textBytes()).toBe(64 * 100_000);
  expect(textBytes()).toBe(0);
});
