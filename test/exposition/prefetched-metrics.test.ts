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

test("a scrape waits for a source that has not responded for a second", async () => {
  await scrape();
  responseMs = 3000;
  await clock.advance(1500);
  const before = fetches;
  expect(await scrape(3000)).toBe(`text ${before + 1}`);
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
  metrics.forget();
  expect(await scrape()).toBe("text 2");
  responseMs = 100;
  const late = metrics.text("text");
  metrics.forget();
  await clock.advance(100);
  await late;
  responseMs = 0;
  expect(await scrape()).toBe(`text ${fetches}`);
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
