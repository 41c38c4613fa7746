import { beforeEach, expect, test } from "vitest";
import { PrefetchedMetrics } from "../../src/exposition/prefetched-metrics.ts";
import { VirtualClock } from "../poll/virtual-clock.ts";

const MINUTE_MS = 60_000;

let clock: VirtualClock;
let metrics: PrefetchedMetrics;
/** How often the source was asked. */
let fetches: number;
/** How long it takes to respond; undefined while it fails. */
let responseMs: number | undefined;

beforeEach(() => {
  clock = new VirtualClock();
  [fetches, responseMs] = [0, 0];
  const source = {
    async text(format: string) {
      fetches += 1;
      const text = `${format} ${fetches}`;
      if (responseMs === undefined) throw new Error("no metrics");
      await new Promise<void>((resolve) => clock.after(responseMs ?? 0, resolve));
      return text;
    },
    recordExpositionDelay: () => undefined,
  };
  metrics = new PrefetchedMetrics(source, clock);
});

/** The text of a scrape that waits for the source for `waitMs`. */
async function scrape(waitMs = 0): Promise<string> {
  const text = metrics.text("text");
  await clock.advance(waitMs);
  return text;
}

test("a scrape does not wait for the source if another has come within two minutes", async () => {
  await scrape();
  await clock.advance(2 * MINUTE_MS - 1);
  responseMs = MINUTE_MS;
  expect(await scrape()).toBe(`text ${fetches}`);
});

test("what a scrape gets is less than a second old", async () => {
  await scrape();
  for (let second = 0; second < 30; second += 1) {
    await clock.advance(999);
    const before = fetches;
    await clock.advance(1);
    expect([`text ${before}`, `text ${fetches}`]).toContain(await scrape());
  }
});

test("a scrape does not wait for a busy source", async () => {
  const first = await scrape();
  responseMs = 20_000;
  await clock.advance(14_999);
  expect(await scrape()).toBe(first);
});

test("a scrape waits for a busy source for 50 ms after a change, and then gets what it told last", async () => {
  const first = await scrape();
  await clock.advance(1);
  responseMs = 14_000;
  metrics.markChanged();
  let got: string | undefined;
  void metrics.text("text").then((text) => (got = text));
  await clock.advance(49);
  expect(got).toBeUndefined();
  await clock.advance(1);
  expect(got).toBe(first);
});

test("a scrape waits for the source where what it told last is 15 seconds old", async () => {
  await scrape();
  responseMs = 20_000;
  await clock.advance(15_000);
  const before = fetches;
  expect(await scrape(20_000)).toBe(`text ${before}`);
});

test("a busy source is not asked again before it responds", async () => {
  await scrape();
  responseMs = 10_000;
  await clock.advance(2000);
  const before = fetches;
  await Promise.all([scrape(100), scrape(100)]);
  expect(fetches).toBe(before);
});

test("nothing is fetched where no scrape comes, and no format that is not scraped", async () => {
  await clock.advance(10 * MINUTE_MS);
  expect(fetches).toBe(0);
  await scrape();
  await clock.advance(2 * MINUTE_MS);
  const before = fetches;
  await clock.advance(10 * MINUTE_MS);
  expect(fetches).toBe(before);
});

test("what was fetched before a change is not used after it", async () => {
  await scrape();
  metrics.markChanged();
  expect(await scrape()).toBe("text 2");
  responseMs = 40;
  metrics.markChanged();
  const before = metrics.text("text");
  metrics.markChanged();
  const after = metrics.text("text");
  await clock.advance(40);
  expect(await Promise.all([before, after])).toEqual(["text 3", "text 4"]);
  expect(await scrape()).toBe("text 4");
});

test("a source that takes long is asked less often", async () => {
  responseMs = 100;
  await scrape(100);
  const before = fetches;
  await clock.advance(MINUTE_MS);
  expect(fetches - before).toBeLessThanOrEqual(60_000 / (50 * 100) + 1);
});

test("a source that was busy once is asked again within ten seconds", async () => {
  responseMs = 30_000;
  await scrape(30_000);
  await clock.advance(500);
  responseMs = 0;
  await clock.advance(30_000);
  const before = fetches;
  await clock.advance(10_000);
  expect(fetches).toBeGreaterThan(before);
});

test("a scrape is told of the failure of the source, and the next one is not", async () => {
  await scrape();
  responseMs = undefined;
  await clock.advance(1000);
  await expect(metrics.text("text")).rejects.toThrow("no metrics");
  responseMs = 0;
  expect(await scrape()).toBe(`text ${fetches}`);
});
