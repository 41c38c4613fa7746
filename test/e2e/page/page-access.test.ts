import { AthenaClient, TerminateSessionCommand } from "@aws-sdk/client-athena";
import type { Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkAccessibility } from "./accessibility.ts";
import { openPage, overflowAt } from "./browser.ts";
import { startExporter } from "../exporter.ts";
import { GRAFANA_URL, startFleet } from "./page-fleet.ts";
import { until } from "../until.ts";
import { ACCOUNT_ID, environmentOf, KEY, REGION, startWorld } from "../world.ts";

/** Of the headings' arrows, which are pictures to those who see them; `aria-sort` tells the others. */
const ARROW = 'color-contrast: <span aria-hidden="true">';
const MINUTES_MS = 5 * 60_000;

describe.each([20, 2000])("at %d workgroups", (workgroups) => {
  test(
    "the page keeps every rule of the accessibility check, in light and in dark",
    { timeout: MINUTES_MS },
    async () => {
      const exporter = await startFleet(workgroups);
      for (const colorScheme of ["light", "dark"] as const) {
        const { page, complaints } = await openPage(exporter.url, { colorScheme });
        for (const address of ["/", "/?q=etl+idle&sort=-idle&page=2", "/?q=nowhere&sort=nonsense"]) {
          await page.goto(exporter.url + address);
          const { violations, undecided, kept } = await checkAccessibility(page);
          expect([address, violations, undecided.filter((what) => !what.startsWith(ARROW))]).toEqual([
            address,
            [],
            [],
          ]);
          expect(kept).toEqual(expect.arrayContaining(["color-contrast", "target-size", "region"]));
        }
        expect(complaints).toEqual([]);
      }
    },
  );

  test(
    "the page fits wide and narrow windows, and tables scroll by themselves",
    { timeout: MINUTES_MS },
    async () => {
      const exporter = await startFleet(workgroups);
      const { page } = await openPage(exporter.url, { javaScriptEnabled: false });
      for (const address of ["/", "/?q=etl", "/?q=nowhere"]) {
        await page.goto(exporter.url + address);
        for (const width of [360, 1280])
          expect([address, width, await overflowAt(page, width)]).toEqual([address, width, 0]);
      }
    },
  );
});

test.each([
  ["knows nothing yet", 60_000, "There is no workgroup to show."],
  ["may read nothing", 0, "The account cannot be read."],
])("an exporter that %s keeps the rules too", async (_what, latencyMs, headline) => {
  const denials = latencyMs > 0 ? [] : [{ operation: "*" }];
  const simulator = await startWorld({ latencyMs, denials });
  const config = "poll: {timeout: 1m, deadline: 1m}";
  const environment = { ...simulator.environment, ATHENA_EXPORTER_CONFIG_CONTENT: config };
  const exporter = await startExporter([], { environment });
  const { page } = await openPage(exporter.url);
  await until(headline, async () => {
    await page.reload();
    return (await page.locator("main").innerText()).includes(headline);
  });
  expect((await checkAccessibility(page)).violations).toEqual([]);
});

test("by keyboard alone one skips the header, filters, orders, and selects a command", async () => {
  const exporter = await startFleet(20);
  const { page } = await openPage(exporter.url, { javaScriptEnabled: false });
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("Skip to the sessions and workgroups");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.locator("main :focus").count()).toBe(1);
  await tabTo(page, /^Filter$/);
  await page.keyboard.type("etl");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\?q=etl$/);
  await tabTo(page, /^Sessions$/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\?q=etl&sort=sessions#workgroups$/);
  // The heading leads to the table; from the top of the page the keyboard comes by the commands first.
  await page.goto(`${exporter.url}/?q=etl&sort=sessions`);
  await tabTo(page, /^Command that ends session /);
  const [id = ""] = (await focused(page)).split(" ").slice(-1);
  expect(await selection(page)).toBe(`aws athena terminate-session --region ${REGION} --session-id ${id}`);
});

/** What has the focus, by the name that is read out. */
async function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    "(({ ariaLabel, labels, innerText }) => ariaLabel ?? labels?.[0]?.innerText ?? innerText)(document.activeElement)",
  );
}

async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const MOST_STOPS = 200;
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press("Tab");
    if (wanted.test(await focused(page))) return;
  }
  throw new Error(`the keyboard does not reach ${wanted.source}`);
}

async function selection(page: Page): Promise<string> {
  return page.evaluate<string>("window.getSelection().toString()");
}

test("a click selects exactly the command, which is what AWS takes, and the session leaves the page", async () => {
  const simulator = await startWorld();
  const exporter = await startExporter(["--poll.interval=200ms"], { environment: environmentOf(simulator) });
  const { page } = await openPage((await exporter.untilReady()).url);
  const sessions = page.getByRole("region", { name: /Degraded, stuck, then longest idle/ });
  const command = sessions.locator("code", { hasText: "aws athena" }).first();
  await command.click();
  const text = await selection(page);
  const [, region = "", SessionId = ""] =
    /^aws athena terminate-session --region (\S+) --session-id (\S+)$/.exec(text) ?? [];
  expect([text, region]).toEqual([await command.innerText(), REGION]);

  const client = new AthenaClient({ region, endpoint: simulator.url, credentials: KEY });
  onTestFinished(() => client.destroy());
  await client.send(new TerminateSessionCommand({ SessionId }));
  await until("the session to leave the page", async () => {
    await page.reload();
    return !(await page.locator("main").innerText()).includes(SessionId);
  });
});

test("a workgroup's name leads to its dashboard, and the header to those of all", async () => {
  const exporter = await startFleet(20);
  const { page } = await openPage(exporter.url);
  const hrefOf = (name: string) => page.getByRole("link", { name, exact: true }).first().getAttribute("href");
  expect(await hrefOf("fleet dashboard")).toBe(`${GRAFANA_URL}/d/athena-sessions-fleet`);
  expect(await hrefOf("health dashboard")).toBe(`${GRAFANA_URL}/d/athena-session-exporter-health`);
  expect(await hrefOf("etl-0 dashboard")).toBe(
    `${GRAFANA_URL}/d/athena-sessions-workgroup?var-account=${ACCOUNT_ID}&var-region=${REGION}&var-workgroup=etl-0`,
  );
});
