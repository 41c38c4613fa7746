import { drawWorld } from "./draw-world.ts";
import type { FaultItem, World } from "./history.ts";
import { Model } from "./model.ts";
import type { ModelWorkgroup } from "./model-workgroup.ts";

/** Two things that met in a world, as one text. */
type Pair = string;

/** A kind of thing, such as "interval", with what it was, such as "15 s". */
interface Feature {
  readonly kind: string;
  readonly name: string;
}

/** Which transitions, faults and settings met each other in a world. */
export function pairsOf(world: World): Set<Pair> {
  const model = new Model(world);
  const settings = settingsOf(world);
  const faults = featuresOf(world.items.filter((item) => item.kind === "fault"));
  const transitions = transitionsOf(model);
  const pairs = new Set<Pair>();
  addPairs(pairs, settings, settings);
  addPairs(pairs, settings, faults);
  addPairs(
    pairs,
    settings,
    [...transitions.keys()].map((name) => ({ kind: "transition", name })),
  );
  for (const [name, met] of transitions)
    for (const type of met) pairs.add(`transition ${name} + fault ${type}`);
  return pairs;
}

function addPairs(pairs: Set<Pair>, some: readonly Feature[], others: readonly Feature[]): void {
  for (const one of some) {
    for (const other of others) {
      const isOrdered = one.kind < other.kind || others !== some;
      if (one.kind !== other.kind && isOrdered)
        pairs.add(`${one.kind} ${one.name} + ${other.kind} ${other.name}`);
    }
  }
}

function featuresOf(faults: readonly FaultItem[]): Feature[] {
  const names = new Set(
    faults.flatMap(({ type, operation }) => [`fault|${type}`, `faulty operation|${operation ?? "any"}`]),
  );
  return [...names].map((name) => ({ kind: name.split("|")[0] ?? "", name: name.split("|")[1] ?? "" }));
}

/** Each transition of a session's state, with the types of the faults that its workgroup met at that time. */
function transitionsOf({ workgroups, world }: Model): Map<string, Set<string>> {
  const faults = world.items.filter((item) => item.kind === "fault");
  const transitions = new Map<string, Set<string>>();
  for (const workgroup of workgroups) {
    for (const { steps } of workgroup.sessions) {
      for (const [index, step] of steps.entries()) {
        if (step.atMs < 0 || step.atMs > world.durationMs) continue;
        const name = `${steps[index - 1]?.state ?? "start"} to ${step.state}`;
        const met = transitions.get(name) ?? new Set();
        for (const fault of faults) if (concerns(fault, workgroup, step.atMs)) met.add(fault.type);
        transitions.set(name, met);
      }
    }
  }
  return transitions;
}

function concerns(
  { fromMs, untilMs, account, region, workgroup }: FaultItem,
  { item }: ModelWorkgroup,
  atMs: number,
): boolean {
  return (
    fromMs <= atMs &&
    untilMs > atMs &&
    (account ?? item.account) === item.account &&
    (region ?? item.region) === item.region &&
    (workgroup ?? item.name) === item.name
  );
}

function settingsOf({ settings, behaviour, shards, items }: World): Feature[] {
  const { accounts = [] } = settings;
  const features: Feature[] = [
    { kind: "interval", name: `${(settings.intervalMs ?? 60_000) / 1000} s` },
    { kind: "rate limit", name: settings.rateLimit === undefined ? "default" : "own" },
    { kind: "details", name: settings.details === true ? "on" : "off" },
    { kind: "per-session limits", name: limitsName(settings) },
    { kind: "accounts", name: accounts.length === 0 ? "left out" : String(accounts.length) },
    { kind: "roles", name: accounts.some(({ role }) => role !== undefined) ? "some" : "none" },
    { kind: "regions", name: accounts.every(({ regions }) => regions.length === 0) ? "left out" : "named" },
    {
      kind: "selection",
      name: accounts.some((one) => Object.keys(one).length > 2 || one.tags !== undefined) ? "some" : "all",
    },
    { kind: "shards", name: shards === 1 ? "one" : "several" },
    { kind: "DEGRADED", name: behaviour.listsDegraded ? "listed" : "hidden" },
    { kind: "TERMINATING", name: behaviour.listsTerminating ? "listed" : "hidden" },
    { kind: "lag", name: behaviour.lagMs === 0 ? "none" : "some" },
    { kind: "pages", name: behaviour.pageSize < 100 ? "small" : "full" },
    { kind: "deleted sessions", name: behaviour.remembersDeleted ? "remembered" : "forgotten" },
  ];
  const events = new Set(items.flatMap((item) => eventNames(item)));
  return [...features, ...[...events].map((name) => ({ kind: name, name: "happens" }))];
}

