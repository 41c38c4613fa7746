/**
 * Gives `before` where it has the same fields as `now`: most of what polls find is as it was, and what stays the same object need not be
 * collected as garbage. Both must be made by the same code, so that they have the same keys.
 */
export function sameOrNew<Item extends object>(before: Item | undefined, now: Item): Item {
  if (before === undefined) return now;
  for (const key in now) if (before[key] !== now[key]) return now;
  return before;
}
