import type { Athena } from "../athena/athena.ts";
import type { WorkgroupSummary } from "../athena/parse.ts";
import { rivalMessage, rivalOf } from "../targets/expand.ts";
import { isSpark } from "../targets/spark.ts";
import { needsDiscovery, selectTargets } from "../targets/select.ts";
import type { Region, Target } from "../targets/target.ts";
import { Directory, type Listing } from "./directory.ts";
import { withContext, type PollFailure, type WorkOptions } from "./poll.ts";

/** The calls of AWS that discovery makes. */
export type DiscoveryCalls = Pick<
  Athena,
  "listWorkgroups" | "getCallerIdentity" | "accountId" | "expectAccount"
>;

/** What is known of an account's region after asking. */
export interface DiscoveryResult {
  /** Empty while the process' own account is not yet known. */
  readonly accountId: string;
  /** Absent where the last known ones stay. */
  readonly targets?: readonly Target[];
  readonly failure?: PollFailure;
  /** Another entry of the configuration reads the same account's region, as only AWS could tell; this one polls nothing. */
  readonly isDuplicate?: true;
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
    this.#accountId = region.accountId || calls.accountId;
    this.#directory = new Directory((context) => calls.listWorkgroups(context), options);
  }

  /** Asks whose the process' own credentials are now, where no role is configured, and lists the workgroups. Never rejects. */
  async run(): Promise<DiscoveryResult> {
    const identity = this.#region.role === undefined ? await this.#identify() : {};
    if ("result" in identity) return identity.result;
    return this.#select(await this.#directory.read(0), identity.failure);
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

  /** A result is final; a failure, that the account is still unknown or could not be asked for again, ends nothing. */
  async #identify(): Promise<{ result: DiscoveryResult } | { failure?: PollFailure }> {
    const { result } = await withContext({ ...this.#options, hasPermit: true }, (context) =>
      this.#calls.getCallerIdentity(context),
    );
    if ("failure" in result) {
      const { failure } = result;
      return failure.reason === "credentials" ? { result: this.#result({ failure }) } : { failure };
    }
    const { accountId } = result.value;
    const rival = rivalOf(this.#region, accountId);
    if (rival !== undefined) return { result: duplicate(rivalMessage(this.#region, accountId, rival)) };
    const former = this.#accountId;
    this.#accountId = accountId;
    this.#calls.expectAccount(accountId);
    if (former === "" || former === accountId) return {};
    // What was known is dropped before anything is asked in the new account's name; the next discovery is soon.
    this.#wasListed = false;
    this.#notSpark.clear();
    return { result: this.#result({ targets: [], failure: changed(former, accountId) }) };
  }

  #select(listing: Listing, identityFailure: PollFailure | undefined): DiscoveryResult {
    if ("value" in listing) {
      this.#wasListed = true;
      const targets = this.#targets(listing.value);
      return this.#result({ targets, ...(identityFailure && { failure: identityFailure }) });
    }
    // Where all workgroups are named, listing them is a help and not a need.
    const { reason, operation } = listing.failure;
    const isListingDenied = reason === "access_denied" && operation === "ListWorkGroups";
    const isNeeded = needsDiscovery(this.#region) || !isListingDenied;
    return this.#result({
      ...(!this.#wasListed && { targets: this.#targets([]) }),
      ...(isNeeded && { failure: listing.failure }),
    });
  }

  #targets(listed: readonly WorkgroupSummary[]): readonly Target[] {
    const known = { accountId: this.#accountId, listed, notSpark: this.#notSpark };
    return selectTargets(this.#region, known);
  }

  #result(result: Omit<DiscoveryResult, "accountId">): DiscoveryResult {
    return { accountId: this.#accountId, ...result };
  }
}

function duplicate(message: string): DiscoveryResult {
  const failure = { reason: "other", operation: "GetCallerIdentity", message } as const;
  return { accountId: "", targets: [], failure, isDuplicate: true };
}

function changed(former: string, accountId: string): PollFailure {
  const message = `the credentials are now those of the account ${accountId}, no longer of ${former}: it starts anew`;
  return { reason: "credentials", operation: "GetCallerIdentity", message };
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
