// Takes the pictures of the status page in docs/images from the demo: node scripts/page-pictures.mjs [SECONDS]
//
// The page is shown after SECONDS, 60 by default, at 1280 and 390 pixels in both colour schemes. Needs `npm run build` and Chromium.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

const PICTURES = [
  { name: "page", width: 1280, colorScheme: "light" },
  { name: "page-dark", width: 1280, colorScheme: "dark" },
  { name: "page-phone", width: 390, colorScheme: "light" },
  { name: "page-phone-dark", width: 390, colorScheme: "dark" },
];
const PHONE_HEIGHT = 844;
const ADDRESS = "127.0.0.1:10294";

const [seconds = "60"] = process.argv.slice(2);
const demo = spawn(process.execPath, ["dist/main.js", "demo", `--web.listen-address=${ADDRESS}`], {
  stdio: "ignore",
});
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  await Promise.race([sleep(Number(seconds) * 1000), once(demo, "exit")]);
  for (const picture of PICTURES) await take(picture);
} finally {
  await browser.close();
  demo.kill();
}

/** The whole page on a wide screen; on a phone, what is seen first. */
async function take({ name, width, colorScheme }) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: PHONE_HEIGHT } });
  await page.goto(`http://${ADDRESS}/?refresh=0`);
  await page.screenshot({ path: `docs/images/${name}.png`, fullPage: width >= 1280 });
  await page.close();
}
