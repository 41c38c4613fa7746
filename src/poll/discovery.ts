import type { Athena } from "../athena/athena.ts";
import type { WorkgroupSummary } from "../athena/parse.ts";
import { rivalMessage, rivalOf } from "../targets/expand.ts";
import { isSpark } from "../targets/spark.ts";
import { needsDiscovery, selectTargets, taggedWorkgroups, type Known } from "../targets/select.ts";
import type { Region, Target } from "../targets/account-region.ts";
import { Directory, type Listing } from "./workgroup-directory.ts";
import { withContext, type PollFailure } from "./poll.ts";
import { TagReader, type TagReaderOptions } from "./tag-reader.ts";

/** The calls of AWS that discovery makes. */
export type DiscoveryCalls = Pick<
  Athena,
  "listWorkgroups" | "listTags" | "getCallerIdentity" | "accountId" | "expectAccount"
>;
export type DiscoveryOptions = TagReaderOptions;

/** What is known of an account's region after asking. */
export interface DiscoveryResult {
  /** Empty while the process' own account is not yet known. */
  readonly accountId: string;
  /** Absent where the last known ones stay. */
  readonly targets?: readonly Target[];
  readonly failure?: PollFailure;
  /** Tags are still to be read, and more targets may come of them soon. */
  readonly isPartial?: true;
  /** Another entry of the configuration reads the same account's region, as only AWS could tell; this one polls nothing. */
  readonly isDuplicate?: true;
}

/** Tags are asked for again at every so many discoveries: a call a workgroup. */
const TAG_DISCOVERIES = 6;

/** What was learned of an account's region, whatever is selected of it. */
interface Memory {
  readonly directory: Directory;
  readonly tags: TagReader;
  /** Names of those that did not tell their engine and refused session calls. */
  readonly notSpark: Set<string>;
  /** By the last listing that there was: one that fails leaves what was known. */
  listed: readonly WorkgroupSummary[];
}

function newMemory(calls: DiscoveryCalls, options: DiscoveryOptions): Memory {
  return {
    directory: new Directory((context) => calls.listWorkgroups(context), options),
    tags: new TagReader((...request) => calls.listTags(...request), options),
    notSpark: new Set(),
    listed: [],
  };
}

/** Finds out whose an account's region is, and which workgroups are to be polled there. */
export class Discovery {
  readonly #region: Region;
  readonly #calls: DiscoveryCalls;
  readonly #options: DiscoveryOptions;
  readonly #memory: Memory;
  #accountId: string;
  /** What the last discovery failed to find out, though it went on. */
  #trouble: PollFailure | undefined;
  #startedMs = -Infinity;
  #isUnfinished = false;

  /** `former`: for the same account's region, of which other workgroups were selected; what it knows is taken over. */
  constructor(region: Region, calls: DiscoveryCalls, options: DiscoveryOptions, former?: Discovery) {
    this.#region = region;
    this.#calls = calls;
    this.#options = options;
    this.#accountId = region.accountId || calls.accountId;
    this.#memory = former === undefined ? newMemory(calls, options) : former.#memory;
  }

  /**
   * Asks whose the process' own credentials are now, where no role is configured, lists the workgroups, and reads a portion of
   * the tags that matter. Never rejects.
   */
  async run(): Promise<DiscoveryResult> {
    const { discoveryIntervalMs, role } = this.#region;
    const maxAgeMs = this.#isUnfinished ? discoveryIntervalMs : 0;
    if (!this.#isUnfinished || this.#ageMs() >= discoveryIntervalMs) {
      this.#startedMs = this.#options.clock.monotonicMs();
    }
    const identity = role === undefined ? await this.#identify() : {};
    if ("result" in identity) return identity.result;
    const listing = await this.#memory.directory.read(maxAgeMs);
    if ("value" in listing) this.#memory.listed = listing.value;
    const tagFailure = await this.#readTags();
    this.#trouble = identity.failure ?? tagFailure;
    return this.#select(listing);
  }

  /** How long until the next discovery is due, in milliseconds: none while there are tags left to read. */
  dueInMs(): number {
    return this.#isUnfinished ? 0 : Math.max(0, this.#region.discoveryIntervalMs - this.#ageMs());
  }

  #ageMs(): number {
    return this.#options.clock.monotonicMs() - this.#startedMs;
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
    const accountId = this.#accountId;
    const known = engineOf(await this.#memory.directory.read(this.#region.discoveryIntervalMs), workgroup);
    const settled = known === "absent" || (known !== "unlisted" && isSpark(known) === false);
    const listing = await this.#memory.directory.read(settled ? this.#region.discoveryIntervalMs : maxAgeMs);
    const engine = engineOf(listing, workgroup);
    if (engine === "unlisted" || accountId !== this.#accountId) return { failure: refusal };
    if ("value" in listing) this.#memory.listed = listing.value;
    if (engine !== "absent" && isSpark(engine) === undefined) this.#memory.notSpark.add(workgroup);
    return { failure: explanation(engine, workgroup, refusal), result: this.#select(listing) };
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
    this.#memory.listed = [];
    this.#memory.notSpark.clear();
    this.#memory.tags.clear();
    this.#isUnfinished = false;
    return { result: this.#result({ targets: [], failure: changed(former, accountId) }) };
  }

  async #readTags(): Promise<PollFailure | undefined> {
    const workgroups = taggedWorkgroups(this.#region, this.#known());
    // Tags are asked for by ARN, which names the account.
    if (workgroups.length === 0 || this.#accountId === "") return undefined;
    const maxAgeMs = TAG_DISCOVERIES * this.#region.discoveryIntervalMs;
    const { isUnfinished, failure } = await this.#memory.tags.read(this.#accountId, workgroups, maxAgeMs);
    this.#isUnfinished = isUnfinished;
    return failure;
  }

  #select(listing: Listing): DiscoveryResult {
    const targets = selectTargets(this.#region, this.#known());
    const failure = this.#listingFailure(listing) ?? this.#trouble;
    if (failure !== undefined) return this.#result({ targets, failure });
    const isUnread = (name: string) => this.#memory.tags.tagsOf(name) === undefined;
    const isPartial = taggedWorkgroups(this.#region, this.#known()).some(isUnread);
    return this.#result({ targets, ...(isPartial && { isPartial: true as const }) });
  }

  /** Where all workgroups are named, listing them is a help and not a need. */
  #listingFailure(listing: Listing): PollFailure | undefined {
    if ("value" in listing) return undefined;
    const { reason, operation } = listing.failure;
    const isListingDenied = reason === "access_denied" && operation === "ListWorkGroups";
    return needsDiscovery(this.#region) || !isListingDenied ? listing.failure : undefined;
  }

  #known(): Known {
    return {
      accountId: this.#accountId,
      listed: this.#memory.listed,
      notSpark: this.#memory.notSpark,
      tagsOf: (name) => this.#memory.tags.tagsOf(name),
    };
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
