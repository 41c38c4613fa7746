import { access } from "node:fs/promises";
import { chromium, type Browser, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** The paths of Chromium in different distributions. */
const EXECUTABLES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** The browser must send requests to the page's server only. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A page in a new browser, with its console warnings, script errors and failed requests. */
export interface OpenedPage {
  readonly page: Page;
  readonly problems: readonly string[];
}

/** The settings of the browser. */
export interface BrowserOptions {
  readonly javaScriptEnabled?: boolean;
  /** The colour scheme that the system prefers; "light" by default. */
  readonly colorScheme?: "light" | "dark";
}

/** Opens a URL in a new browser that is closed when the test ends. */
export async function openPage(
  url: string,
  { javaScriptEnabled = true, colorScheme = "light" }: BrowserOptions = {},
): Promise<OpenedPage> {
  const browser = await launch();
  const context = await browser.newContext({
    javaScriptEnabled,
    colorScheme,
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("requestfailed", (request) => problems.push(`failed: ${request.url()}`));
  await page.goto(url);
  return { page, problems };
}

async function launch(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: await findExecutable(), args: FLAGS });
  onTestFinished(() => browser.close());
  return browser;
}

async function findExecutable(): Promise<string> {
  for (const path of EXECUTABLES) {
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return path;
  }
  throw new Error(`no Chromium at ${EXECUTABLES.join(", ")}; install Debian's package chromium`);
}

/** The number of pixels by which the document is wider than a window of this width. */
export async function overflowAt(page: Page, width: number): Promise<number> {
  await page.setViewportSize({ width, height: 800 });
  return page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
}
