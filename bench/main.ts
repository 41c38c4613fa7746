import { access } from "./access.ts";
import { accounts } from "./accounts-fleet.ts";
import { becomeRole, ROLE_FLAG } from "./child.ts";
import { circumstances, writeSection } from "./documents.ts";
import { fleet } from "./fleet-growth.ts";
import { freshness } from "./freshness.ts";
import { guard } from "./guard.ts";
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
  accounts,
  guard,
};
/** These take long, or are no benchmarks. */
const ONLY_BY_NAME: ReadonlySet<string> = new Set(["fleet", "accounts", "guard"]);
/** Writes the output into docs/performance.md, too. */
const DOCS_FLAG = "--docs";

/** `npm run bench` runs all but those that take long; `npm run bench -- scrape` only the named ones. */
async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => arg !== DOCS_FLAG);
  const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) {
    const known = Object.keys(BENCHES).join(", ");
    process.stderr.write(`there is no benchmark ${unknown.join(", ")}; there are ${known}\n`);
    process.exitCode = 2;
    return;
  }
  for (const [name, bench] of Object.entries(BENCHES)) {
    const isWanted = names.length === 0 ? !ONLY_BY_NAME.has(name) : names.includes(name);
    if (!isWanted) continue;
    const output = `${circumstances(new Date())}\n\n${await bench()}`;
    process.stdout.write(`## ${name}\n\n${output}\n`);
    if (args.includes(DOCS_FLAG)) await writeSection(name, output);
  }
}

const [first = "", role = "", settings = ""] = process.argv.slice(2);
if (first === ROLE_FLAG) await becomeRole(role, settings);
else await main(process.argv.slice(2));
