import { adviseOnOrganization } from "../snapshot/organization-advice.ts";
import type { OrganizationView } from "../snapshot/view.ts";
import type { Organization } from "../targets/organization.ts";
import type { Logger } from "./logger.ts";
import type { OrganizationListener } from "./organization-accounts.ts";

/** Ids in one line; more are only counted. */
const MAX_IDS = 50;

/** Logs when an organization starts to fail or recovers, and which accounts came and went. */
export class OrganizationLog implements OrganizationListener {
  readonly #logger: Logger;
  #reason: string | undefined;
  #accounts: readonly string[] | undefined;
  #unknownExclusions = "";

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  organizationRead(
    { failure, readerAccountId }: OrganizationView,
    organization: Organization | undefined,
  ): void {
    if (failure !== undefined && failure.reason !== this.#reason) {
      const { reason, operation, message: error } = failure;
      const advice = adviseOnOrganization(failure, readerAccountId);
      this.#logger.warn({ reason, operation, error, advice }, "reading of the organization is failing");
    }
    if (failure === undefined && this.#reason !== undefined) {
      this.#logger.info("reading of the organization recovered");
    }
    this.#reason = failure?.reason;
    if (failure === undefined && organization !== undefined) this.#logAccounts(organization);
  }

  #logAccounts({ accounts, unknownExclusions }: Organization): void {
    const [before, after] = [this.#accounts ?? [], accounts.map(({ id }) => id)];
    const [joined, left] = [without(after, before), without(before, after)];
    if (this.#accounts === undefined || joined.length + left.length > 0) {
      this.#logger.info(
        {
          accounts: after.length,
          ...(this.#accounts !== undefined && { joined: some(joined), left: some(left) }),
        },
        "accounts of the organization to poll",
      );
    }
    this.#accounts = after;
    const unknown = unknownExclusions.join();
    if (unknown !== "" && unknown !== this.#unknownExclusions) {
      this.#logger.warn({ exclude_accounts: unknownExclusions }, UNKNOWN_EXCLUSIONS);
    }
    this.#unknownExclusions = unknown;
  }
}

/** What is wrong with excluded accounts that the organization does not have. */
export const UNKNOWN_EXCLUSIONS =
  "organization.exclude_accounts names accounts that are not in the organization or its chosen units; check their ids";

function without(ids: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return ids.filter((id) => !known.has(id));
}

function some(ids: readonly string[]): readonly string[] {
  return ids.length <= MAX_IDS ? ids : [...ids.slice(0, MAX_IDS), `and ${ids.length - MAX_IDS} more`];
}
