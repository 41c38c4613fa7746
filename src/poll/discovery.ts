import type { Athena } from "../athena/athena.ts";
import type { WorkgroupSummary } from "../athena/read-response.ts";
import type { Failure } from "../failure.ts";
import type { AccountRegion, Target } from "../targets/account-region.ts";
import { conflictingRole, conflictMessage } from "../targets/expand.ts";
import {
  isSpark,
  needsDiscovery,
  selectTargets,
  taggedWorkgroups,
  type KnownWorkgroups,
} from "../targets/select.ts";
import { withCallContext, type WorkLimits } from "./call-context.ts";
import { TagReader } from "./tag-reader.ts";
import { WorkgroupDirectory, type WorkgroupListing } from "./workgroup-directory.ts";

/** The API calls that discovery makes. */
export type DiscoveryCalls = Pick<
  Athena,
  "listWorkgroups" | "listTags" | "getCallerIdentity" | "expectAccount"
>;

/** The limits of discovery's requests, as they are now. */
type DiscoveryLimits = () => Omit<WorkLimits, "hasPermit">;

/** What a discovery found out about an account and region. */
export interface DiscoveryResult {
  /** Empty while the process' own account is not yet known. */
  readonly accountId: string;
  /** Absent where the last known ones stay. */
  readonly targets?: readonly Target[];
  readonly failure?: Failure;
  /** Tags are still to be read, and more targets may follow soon. */
  readonly isPartial?: true;
  /** The account, where another entry of the configuration reads the same one and region, which only AWS can tell; this one polls nothing. */
  readonly duplicateOf?: string;
}

/** Tags are read again at every sixth discovery, because they take a request for each workgroup. */
const DISCOVERIES_PER_TAG_READ = 6;

/** Finds out the account of the credentials, and which workgroups are to be polled in an account and region. */
export class Discovery {
  readonly #calls: DiscoveryCalls;
  readonly #limits: DiscoveryLimits;
  readonly #directory: WorkgroupDirectory;
  readonly #tags: TagReader;
  /** Names of workgroups of an unknown engine that refused ListSessions. */
  readonly #notSpark = new Set<string>();
  #accountRegion: AccountRegion;
  #accountId: string;
  /** The last successful listing. */
  #listed: readonly WorkgroupSummary[] = [];
  #polled: ReadonlySet<string> = new Set();
  /** What the last discovery failed to find out, though it went on. */
  #failure: Failure | undefined;
  #startedMs = -Infinity;
  #isUnfinished = false;

  constructor(accountRegion: AccountRegion, calls: DiscoveryCalls, limits: DiscoveryLimits) {
    this.#accountRegion = accountRegion;
    this.#calls = calls;
    this.#limits = limits;
    this.#accountId = accountRegion.accountId;
    const withoutPermit = () => ({ ...limits(), hasPermit: false });
    this.#directory = new WorkgroupDirectory((context) => calls.listWorkgroups(context), withoutPermit);
    this.#tags = new TagReader((...request) => calls.listTags(...request), withoutPermit);
  }

  /**
   * Applies a changed configuration of the same account and region; what is known of it stays. Returns a result where another entry now
   * reads the same: waiting for the next discovery would expose series twice.
   */
  setAccountRegion(accountRegion: AccountRegion): DiscoveryResult | undefined {
    this.#accountRegion = accountRegion;
    // Without a role from now on, it may turn out to be another account.
    this.#calls.expectAccount(this.#accountId);
    this.#startedMs = -Infinity;
    return this.#duplicate(this.#accountId);
  }

  /**
   * Asks STS for the account of the process' own credentials, where no role is configured, lists the workgroups, and reads a batch of
   * their tags where those matter. Never rejects.
   */
  async run(): Promise<DiscoveryResult> {
    const { discoveryIntervalMs, role } = this.#accountRegion;
    const maxAgeMs = this.#isUnfinished ? discoveryIntervalMs : 0;
    if (!this.#isUnfinished || this.#ageMs() >= discoveryIntervalMs) {
      this.#startedMs = this.#limits().clock.monotonicMs();
    }
    const identity = role === undefined ? await this.#identify() : {};
    if ("result" in identity) return identity.result;
    const listing = await this.#directory.read(maxAgeMs);
    if ("value" in listing) this.#listed = listing.value;
    this.#forgetDeleted();
    const tagFailure = await this.#readTags();
    this.#failure = identity.failure ?? tagFailure;
    return this.#select(listing);
  }

  /** How long until the next discovery is due, in milliseconds: 0 while there are tags left to read. */
  dueInMs(): number {
    return this.#isUnfinished ? 0 : Math.max(0, this.#accountRegion.discoveryIntervalMs - this.#ageMs());
  }

