import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPage, overflowAt } from "./browser.ts";
import { type Exporter, startExporter } from "../exporter.ts";
import {
  ACCOUNT_ID,
  environmentOf,
  HOSTILE_DESCRIPTION,
  REGION,
  startTestSimulator,
} from "../test-simulator.ts";

async function startReady(): Promise<Exporter> {
  const simulator = await startTestSimulator();
  simulator.faults.add({ kind: "access-denied", workgroup: "quiet" });
  return (await startExporter([], { environment: environmentOf(simulator) })).untilReady();
}

/** The cells of a workgroup's row by column title. */
async function rowOf(page: Page, workgroup: string): Promise<Readonly<Record<string, string>>> {
  const table = page.locator("table", { has: page.locator("th", { hasText: "Longest idle" }) });
  const titles = await table.locator("thead th").allInnerTexts();
  const row = table.locator("tbody tr", { has: page.locator(`th[scope=row]:text-is("${workgroup}")`) });
  const cells = await row.locator("th, td").allInnerTexts();
  const name = (title: string) => title.replace(/ [▲▼]$/, "").toLowerCase();
  return Object.fromEntries(titles.map((title, index) => [name(title), (cells[index] ?? "").trim()]));
}

test("the status page lists all workgroups, the most severe first, and what to do about a failing one", async () => {
  const exporter = await startReady();
  const { page, problems } = await openPage(`${exporter.url}/`);
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
  const names = page.getByRole("region", { name: /^Active sessions by state/ }).locator("th[scope=row]");
  expect(await names.allInnerTexts()).toEqual(["quiet", "notebooks", "etl"]);
  const text = await page.locator("main").innerText();
  expect(text).toContain(
    `Grant athena:ListSessions on arn:aws:athena:${REGION}:${ACCOUNT_ID}:workgroup/quiet`,
  );
  expect(await page.title()).toContain("1 failing");
  expect(problems).toEqual([]);
});

test("HTML in a description is escaped", async () => {
  const exporter = await startReady();
  const { page, problems } = await openPage(`${exporter.url}/`);
  expect(await page.locator("img, script").count()).toBe(0);
  expect(await page.title()).not.toContain("pwned");
  const text = await page.locator("main").innerText();
  expect(text).toContain(HOSTILE_DESCRIPTION.replace("\n", " "));
  expect(problems).toEqual([]);
});

test("the filter works on the server, with and without JavaScript", async () => {
  const exporter = await startReady();
  for (const javaScriptEnabled of [true, false]) {
    const { page, problems } = await openPage(`${exporter.url}/`, { javaScriptEnabled });
    await page.getByLabel("Filter").fill("notebooks");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/[?&]q=notebooks/);
    const names = await page.locator("th[scope=row]").allInnerTexts();
    expect(names).toContain("notebooks");
    expect(names).not.toContain("etl");
    await page.getByRole("link", { name: "Show all" }).click();
    await page.waitForURL(/\/$/);
    expect(await page.locator("th[scope=row]").allInnerTexts()).toContain("etl");
    expect(problems).toEqual([]);
  }
});

test("HTML in the filter is escaped", async () => {
  const exporter = await startReady();
  const query = `"><script>document.title="pwned"</script>`;
  const { page, problems } = await openPage(
    `${exporter.url}/?${new URLSearchParams({ q: query }).toString()}`,
  );
  expect(await page.locator("script").count()).toBe(0);
  expect(await page.getByLabel("Filter").inputValue()).toBe(query);
  expect(await page.title()).not.toContain("pwned");
  expect(problems).toEqual([]);
});

test("the status page links to the metrics and fits a narrow screen", async () => {
  const exporter = await startReady();
  const { page } = await openPage(`${exporter.url}/`);
  expect(await overflowAt(page, 390)).toBe(0);
  await page.getByRole("link", { name: "metrics" }).click();
  expect(await page.locator("body").innerText()).toContain("athena_sessions{");
});

test("column headings sort on the server, reverse the order, and keep the filter", async () => {
  const exporter = await startReady();
  const { page } = await openPage(`${exporter.url}/?q=${REGION}`, { javaScriptEnabled: false });
  const table = page.getByRole("region", { name: /^Active sessions by state/ });
  const heading = (name: string) => table.getByRole("columnheader", { name });
  const follow = async (name: string) => {
    await heading(name).getByRole("link").click();
    return table.locator("th[scope=row]").allInnerTexts();
  };
  expect(await follow("Workgroup")).toEqual(["etl", "notebooks", "quiet"]);
  expect(await follow("Workgroup")).toEqual(["quiet", "notebooks", "etl"]);
  expect(await heading("Workgroup").getAttribute("aria-sort")).toBe("descending");
  expect(await follow("Idle DPUs")).toEqual(["etl", "notebooks", "quiet"]);
  expect(new URL(page.url()).searchParams.get("q")).toBe(REGION);
  await page.getByLabel("Filter").fill("notebooks");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/\?q=notebooks&sort=idle-dpus$/);
});
