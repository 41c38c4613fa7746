import { availableParallelism } from "node:os";
import { access } from "./access.ts";
import { becomeRole, ROLE_FLAG } from "./child.ts";
import { fleet } from "./fleet-growth.ts";
import { freshness } from "./freshness.ts";
import { memory } from "./memory.ts";
import { polling } from "./polling.ts";
import { scrape } from "./scrape.ts";
import { start } from "./start.ts";

const BENCHES: Readonly<Record<string, () => Promise<string>>> = {
  scrape,
  access,
  polling,
  memory,
  start,
  freshness,
  fleet,
};
/** These take too long to be waited for unasked. */
const ONLY_BY_NAME: ReadonlySet<string> = new Set(["fleet"]);

/** `npm run bench` runs all but those that take long; `npm run bench -- scrape` only the named ones. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) {
    const known = Object.keys(BENCHES).join(", ");
    process.stderr.write(`there is no benchmark ${unknown.join(", ")}; there are ${known}\n`);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(`Node ${process.version}, ${availableParallelism()} cores\n\n`);
  for (const [name, bench] of Object.entries(BENCHES)) {
    const isWanted = names.length === 0 ? !ONLY_BY_NAME.has(name) : names.includes(name);
    if (isWanted) process.stdout.write(`${await bench()}\n`);
  }
}

const [first = "", role = "", settings = ""] = process.argv.slice(2);
if (first === ROLE_FLAG) await becomeRole(role, settings);
else await main(process.argv.slice(2));
