import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPage } from "./browser.ts";
import { until } from "../until.ts";
import { startFleet } from "./page-fleet.ts";

/** The width of A4 at 96 pixels an inch, less margins. */
const PAPER_WIDTH = 718;
const SCROLLED = 700;
/** Restoring a position rounds it. */
const TOLERANCE = 2;
const WORKGROUPS = 40;

/** Whether each command is there as a whole, none of it beyond its box or the paper. */
async function commandsFit(page: Page): Promise<readonly boolean[]> {
  return page.evaluate<boolean[]>(
    `[...document.querySelectorAll("div.command code")].map((code) =>
       code.scrollWidth <= code.clientWidth && code.getBoundingClientRect().right <= innerWidth)`,
  );
}

test("on paper the page is dark on white in both colour schemes, without controls, and commands are whole", async () => {
  const exporter = await startFleet(WORKGROUPS);
  for (const colorScheme of ["light", "dark"] as const) {
    const { page } = await openPage(`${exporter.url}/`, { colorScheme });
    await page.emulateMedia({ media: "print", colorScheme });
    await page.setViewportSize({ width: PAPER_WIDTH, height: 1000 });
    const colors = await page.evaluate<string>(
      `(({ color, backgroundColor }) => [color, backgroundColor].join(" on "))(getComputedStyle(document.body))`,
    );
    expect(colors).toBe("rgb(27, 33, 41) on rgb(255, 255, 255)");
    expect(await page.getByRole("search").isVisible()).toBe(false);
    expect(await page.getByText("refreshes itself").isVisible()).toBe(false);
    const fit = await commandsFit(page);
    expect(fit.length).toBeGreaterThan(3);
    expect(fit).not.toContain(false);
  }
});

test("a page that refreshes itself stays where it was scrolled to, and keeps filter and order", async () => {
  const exporter = await startFleet(WORKGROUPS);
  const { page } = await openPage(`${exporter.url}/?q=nightly&order=-age&refresh=5`);
  const url = page.url();
  const time = page.locator("header time");
  const before = await time.getAttribute("datetime");
  const refreshed = page.waitForEvent("load");
  await page.evaluate(`scrollTo(0, ${SCROLLED})`);
  await refreshed;
  expect(await time.getAttribute("datetime")).not.toBe(before);
  await until("the same position", async () => {
    return Math.abs((await page.evaluate<number>("scrollY")) - SCROLLED) <= TOLERANCE;
  });
  expect(page.url()).toBe(url);
  expect(await page.getByLabel("Filter").inputValue()).toBe("nightly");
});
