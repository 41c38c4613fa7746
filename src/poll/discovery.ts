import type { Athena } from "../athena/athena.ts";
import { isSpark } from "../targets/spark.ts";
import { needsDiscovery, selectTargets } from "../targets/select.ts";
import type { Region, Target } from "../targets/target.ts";
import { Directory, type Listing } from "./directory.ts";
import { withContext, type PollFailure, type WorkOptions } from "./poll.ts";

/** The calls of AWS that discovery makes. */
export type DiscoveryCalls = Pick<Athena, "listWorkgroups" | "getCallerIdentity">;

/** What is known of an account's region after asking. */
export interface DiscoveryResult {
  /** Empty while the process' own account is not yet known. */
  readonly accountId: string;
  /** Absent where the last known ones stay. */
  readonly targets?: readonly Target[];
  readonly failure?: PollFailure;
}

/** Finds out whose an account's region is, and which workgroups are to be polled there. */
export class Discovery {
  readonly #region: Region;
  readonly #calls: DiscoveryCalls;
  readonly #options: Omit<WorkOptions, "hasPermit">;
  readonly #directory: Directory;
  /** Names of those that did not tell their engine and refused session calls. */
  readonly #notSpark = new Set<string>();
  #accountId: string;
  /** Before, only the named workgroups are known; after, a listing that fails leaves what was known. */
  #wasListed = false;

  constructor(region: Region, calls: DiscoveryCalls, options: Omit<WorkOptions, "hasPermit">) {
    this.#region = region;
    this.#calls = calls;
    this.#options = options;
    this.#accountId = region.accountId;
    this.#directory = new Directory((context) => calls.listWorkgroups(context), options);
  }

  /** Asks whose the credentials are, if that is not known, and lists the workgroups. Never rejects. */
  async run(): Promise<DiscoveryResult> {
    const identityFailure = this.#accountId === "" ? await this.#identify() : undefined;
    if (identityFailure?.reason === "credentials") return this.#result({ failure: identityFailure });
    return this.#select(await this.#directory.read(0), identityFailure);
  }

  /**
   * What a ListSessions that was refused as invalid means: Athena has no such workgroup, or it is not Spark, and messages
   * don't tell reliably. `result` is what was learned of the others on the way.
   */
  async explain(
    workgroup: string,
    refusal: PollFailure,
    maxAgeMs: number,
  ): Promise<{ failure: PollFailure; result?: DiscoveryResult }> {
    const known = engineOf(await this.#directory.read(this.#region.discoveryIntervalMs), workgroup);
    const settled = known === "absent" || (known !== "unlisted" && isSpark(known) === false);
    const listing = await this.#directory.read(settled ? this.#region.discoveryIntervalMs : maxAgeMs);
    const engine = engineOf(listing, workgroup);
    if (engine === "unlisted") return { failure: refusal };
    if (engine !== "absent" && isSpark(engine) === undefined) this.#notSpark.add(workgroup);
    return { failure: explanation(engine, workgroup, refusal), result: this.#select(listing, undefined) };
  }

  async #identify(): Promise<PollFailure | undefined> {
    const { result } = await withContext({ ...this.#options, hasPermit: true }, (context) =>
      this.#calls.getCallerIdentity(context),
    );
    if ("failure" in result) return result.failure;
    this.#accountId = result.value.accountId;
    return undefined;
  }

  #select(listing: Listing, identityFailure: PollFailure | undefined): DiscoveryResult {
    if ("value" in listing) {
      this.#wasListed = true;
      const targets = selectTargets(this.#region, listing.value, this.#notSpark);
      return this.#result({ targets, ...(identityFailure && { failure: identityFailure }) });
    }
    // Where all workgroups are named, listing them is a help and not a need.
    const isNeeded = needsDiscovery(this.#region) || listing.failure.reason !== "access_denied";
    return this.#result({
      ...(!this.#wasListed && { targets: selectTargets(this.#region, [], this.#notSpark) }),
      ...(isNeeded && { failure: listing.failure }),
    });
  }

  #result(result: Omit<DiscoveryResult, "accountId">): DiscoveryResult {
    return { accountId: this.#accountId, ...result };
  }
}

/** The engine that a listing tells; "unlisted" where there is no listing. */
function engineOf(listing: Listing, workgroup: string): string {
  if ("failure" in listing) return "unlisted";
  return listing.value.find(({ name }) => name === workgroup)?.engineVersion ?? "absent";
}

function explanation(engine: string, workgroup: string, refusal: PollFailure): PollFailure {
  if (engine === "absent") {
    return {
      ...refusal,
      reason: "not_found",
      message: `Athena has no workgroup ${workgroup} in this region`,
    };
  }
  if (isSpark(engine) === true) return refusal;
  return {
    ...refusal,
    message: `the workgroup's engine (${engine || "not told"}) is not Spark: ${refusal.message}`,
  };
}
