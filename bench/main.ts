import { availableParallelism } from "node:os";
import { becomeRole, ROLE_FLAG } from "./child.ts";
import { freshness } from "./freshness.ts";
import { memory } from "./memory.ts";
import { polling } from "./polling.ts";
import { scrape } from "./scrape.ts";
import { start } from "./start.ts";

const BENCHES: Readonly<Record<string, () => Promise<string>>> = {
  scrape,
  polling,
  memory,
  start,
  freshness,
};

/** `npm run bench` runs all; `npm run bench -- scrape` only the named ones. */
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
    if (names.length === 0 || names.includes(name)) process.stdout.write(`${await bench()}\n`);
  }
}

const [first = "", role = "", settings = ""] = process.argv.slice(2);
if (first === ROLE_FLAG) await becomeRole(role, settings);
else await main(process.argv.slice(2));
