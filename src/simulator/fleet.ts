import type { AccountOptions } from "./account.ts";
import type { SessionState, SimulatedSession } from "./session.ts";
import { workgroupTruth, type WorkgroupTruth } from "./truth.ts";
import { type SessionOptions, SimulatedWorkgroup, type WorkgroupOptions } from "./workgroup.ts";

/** Where a workgroup is. Account and region default to the first account's first region. */
export interface Place {
  readonly accountId?: string;
  readonly region?: string;
  readonly workgroup: string;
}

/** The workgroups of one account in one region, by name. */
export type Region = ReadonlyMap<string, SimulatedWorkgroup>;

/** Every account's regions, their workgroups and sessions. Time is handed in, in Unix milliseconds. */
export class Fleet {
  readonly #seed: number;
  readonly #regions = new Map<string, Map<string, Map<string, SimulatedWorkgroup>>>();
  readonly #firstAccountId: string;
  readonly #epochMs: number;

  /** `epochMs`: the time at which it starts to live; its history lies before. */
  constructor(accounts: readonly AccountOptions[], seed: number, epochMs: number) {
    this.#seed = seed;
    this.#epochMs = epochMs;
    this.#firstAccountId = accounts[0]?.id ?? "";
    for (const { id, regions } of accounts) {
      this.#regions.set(id, new Map(Object.keys(regions).map((region) => [region, new Map()])));
      for (const [region, workgroups] of Object.entries(regions)) {
        for (const options of workgroups) {
          this.createWorkgroup({ accountId: id, region, workgroup: options.name }, options, epochMs);
        }
      }
    }
  }

  /** Whether any account has this region: one that none has is not a region of this simulator. */
  hasRegion(region: string): boolean {
    return [...this.#regions.values()].some((regions) => regions.has(region));
  }

  /** The workgroups of an account's region; none where the account has nothing there. */
  region(accountId: string, region: string): Region {
    return this.#regions.get(accountId)?.get(region) ?? new Map();
  }

  /** A session of an account's region with its workgroup, by the session's id. */
  findSession(accountId: string, region: string, sessionId: string): FoundSession | undefined {
    for (const workgroup of this.region(accountId, region).values()) {
      const session = workgroup.find(sessionId);
      if (session !== undefined) return { workgroup, session };
    }
    return undefined;
  }

  createWorkgroup(
    place: Place,
    options: Omit<WorkgroupOptions, "name"> = {},
    epochMs = this.#epochMs,
  ): SimulatedWorkgroup {
    const { accountId, region, workgroup: name } = this.#complete(place);
    const workgroups = this.#regions.get(accountId)?.get(region);
    if (workgroups === undefined)
      throw new Error(`The simulator has no region ${region} in account ${accountId}`);
    if (workgroups.has(name)) throw new Error(`The simulator already has a workgroup ${name} in ${region}`);
    const seed = [this.#seed, accountId, region, name].join("/");
    const workgroup = new SimulatedWorkgroup(
      { engine: "PySpark engine version 3", ...options, name },
      seed,
      epochMs,
    );
    workgroups.set(name, workgroup);
    return workgroup;
  }

  /** Deletes a workgroup with its sessions; lookups do not find them any more. */
  deleteWorkgroup(place: Place): void {
    const { accountId, region, workgroup } = this.#complete(place);
    this.workgroup(place);
    this.#regions.get(accountId)?.get(region)?.delete(workgroup);
  }

  /** Gives a workgroup another engine, as UpdateWorkGroup does; its sessions stay. */
  setEngine(place: Place, engine: string): void {
    const workgroup = this.workgroup(place);
    workgroup.engine = engine;
    workgroup.spark = /spark/i.test(engine);
  }

  workgroup(place: Place): SimulatedWorkgroup {
    const { accountId, region, workgroup } = this.#complete(place);
    const found = this.region(accountId, region).get(workgroup);
    if (found === undefined)
      throw new Error(`The simulator has no workgroup ${workgroup} in ${accountId} ${region}`);
    return found;
  }

  /** Adds a session that stays as it is until it is moved; gives its id. */
  addSession(place: Place, options: SessionOptions): string {
    return this.workgroup(place).add(options).traits.id;
  }

  /** Moves a session to a state at a time; what was laid down for later is dropped. */
  moveSession(place: Place, sessionId: string, state: SessionState, atMs: number, reason?: string): void {
    this.#session(place, sessionId).rewrite([{ atMs, state, reason }]);
  }

  /** From `atMs` on the session is listed nowhere and lookups say not found. */
  vanishSession(place: Place, sessionId: string, atMs: number): void {
    const session = this.#session(place, sessionId);
    if (!session.isVanished(atMs)) session.toggleVanished(atMs);
  }

  /** From `atMs` on the session is there again. */
  restoreSession(place: Place, sessionId: string, atMs: number): void {
    const session = this.#session(place, sessionId);
    if (session.isVanished(atMs)) session.toggleVanished(atMs);
  }

  /** Lets everything arrive that is due. Answers and `truth` do so by themselves. */
  advance(nowMs: number): void {
    for (const { workgroup } of this.#all()) workgroup.advance(nowMs);
  }

  /** What is so at `nowMs` in every workgroup; `since` counts what happened after `sinceMs`, by default all. */
  truth(nowMs: number, sinceMs = -Infinity): readonly WorkgroupTruth[] {
    this.advance(nowMs);
    return this.#all().map(({ workgroup, ...place }) => workgroupTruth(place, workgroup, nowMs, sinceMs));
  }

  #all(): readonly { accountId: string; region: string; workgroup: SimulatedWorkgroup }[] {
    return [...this.#regions].flatMap(([accountId, regions]) =>
      [...regions].flatMap(([region, workgroups]) =>
        [...workgroups.values()].map((workgroup) => ({ accountId, region, workgroup })),
      ),
    );
  }

  #session(place: Place, sessionId: string): SimulatedSession {
    const session = this.workgroup(place).find(sessionId);
    if (session === undefined)
      throw new Error(`The simulator has no session ${sessionId} in ${place.workgroup}`);
    return session;
  }

  #complete(place: Place): Required<Place> {
    const accountId = place.accountId ?? this.#firstAccountId;
    const region = place.region ?? this.#regions.get(accountId)?.keys().next().value ?? "";
    return { accountId, region, workgroup: place.workgroup };
  }
}

export interface FoundSession {
  readonly workgroup: SimulatedWorkgroup;
  readonly session: SimulatedSession;
}
