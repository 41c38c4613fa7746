import { AthenaClient, TerminateSessionCommand } from "@aws-sdk/client-athena";
import type { Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkAccessibility } from "./accessibility.ts";
import { openPage, overflowAt } from "./browser.ts";
import { startExporter } from "../exporter.ts";
import { GRAFANA_URL, startFleet } from "./page-fleet.ts";
import { until } from "../until.ts";
import { ACCOUNT_ID, environmentOf, KEY, REGION, startTestSimulator } from "../test-simulator.ts";

/** The checker cannot decide the contrast of the sort arrows, which are hidden from screen readers in favour of `aria-sort`. */
const ARROW = 'color-contrast: <span aria-hidden="true">';
const MINUTES_MS = 5 * 60_000;

describe.each([20, 2000])("at %d workgroups", (workgroups) => {
  test(
    "the status page has no accessibility violations, in light and dark mode",
    { timeout: MINUTES_MS },
    async () => {
      const exporter = await startFleet(workgroups);
      for (const colorScheme of ["light", "dark"] as const) {
        const { page, problems } = await openPage(exporter.url, { colorScheme });
        for (const address of ["/", "/?q=etl+idle&sort=-idle&page=2", "/?q=nowhere&sort=nonsense"]) {
          await page.goto(exporter.url + address);
          const { violations, undecided, passed } = await checkAccessibility(page);
          expect([address, violations, undecided.filter((what) => !what.startsWith(ARROW))]).toEqual([
            address,
            [],
            [],
          ]);
          expect(passed).toEqual(expect.arrayContaining(["color-contrast", "target-size", "region"]));
        }
        expect(problems).toEqual([]);
      }
    },
  );

  test(
    "the status page fits wide and narrow windows; only its tables scroll horizontally",
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

test("on a phone every session is a card without anything cut, the first one above the fold", async () => {
  const exporter = await startFleet(20);
  for (const colorScheme of ["light", "dark"] as const) {
    const { page } = await openPage(exporter.url, { colorScheme });
    expect(await overflowAt(page, 390)).toBe(0);
    const card = page.locator(".cards tbody tr").first();
    const { y = Infinity } = (await card.boundingBox()) ?? {};
    expect(y).toBeLessThan(800 - 100);
    const cut = await page.evaluate<readonly string[]>(
      "[...document.querySelectorAll('.totals *, .states *, .cards *:not(input):not(.unseen):not(caption):not(caption *):not(thead):not(thead *)')]" +
        ".filter((it) => it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0).map((it) => it.outerHTML)",
    );
    expect(cut).toEqual([]);
    expect((await checkAccessibility(page)).violations).toEqual([]);
  }
});

test("the bar of states filters by a state, and ends that, with the keyboard or a click", async () => {
  const exporter = await startFleet(20);
  const { page } = await openPage(exporter.url, { javaScriptEnabled: false });
  const states = page.getByRole("region", { name: "Active sessions by state", exact: true });
  await states.getByRole("link", { name: /^BUSY/ }).click();
  await page.waitForURL(/\/\?state=BUSY$/);
  expect(await page.getByRole("heading", { name: "Sessions that match" }).count()).toBe(1);
  const badges = await page.locator(".cards .badge").allInnerTexts();
  expect(new Set(badges)).toEqual(new Set(["BUSY"]));
  expect((await checkAccessibility((await openPage(`${exporter.url}/?state=BUSY`)).page)).violations).toEqual(
    [],
  );
  await states.getByRole("link", { name: /^BUSY/ }).click();
  await page.waitForURL((url) => url.search === "");
});

test.each([
  ["has polled nothing yet", 60_000, "There is no workgroup to show."],
  ["has no permissions", 0, "The account cannot be read."],
])(
  "the status page of an exporter that %s has no accessibility violations",
  async (_condition, latencyMs, headline) => {
    const denials = latencyMs > 0 ? [] : [{ operation: "*" }];
    const simulator = await startTestSimulator({ latencyMs, denials });
    const config = "poll: {timeout: 1m, deadline: 1m}";
    const environment = { ...simulator.environment, ATHENA_EXPORTER_CONFIG_CONTENT: config };
    const exporter = await startExporter([], { environment });
    const { page } = await openPage(exporter.url);
    await until(headline, async () => {
      await page.reload();
      return (await page.locator("main").innerText()).includes(headline);
    });
    expect((await checkAccessibility(page)).violations).toEqual([]);
  },
);

test("with the keyboard alone a user can skip the header, filter, sort and select a command", async () => {
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
  // The sort link jumps to the table of workgroups; the commands come first from the top of the page.
  await page.goto(`${exporter.url}/?q=etl&sort=sessions`);
  await tabTo(page, /^Command that ends session /);
  const [id = ""] = (await focused(page)).split(" ").slice(-1);
  expect(await selection(page)).toBe(`aws athena terminate-session --region ${REGION} --session-id ${id}`);
});

/** The accessible name of the focused element. */
async function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    "(({ ariaLabel, labels, innerText }) => ariaLabel ?? labels?.[0]?.innerText ?? innerText)(document.activeElement)",
  );
}

async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const MAX_TAB_STOPS = 200;
  for (let stops = 0; stops < MAX_TAB_STOPS; stops++) {
    await page.keyboard.press("Tab");
    if (wanted.test(await focused(page))) return;
  }
  throw new Error(`no tab stop matches ${wanted.source}`);
}

async function selection(page: Page): Promise<string> {
  return page.evaluate<string>("window.getSelection().toString()");
}

test("a click selects the whole terminate command, and the terminated session disappears from the page", async () => {
  const simulator = await startTestSimulator();
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
  await until("the session to disappear from the page", async () => {
    await page.reload();
    return !(await page.locator("main").innerText()).includes(SessionId);
  });
});

test("workgroups link to their dashboards, and the header links to the fleet and health dashboards", async () => {
  const exporter = await startFleet(20);
  const { page } = await openPage(exporter.url);
  const hrefOf = (name: string) => page.getByRole("link", { name, exact: true }).first().getAttribute("href");
  expect(await hrefOf("fleet dashboard")).toBe(`${GRAFANA_URL}/d/athena-sessions-fleet`);
  expect(await hrefOf("health dashboard")).toBe(`${GRAFANA_URL}/d/athena-session-exporter-health`);
  expect(await hrefOf("etl-0 dashboard")).toBe(
    `${GRAFANA_URL}/d/athena-sessions-workgroup?var-account=${ACCOUNT_ID}&var-region=${REGION}&var-workgroup=etl-0`,
  );
});
