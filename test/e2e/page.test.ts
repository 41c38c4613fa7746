import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPage } from "./browser.ts";
import { type Exporter, startExporter } from "./exporter.ts";
import { ACCOUNT_ID, environmentOf, HOSTILE_DESCRIPTION, REGION, startWorld } from "./world.ts";

async function startReady(): Promise<Exporter> {
  const simulator = await startWorld();
  simulator.faults.add({ kind: "access-denied", workgroup: "quiet" });
  return (await startExporter([], { environment: environmentOf(simulator) })).untilReady();
}

/** The cells of a workgroup's row by their column's title. */
async function rowOf(page: Page, workgroup: string): Promise<Readonly<Record<string, string>>> {
  const table = page.locator("table", { has: page.locator("th", { hasText: "Longest idle" }) });
  const titles = await table.locator("thead th").allInnerTexts();
  const row = table.locator("tbody tr", { has: page.locator(`th[scope=row]:text-is("${workgroup}")`) });
  const cells = await row.locator("th, td").allInnerTexts();
  return Object.fromEntries(titles.map((title, index) => [title.toLowerCase(), (cells[index] ?? "").trim()]));
}

test("shows every workgroup with its counts, worst first, and what to do about one that fails", async () => {
  const exporter = await startReady();
  const { page, complaints } = await openPage(`${exporter.url}/`);
  expect(await rowOf(page, "etl")).toMatchObject({
    workgroup: "etl",
    region: REGION,
    idle: "2",
    busy: "1",
    created: "1",
    degraded: "0",
  });
  expect(await rowOf(page, "notebooks")).toMatchObject({
    status: "degraded",
    degraded: "1",
  });
  const names = await page.locator("table th[scope=row]").allInnerTexts();
  const ranked = names.filter((name) => ["etl", "notebooks", "quiet"].includes(name));
  expect(ranked).toEqual(["quiet", "notebooks", "etl"]);
  const text = await page.locator("main").innerText();
  expect(text).toContain(
    `Grant athena:ListSessions on arn:aws:athena:${REGION}:${ACCOUNT_ID}:workgroup/quiet`,
  );
  expect(await page.title()).toContain("1 failing");
  expect(complaints).toEqual([]);
});

test("a description that would be markup is text", async () => {
  const exporter = await startReady();
  const { page, complaints } = await openPage(`${exporter.url}/`);
  expect(await page.locator("img, script").count()).toBe(0);
  expect(await page.title()).not.toContain("pwned");
  const text = await page.locator("main").innerText();
  expect(text).toContain(HOSTILE_DESCRIPTION.replace("\n", " "));
  expect(complaints).toEqual([]);
});

test("the filter narrows the list on the server, with JavaScript and without", async () => {
  const exporter = await startReady();
  for (const javaScriptEnabled of [true, false]) {
    const { page, complaints } = await openPage(`${exporter.url}/`, { javaScriptEnabled });
    await page.getByLabel("Filter").fill("notebooks");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/[?&]q=notebooks/);
    const names = await page.locator("th[scope=row]").allInnerTexts();
    expect(names).toContain("notebooks");
    expect(names).not.toContain("etl");
    await page.getByRole("link", { name: "Show all" }).click();
    await page.waitForURL(/\/$/);
    expect(await page.locator("th[scope=row]").allInnerTexts()).toContain("etl");
    expect(complaints).toEqual([]);
  }
});

test("a filter that is markup is only looked for", async () => {
  const exporter = await startReady();
  const query = `"><script>document.title="pwned"</script>`;
  const { page, complaints } = await openPage(
    `${exporter.url}/?${new URLSearchParams({ q: query }).toString()}`,
  );
  expect(await page.locator("script").count()).toBe(0);
  expect(await page.getByLabel("Filter").inputValue()).toBe(query);
  expect(await page.title()).not.toContain("pwned");
  expect(complaints).toEqual([]);
});

test("its link leads to the metrics, and it fits a narrow screen", async () => {
  const exporter = await startReady();
  const { page } = await openPage(`${exporter.url}/`);
  await page.setViewportSize({ width: 390, height: 800 });
  const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
  expect(overflow).toBeLessThanOrEqual(0);
  await page.getByRole("link", { name: "metrics" }).click();
  expect(await page.locator("body").innerText()).toContain("athena_sessions{");
});
