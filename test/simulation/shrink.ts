import type { Item, World } from "./history.ts";
import type { Violation } from "./oracle-context.ts";
import { runWorld } from "./run-world.ts";

/** A world in which the same promise does not hold, with as little in it as could be found. */
export interface Shrunk {
  readonly world: World;
  readonly violation: Violation;
  readonly runs: number;
}

/** Leaves items out of a world, in halves, quarters and so on, as long as the same rule is violated; for so many runs at most. */
export async function shrink(world: World, violation: Violation, maxRuns: number): Promise<Shrunk> {
  let shrunk: Shrunk = { world, violation, runs: 0 };
  const attempt = async (smaller: World): Promise<boolean> => {
    const { violations } = await runWorld(smaller);
    const same = violations.find(({ rule }) => rule === violation.rule);
    shrunk = {
      ...shrunk,
      runs: shrunk.runs + 1,
      ...(same !== undefined && { world: smaller, violation: same }),
    };
    return same !== undefined;
  };
  await attempt(withoutOthers(world, violation));
  let parts = 2;
  while (shrunk.runs < maxRuns) {
    const { items } = shrunk.world;
    const size = Math.ceil(items.length / parts);
    let isSmaller = false;
    for (let from = 0; from < items.length && shrunk.runs < maxRuns && !isSmaller; from += size) {
      isSmaller = await attempt({ ...shrunk.world, items: without(items, from, size) });
    }
    if (isSmaller) parts = Math.max(2, parts - 1);
    else if (size <= 1) break;
    else parts = Math.min(items.length, parts * 2);
  }
  return shrunk;
}

/** Most violations name the workgroup; what happens in others is seldom to blame. */
function withoutOthers(world: World, { message }: Violation): World {
  const [account = "", region = "", name = ""] = message.split(":")[0]?.split(" ") ?? [];
  const place = `${account} ${region} ${name} `;
  const isThere = (item: Item) =>
    (item.kind !== "session" && item.kind !== "mass end") || item.workgroup.startsWith(place);
  return { ...world, items: world.items.filter(isThere) };
}

function without(items: readonly Item[], from: number, size: number): readonly Item[] {
  return [...items.slice(0, from), ...items.slice(from + size)];
}

/** A world as text, an item a line. */
export function describeWorld({ items, ...rest }: World): string {
  return [JSON.stringify(rest), ...items.map((item) => JSON.stringify(item))]
    .map((line) => `  ${line}`)
    .join("\n");
}
