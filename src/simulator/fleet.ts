import type { AccountOptions } from "./account.ts";
import type { SimulatedState, SimulatedSession } from "./session.ts";
import { workgroupTruth, type WorkgroupTruth } from "./truth.ts";
import { type SessionOptions, SimulatedWorkgroup, type WorkgroupOptions } from "./workgroup.ts";

/** The account, region and name of a workgroup; account and region default to the first account and its first region. */
export interface WorkgroupLocation {
  readonly accountId?: string;
  readonly region?: string;
  readonly workgroup: string;
}

/** The workgroups of an account and region, by name. */
export type WorkgroupsByName = ReadonlyMap<string, SimulatedWorkgroup>;

/** The workgroups and sessions of all accounts and regions. All times are passed in, as Unix milliseconds. */
export class Fleet {
  readonly #seed: number;
  readonly #regions = new Map<string, Map<string, Map<string, SimulatedWorkgroup>>>();
  readonly #firstAccountId: string;
  readonly #epochMs: number;

  /** `epochMs` is the time at which the simulation starts; `history` lies before it. */
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

  /** Whether any account has this region. */
  hasRegion(region: string): boolean {
    return [...this.#regions.values()].some((regions) => regions.has(region));
  }

  /** The workgroups of an account and region; empty if the account does not have the region. */
  workgroups(accountId: string, region: string): WorkgroupsByName {
    return this.#regions.get(accountId)?.get(region) ?? new Map();
  }

  /** Finds a session, and its workgroup, by id within an account and region. */
  findSession(accountId: string, region: string, sessionId: string): FoundSession | undefined {
    for (const workgroup of this.workgroups(accountId, region).values()) {
      const session = workgroup.find(sessionId);
      if (session !== undefined) return { workgroup, session };
    }
    return undefined;
  }

  /** Creates a workgroup; throws if it exists or the account does not have the region. */
  createWorkgroup(
    place: WorkgroupLocation,
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

  /** Deletes a workgroup with its sessions. */
  deleteWorkgroup(place: WorkgroupLocation): void {
    const { accountId, region, workgroup } = this.#complete(place);
    this.workgroup(place);
    this.#regions.get(accountId)?.get(region)?.delete(workgroup);
  }

  /** Changes a workgroup's engine, as UpdateWorkGroup does; its sessions stay. */
  setEngine(place: WorkgroupLocation, engine: string): void {
    const workgroup = this.workgroup(place);
    workgroup.engine = engine;
    workgroup.spark = /spark/i.test(engine);
  }

  /** Finds a workgroup; throws if there is none. */
  workgroup(place: WorkgroupLocation): SimulatedWorkgroup {
    const { accountId, region, workgroup } = this.#complete(place);
    const found = this.workgroups(accountId, region).get(workgroup);
    if (found === undefined)
      throw new Error(`The simulator has no workgroup ${workgroup} in ${accountId} ${region}`);
    return found;
  }

  /** Adds a session that keeps its state until it is moved, and returns its id. */
  addSession(place: WorkgroupLocation, options: SessionOptions): string {
    return this.workgroup(place).add(options).traits.id;
  }

  /** Moves a session to a state at `atMs`; state changes planned for later are dropped. */
  moveSession(
    place: WorkgroupLocation,
    sessionId: string,
    state: SimulatedState,
    atMs: number,
    reason?: string,
  ): void {
    this.#session(place, sessionId).rewrite([{ atMs, state, reason }]);
  }

  /** From `atMs` on the session is missing from listings, and lookups return a not-found error. */
  vanishSession(place: WorkgroupLocation, sessionId: string, atMs: number): void {
    const session = this.#session(place, sessionId);
    if (!session.isVanished(atMs)) session.toggleVanished(atMs);
  }

  /** From `atMs` on the session is in listings and lookups again. */
  restoreSession(place: WorkgroupLocation, sessionId: string, atMs: number): void {
    const session = this.#session(place, sessionId);
    if (session.isVanished(atMs)) session.toggleVanished(atMs);
  }

  /** Starts the sessions that are due at `nowMs`. API requests and `truth` do so themselves. */
  advance(nowMs: number): void {
    for (const { workgroup } of this.#all()) workgroup.advance(nowMs);
  }

  /** The actual state of every workgroup at `nowMs`; `since` counts what happened after `sinceMs`, everything by default. */
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

  #session(place: WorkgroupLocation, sessionId: string): SimulatedSession {
    const session = this.workgroup(place).find(sessionId);
    if (session === undefined)
      throw new Error(`The simulator has no session ${sessionId} in ${place.workgroup}`);
    return session;
  }

  #complete(place: WorkgroupLocation): Required<WorkgroupLocation> {
    const accountId = place.accountId ?? this.#firstAccountId;
    const region = place.region ?? this.#regions.get(accountId)?.keys().next().value ?? "";
    return { accountId, region, workgroup: place.workgroup };
  }
}

/** A session and the workgroup that it belongs to. */
export interface FoundSession {
  readonly workgroup: SimulatedWorkgroup;
  readonly session: SimulatedSession;
}