  #ageMs(): number {
    return this.#limits().clock.monotonicMs() - this.#startedMs;
  }

  /**
   * Finds out what a refusal of ListSessions as invalid means: the workgroup does not exist, or it does not run Spark; AWS' messages
   * do not tell reliably. `result` is what the listing showed of the others.
   */
  async explainRefusal(
    workgroup: string,
    refusal: Failure,
    maxAgeMs: number,
  ): Promise<{ readonly failure: Failure; readonly result?: DiscoveryResult }> {
    const accountId = this.#accountId;
    const { discoveryIntervalMs } = this.#accountRegion;
    const known = engineOf(await this.#directory.read(discoveryIntervalMs), workgroup);
    const isSettled = known === "absent" || (known !== "unlisted" && isSpark(known) === false);
    const listing = await this.#directory.read(isSettled ? discoveryIntervalMs : maxAgeMs);
    const engine = engineOf(listing, workgroup);
    if (engine === "unlisted" || accountId !== this.#accountId) return { failure: refusal };
    if ("value" in listing) this.#listed = listing.value;
    if (engine !== "absent" && isSpark(engine) === undefined) this.#notSpark.add(workgroup);
    return { failure: explanation(engine, workgroup, refusal), result: this.#select(listing) };
  }

  /** Identifies the account. A result ends the discovery; after a failure it continues with the account known before. */
  async #identify(): Promise<{ readonly result: DiscoveryResult } | { readonly failure?: Failure }> {
    const { result } = await withCallContext({ ...this.#limits(), hasPermit: true }, (context) =>
      this.#calls.getCallerIdentity(context),
    );
    if ("failure" in result) {
      const { failure } = result;
      const duplicate = this.#duplicate(this.#accountId);
      if (duplicate !== undefined) return { result: duplicate };
      if (failure.reason !== "credentials") return { failure };
      // A reload may have dropped workgroups meanwhile.
      return {
        result: this.#result({ failure, ...(this.#accountId !== "" && { targets: this.#targets() }) }),
      };
    }
    const { accountId } = result.value;
    const former = this.#accountId;
    this.#accountId = accountId;
    this.#calls.expectAccount(accountId);
    const hasChanged = former !== "" && former !== accountId;
    if (hasChanged) this.#forgetAll();
    const duplicate = this.#duplicate(accountId);
    if (duplicate !== undefined) return { result: duplicate };
    if (!hasChanged) return {};
    return { result: this.#result({ targets: [], failure: accountChanged(former, accountId) }) };
  }

  /** Nothing of the former account may be taken for the new one's; the next discovery is soon. */
  #forgetAll(): void {
    this.#listed = [];
    this.#directory.clear();
    this.#polled = new Set();
    this.#notSpark.clear();
    this.#tags.clear();
    this.#isUnfinished = false;
  }

  /** A workgroup that is created anew under the same name may run Spark. */
  #forgetDeleted(): void {
    const names = new Set(this.#listed.map(({ name }) => name));
    for (const name of this.#notSpark) if (!names.has(name)) this.#notSpark.delete(name);
  }

  async #readTags(): Promise<Failure | undefined> {
    const workgroups = taggedWorkgroups(this.#accountRegion, this.#known());
    // Tags are requested by ARN, which names the account.
    if (workgroups.length === 0 || this.#accountId === "") {
      this.#isUnfinished = false;
      return undefined;
    }
    const maxAgeMs = DISCOVERIES_PER_TAG_READ * this.#accountRegion.discoveryIntervalMs;
    const { isUnfinished, failure } = await this.#tags.readBatch(this.#accountId, workgroups, maxAgeMs);
    this.#isUnfinished = isUnfinished;
    return failure;
  }

  /** The result where an entry with a role already reads the process' own account. */
  #duplicate(accountId: string): DiscoveryResult | undefined {
    const role = conflictingRole(this.#accountRegion, accountId);
    if (role === undefined) return undefined;
    const message = conflictMessage(this.#accountRegion, accountId, role);
    const failure = { reason: "other", operation: "GetCallerIdentity", message } as const;
    return { accountId: "", targets: [], failure, duplicateOf: accountId };
  }

  #select(listing: WorkgroupListing): DiscoveryResult {
    const duplicate = this.#duplicate(this.#accountId);
    if (duplicate !== undefined) return duplicate;
    const targets = this.#targets();
    const failure = this.#listingFailure(listing) ?? this.#failure;
    if (failure !== undefined) return this.#result({ targets, failure });
    const isUnread = (name: string) => this.#tags.tagsOf(name) === undefined;
    const isPartial = taggedWorkgroups(this.#accountRegion, this.#known()).some(isUnread);
    return this.#result({ targets, ...(isPartial && { isPartial: true as const }) });
  }

  #targets(): Target[] {
    const targets = selectTargets(this.#accountRegion, this.#known());
    this.#polled = new Set(targets.map(({ workgroup }) => workgroup));
    return targets;
  }

  /** Where all workgroups are named, a denied listing is no failure. */
  #listingFailure(listing: WorkgroupListing): Failure | undefined {
    if ("value" in listing) return undefined;
    const { reason, operation } = listing.failure;
    const isListingDenied = reason === "access_denied" && operation === "ListWorkGroups";
    return needsDiscovery(this.#accountRegion) || !isListingDenied ? listing.failure : undefined;
  }

  #known(): KnownWorkgroups {
    return {
      accountId: this.#accountId,
      listed: this.#listed,
      notSpark: this.#notSpark,
      tagsOf: (name) => this.#tags.tagsOf(name),
      polled: this.#polled,
    };
  }

  #result(result: Omit<DiscoveryResult, "accountId">): DiscoveryResult {
    return { accountId: this.#accountId, ...result };
  }
}

function accountChanged(former: string, accountId: string): Failure {
  const message = `the credentials are now those of the account ${accountId}, no longer of ${former}; its workgroups will be discovered next`;
  return { reason: "credentials", operation: "GetCallerIdentity", message };
}

/** The engine version in a listing; "absent" where the workgroup is not listed, "unlisted" where there is no listing. */
function engineOf(listing: WorkgroupListing, workgroup: string): string {
  if ("failure" in listing) return "unlisted";
  return listing.value.find(({ name }) => name === workgroup)?.engineVersion ?? "absent";
}

function explanation(engine: string, workgroup: string, refusal: Failure): Failure {
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
    message: `the workgroup's engine (${engine || "unknown"}) is not Spark: ${refusal.message}`,
  };
}
