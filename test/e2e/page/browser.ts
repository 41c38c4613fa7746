import { access } from "node:fs/promises";
import { chromium, type Browser, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** Where distributions put it; Debian's comes first. */
const EXECUTABLES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** It shall talk to nobody but the page's server. */
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

/** A page of a browser of the test's own, and everything that it complained of. */
export interface OpenedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

export interface ReaderOptions {
  readonly javaScriptEnabled?: boolean;
  /** What the reader's system prefers; "light" by default. */
  readonly colorScheme?: "light" | "dark";
}

export async function openPage(
  url: string,
  { javaScriptEnabled = true, colorScheme = "light" }: ReaderOptions = {},
): Promise<OpenedPage> {
  const browser = await launch();
  const context = await browser.newContext({
    javaScriptEnabled,
    colorScheme,
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  await page.goto(url);
  return { page, complaints };
}

async function launch(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: await findExecutable(), args: FLAGS });
  onTestFinished(() => browser.close());
  return browser;
}

async function findExecutable(): Promise<string> {
  for (const path of EXECUTABLES) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new Error(`no Chromium at ${EXECUTABLES.join(", ")}; install Debian's package chromium`);
}

/** How many pixels the document is wider than a window of that width. */
export async function overflowAt(page: Page, width: number): Promise<number> {
  await page.setViewportSize({ width, height: 800 });
  return page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
}
