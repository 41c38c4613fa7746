import type { Athena } from "../athena/athena.ts";
import type { CallContext } from "../athena/api-calls.ts";
import type { ListedAccount } from "../athena/read-organization.ts";
import type { OrganizationConfig } from "../config/config.ts";
import type { Clock } from "../clock.ts";
import { ApiError, toFailure } from "../failure.ts";
import type { Organization } from "../targets/organization.ts";
import { withCallContext, type WorkResult } from "./call-context.ts";
import { Permits } from "./permits.ts";

/** The API calls that read an organization. */
export interface OrganizationCalls {
  /** By the process' own credentials. */
  readonly own: Pick<Athena, "getCallerIdentity">;
  /** By those that may read the organization. */
  readonly reader: Pick<Athena, "listOfOrganization">;
}

export interface OrganizationReaderOptions {
  readonly clock: Clock;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** Of one listing, retries included. */
  readonly deadlineMs: () => number;
  /** Shards that read the same organization share its rate limit. */
  readonly shards: number;
}

const INTERVAL_MS = 30 * 60_000;
/** A failed reading is tried again after this, then after twice as long, up to the interval. */
const FIRST_RETRY_MS = 60_000;
/** AWS allows little, for all who call Organizations together, so requests are sent one after the other. */
const REQUESTS_PER_SECOND = 2;
/** An organization has at most 2,000 units. */
const MAX_UNITS = 5_000;

type Tags = ReadonlyMap<string, string>;

/** Reads which accounts an organization has, every 30 minutes. */
export class OrganizationReader {
  readonly #calls: OrganizationCalls;
  readonly #config: OrganizationConfig;
  readonly #options: OrganizationReaderOptions;
  readonly #permits: Permits;
  /** Tags that a reading has read before it failed, by accounts: the next one goes on there. */
  readonly #tags = new Map<string, Tags>();
  #ownAccountId = "";
  #failures = 0;
  #cancel = (): void => {};

  constructor(calls: OrganizationCalls, config: OrganizationConfig, options: OrganizationReaderOptions) {
    this.#calls = calls;
    this.#config = config;
    this.#options = options;
    this.#permits = new Permits(REQUESTS_PER_SECOND / options.shards, options.clock);
    options.signal.addEventListener("abort", () => this.#cancel(), { once: true });
  }

  /** The account of the process' own credentials when it was last known, or empty. */
  get ownAccountId(): string {
    return this.#ownAccountId;
  }

  /** Reads now, and again and again until the signal ends that. `told` is called after each reading, and says whether it was of use. */
  start(told: (result: WorkResult<Organization>) => Promise<boolean>): void {
    const read = async () => {
      const result = await this.read();
      if (this.#options.signal.aborted) return;
      const isOfUse = await told(result);
      if (this.#options.signal.aborted) return;
      this.#failures = isOfUse ? 0 : this.#failures + 1;
      const retryMs = FIRST_RETRY_MS * 2 ** (this.#failures - 1);
      const delayMs = isOfUse ? INTERVAL_MS : Math.min(retryMs, INTERVAL_MS);
      this.#cancel = this.#options.clock.after(delayMs, () => void read());
    };
    void read();
  }

  /** Reads once. Never rejects. */
  async read(): Promise<WorkResult<Organization>> {
    try {
      const { accountId } = await this.#call((context) => this.#calls.own.getCallerIdentity(context));
      this.#ownAccountId = accountId;
      const listed = await this.#listAccounts();
      const accounts = await this.#withTags(listed.filter((account) => this.#mayPoll(account)));
      this.#tags.clear();
      const known = new Set(listed.map(({ id }) => id));
      const unknownExclusions = this.#config.excludedAccounts.filter((id) => !known.has(id));
      return { value: { ownAccountId: accountId, accounts, unknownExclusions } };
    } catch (error) {
      return { failure: toFailure(error) };
    }
  }

  #mayPoll({ id, isActive }: ListedAccount): boolean {
    return isActive && !this.#config.excludedAccounts.includes(id);
  }

  /** Those of the whole organization, or of the chosen units and all within them. */
  async #listAccounts(): Promise<readonly ListedAccount[]> {
    if (this.#config.units.length === 0) return this.#list("ListAccounts", "");
    const accounts = new Map<string, ListedAccount>();
    const units = new Set(this.#config.units);
    for (const unit of units) {
      for (const account of await this.#list("ListAccountsForParent", unit))
        accounts.set(account.id, account);
      // A set is iterated over what is added meanwhile, too.
      for (const child of await this.#list("ListOrganizationalUnitsForParent", unit)) units.add(child);
      if (units.size > MAX_UNITS) {
        throw new ApiError("malformed_response", "ListOrganizationalUnitsForParent", "the units do not end");
      }
    }
    return [...accounts.values()];
  }

  async #withTags(accounts: readonly ListedAccount[]): Promise<readonly ListedAccount[]> {
    const wanted = Object.entries(this.#config.accountTags);
    if (wanted.length === 0) return accounts;
    const selected: ListedAccount[] = [];
    for (const account of accounts) {
      const tags = this.#tags.get(account.id) ?? new Map(await this.#list("ListTagsForResource", account.id));
      this.#tags.set(account.id, tags);
      if (wanted.every(([key, value]) => tags.get(key) === value)) selected.push(account);
    }
    return selected;
  }

  /** Lists, and names in an error what it is about, as AWS does not. */
  async #list<Name extends Parameters<OrganizationCalls["reader"]["listOfOrganization"]>[0]>(
    operation: Name,
    id: string,
  ) {
    return this.#call(async (context) => {
      try {
        return await this.#calls.reader.listOfOrganization(operation, id, context);
      } catch (error) {
        if (!(error instanceof ApiError) || id === "") throw error;
        throw new ApiError(error.reason, error.operation, `${id}: ${error.message}`, { cause: error });
      }
    });
  }

  async #call<Value>(work: (context: CallContext) => Promise<Value>): Promise<Value> {
    const { clock, signal, deadlineMs } = this.#options;
    const limits = { clock, signal, deadlineMs: deadlineMs(), permits: this.#permits, hasPermit: false };
    const { result } = await withCallContext(limits, work);
    if ("value" in result) return result.value;
    const { reason, operation, message } = result.failure;
    throw new ApiError(reason, operation, message);
  }
}
