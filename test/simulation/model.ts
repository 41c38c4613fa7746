import type { Behaviour, FaultItem, Item, Operation, Reason, RotationItem, World } from "./history.ts";
import { ModelWorkgroup, type WorkgroupSurroundings } from "./model-workgroup.ts";
import { Random } from "./random.ts";
import { SteppingClock } from "./steps.ts";

/** 2026-01-01, on which every world begins. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);

/** A request as far as faults look at it. */
export interface Request {
  readonly account: string;
  readonly region: string;
  readonly operation: Operation;
  readonly workgroup?: string;
  readonly isLaterPage?: boolean;
}

/** A call that failed for good. */
export interface FailedCall extends Request {
  readonly atMs: number;
  readonly reason: Reason;
}

/** How one request goes: how long it takes, and how it fails. */
export interface Fate {
  readonly latencyMs: number;
  readonly fault?: FaultItem;
}

/** AWS and its users, as a history tells them: what every operation answers at any time, and what is true meanwhile. */
export class Model {
  readonly world: World;
  readonly behaviour: Behaviour;
  readonly wallClock: SteppingClock;
  readonly awsClock: SteppingClock;
  readonly workgroups: readonly ModelWorkgroup[];
  /** When the process' own credentials become another account's, the earliest first. */
  readonly rotations: readonly RotationItem[];
  /** Calls that failed for good, in the order in which they did. */
  readonly failedCalls: FailedCall[] = [];
  /** When each role was last used. */
  readonly lastRequestMs = new Map<string, number>();
  readonly random: Random;
  readonly clean: (text: string) => string;
  readonly #byPlace: ReadonlyMap<string, readonly ModelWorkgroup[]>;
  readonly #faults: readonly FaultItem[];

  /** `clean`: what the exporter does to every text of AWS. */
  constructor(world: World, clean: (text: string) => string = (text) => text) {
    const { items, behaviour, seed } = world;
    this.world = world;
    this.clean = clean;
    this.behaviour = behaviour;
    this.random = new Random(seed).fork("answers");
    const steps = itemsOf(items, "clock step");
    this.wallClock = new SteppingClock(
      EPOCH_MS,
      steps.filter(({ clock }) => clock === "wall"),
    );
    this.awsClock = new SteppingClock(
      EPOCH_MS,
      steps.filter(({ clock }) => clock === "aws"),
    );
    this.workgroups = workgroupsOf(world, { behaviour, clock: this.awsClock, random: this.random, clean });
    this.#byPlace = grouped(
      this.workgroups,
      ({ item: { account, region, name } }) => `${account} ${region} ${name}`,
    );
    // A request that is slow may fail all the same.
    const faults = itemsOf(items, "fault");
    this.#faults = [
      ...faults.filter(({ type }) => type !== "slow"),
      ...faults.filter(({ type }) => type === "slow"),
    ];
    this.rotations = itemsOf(items, "rotation").sort((a, b) => a.atMs - b.atMs);
  }

  /** Whose the process' own credentials are at a time. */
  ownAccountAt(atMs: number): string {
    return this.rotations.findLast((rotation) => rotation.atMs <= atMs)?.account ?? this.world.ownAccount;
  }

  /** The workgroup of a name that is there at a time. */
  workgroupAt(account: string, region: string, name: string, atMs: number): ModelWorkgroup | undefined {
    return this.incarnations(account, region, name).find((workgroup) => workgroup.existsAt(atMs));
  }

  /** All workgroups that ever have the name. */
  incarnations(account: string, region: string, name: string): readonly ModelWorkgroup[] {
    return this.#byPlace.get(`${account} ${region} ${name}`) ?? [];
  }

  /** The fate of a request that is sent now. */
  fateOf(request: Request, atMs: number): Fate {
    const [min, max] = this.behaviour.latencyMs;
    const latencyMs = this.random.integer(min, max);
    for (const fault of this.#faults) {
      if (matches(fault, request, atMs) && (fault.share >= 1 || this.random.chance(fault.share)))
        return { latencyMs, fault };
    }
    return { latencyMs };
  }

  /** The faults that a request of this kind could have met in a time. */
  faultsDuring(request: Request, fromMs: number, toMs: number): FaultItem[] {
    return this.#faults.filter(
      (fault) => fault.fromMs <= toMs && fault.untilMs >= fromMs && concerns(fault, request),
    );
  }
}

function matches(fault: FaultItem, request: Request, atMs: number): boolean {
  if (atMs < fault.fromMs || atMs >= fault.untilMs) return false;
  if (fault.laterPagesOnly === true && request.isLaterPage !== true) return false;
  return concerns(fault, request);
}

function concerns(fault: FaultItem, { account, region, operation, workgroup }: Request): boolean {
  return (
    (fault.account === undefined || fault.account === account) &&
    (fault.region === undefined || fault.region === region) &&
    (fault.operation === undefined || fault.operation === operation) &&
    (fault.workgroup === undefined || fault.workgroup === workgroup)
  );
}

/** The items of a kind. */
export function itemsOf<Kind extends Item["kind"]>(
  items: readonly Item[],
  kind: Kind,
): Extract<Item, { kind: Kind }>[] {
  return items.filter((item): item is Extract<Item, { kind: Kind }> => item.kind === kind);
}

function workgroupsOf({ items }: World, surroundings: WorkgroupSurroundings): ModelWorkgroup[] {
  const sessions = grouped(itemsOf(items, "session"), ({ workgroup }) => workgroup);
  const massEnds = grouped(itemsOf(items, "mass end"), ({ workgroup }) => workgroup);
  return itemsOf(items, "workgroup").map(
    (item) =>
      new ModelWorkgroup(
        item,
        {
          sessions: sessions.get(item.id) ?? [],
          massEnds: [...(massEnds.get(item.id) ?? [])].sort((a, b) => a.atMs - b.atMs),
        },
        surroundings,
      ),
  );
}

function grouped<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