function limitsName({ perSessionEnabled, perSessionLimit, perSessionTotalLimit }: World["settings"]): string {
  if (perSessionEnabled === false) return "disabled";
  return perSessionLimit === undefined && perSessionTotalLimit === undefined ? "default" : "low";
}

function eventNames(item: World["items"][number]): string[] {
  if (item.kind === "reload") return [`reload: ${item.change}`];
  if (item.kind === "clock step") return [`${item.clock} clock steps`];
  if (item.kind === "workgroup" && item.untilMs < Infinity) return ["workgroup deleted"];
  if (item.kind === "workgroup") return item.fromMs > 0 ? ["workgroup created"] : [];
  if (item.kind === "fault") return item.laterPagesOnly === true ? ["later page fails"] : [];
  if (item.kind !== "session") return [item.kind];
  return item.id === "" ? ["session without id"] : item.omits.map((field) => `session without ${field}`);
}

/** Collects the pairs of many worlds, and knows which are still missing. */
export class Coverage {
  readonly #met = new Map<Pair, number>();
  /** The worlds that have each pair. */
  readonly #seeds = new Map<Pair, number[]>();
  /** The pairs of each world. */
  readonly #pairs = new Map<number, readonly Pair[]>();

  /** `seeds`: worlds that have every pair between them that there is to meet. */
  constructor(seeds: Iterable<number>) {
    for (const seed of seeds) {
      const pairs = [...pairsOf(drawWorld(seed))];
      this.#pairs.set(seed, pairs);
      for (const pair of pairs) {
        const known = this.#seeds.get(pair);
        if (known === undefined) this.#seeds.set(pair, [seed]);
        else known.push(seed);
      }
    }
  }

  add(pairs: Iterable<Pair>): void {
    for (const pair of pairs) this.#met.set(pair, (this.#met.get(pair) ?? 0) + 1);
  }

  /** The pairs that no world had. */
  missing(): Pair[] {
    return [...this.#seeds.keys()].filter((pair) => !this.#met.has(pair));
  }

  /** A world with a pair that is still missing, and with as many others as there is one; undefined where none is missing. */
  seedOfMissing(): number | undefined {
    const [first] = this.missing();
    const seeds = first === undefined ? [] : (this.#seeds.get(first) ?? []);
    const missingIn = (seed: number) =>
      (this.#pairs.get(seed) ?? []).filter((pair) => !this.#met.has(pair)).length;
    return seeds.toSorted((a, b) => missingIn(b) - missingIn(a))[0];
  }

  /** In words, with the rarest pairs. */
  summary(): string {
    const counts = [...this.#seeds.keys()].map((pair) => ({ pair, count: this.#met.get(pair) ?? 0 }));
    const rarest = counts.sort((a, b) => a.count - b.count).slice(0, 5);
    const met = counts.filter(({ count }) => count > 0).length;
    const list = rarest.map(({ pair, count }) => `  ${pair}: ${count}`).join("\n");
    return `coverage: ${met} of ${counts.length} pairs of transitions, faults and settings met; the rarest:\n${list}`;
  }
}
