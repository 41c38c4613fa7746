import { configuredSites, type ConfiguredSite, type EffectiveSettings } from "./effective-settings.ts";
import { valueOf, type Place } from "./exposition-reader.ts";
import { wasOwnAccount, wasRotatedSince, type OracleContext } from "./oracle-context.ts";
import { describe } from "./oracle-counters.ts";

/** Discovery backs off up to its interval, and reads tags in portions: what it dropped or found shows by then. */
const DISCOVERY_SLACK_MS = 120_000;

/** Checks what is exposed of accounts and regions against the configuration. */
export class AccountOracle {
  readonly #defaultRegion: string;
  readonly #accountIds = new Map<string, string>();
  /** Of the settings of the latest scrape. */
  #configured:
    | { readonly settings: EffectiveSettings; readonly sites: readonly ConfiguredSite[] }
    | undefined;

  constructor(defaultRegion: string) {
    this.#defaultRegion = defaultRegion;
  }

  /** `places`: all of the latest scrape. */
  check(places: readonly Place[], context: OracleContext): void {
    const workgroups = places.filter(({ workgroup }) => workgroup !== "");
    for (const place of places) {
      if (place.workgroup === "" && place.region !== "") this.#checkAccount(place, workgroups, context);
    }
    this.#checkSites(places, context);
  }

  /** The sites that a place can be of. */
  sitesFor({ account, region }: Place, context: OracleContext): ConfiguredSite[] {
    return this.#sites(context.settings).filter(
      (site) =>
        site.region === region &&
        (site.roleAccount === undefined
          ? account === "" || wasOwnAccount(account, context)
          : site.roleAccount === account),
    );
  }

  #sites(settings: EffectiveSettings): readonly ConfiguredSite[] {
    if (this.#configured?.settings === settings) return this.#configured.sites;
    const sites = configuredSites(settings, this.#defaultRegion);
    this.#configured = { settings, sites };
    return sites;
  }

  /** The entries of the configuration that may select a place. */
  entriesFor(place: Place, context: OracleContext): ConfiguredSite["entries"] {
    return this.sitesFor(place, context).flatMap(({ entries }) => entries);
  }

  /** Promise: account series are there from the start for every configured account and region. */
  #checkAccount(place: Place, workgroups: readonly Place[], context: OracleContext): void {
    const up = valueOf(place, "athena_account_up");
    if (up === undefined) return;
    const failing = place.series.filter(({ name }) => name === "athena_account_failing");
    if (up !== 0 && up !== 1) context.report("account", `${describe(place)}: athena_account_up is ${up}`);
    if (failing.length > (up === 1 ? 0 : 1)) {
      context.report(
        "account",
        `${describe(place)}: athena_account_up is ${up} with ${failing.length} reasons`,
      );
    }
    const shown = workgroups.filter(
      ({ account, region }) => account === place.account && region === place.region,
    ).length;
    const told = valueOf(place, "athena_account_workgroups");
    if (told !== shown)
      context.report(
        "account",
        `${describe(place)}: athena_account_workgroups is ${told}, and ${shown} are exposed`,
      );
    if (!this.sitesFor(place, context).length && context.nowMs - context.reloadedMs > DISCOVERY_SLACK_MS) {
      context.report("account", `${describe(place)} is exposed and not configured`);
    }
  }

  /** Each configured account and region is exposed once, and its id stays once it is known. */
  #checkSites(places: readonly Place[], context: OracleContext): void {
    const accounts = places.filter(
      (place) => place.workgroup === "" && valueOf(place, "athena_account_up") !== undefined,
    );
    const sites = this.#sites(context.settings);
    for (const { roleAccount, region } of sites) {
      const isOwn = roleAccount === undefined;
      const roles = sites.flatMap((site) =>
        site.region === region && site.roleAccount !== undefined ? [site.roleAccount] : [],
      );
      const found = accounts.filter(
        (place) =>
          place.region === region && (isOwn ? !roles.includes(place.account) : place.account === roleAccount),
      );
      const isRival = isOwn && roles.some((role) => wasOwnAccount(role, context));
      if (found.length === 0 && !isRival)
        context.report(
          "account",
          `${roleAccount ?? "the own account"} ${region} is configured and not exposed`,
        );
      if (found.length > 1)
        context.report(
          "account",
          `${region} is exposed for ${found.map(({ account }) => account).join(" and ")}`,
        );
      const id = found[0]?.account;
      if (isOwn && id !== undefined) this.#checkIdentity(region, id, context);
    }
  }

  /** Promise: `aws_account_id` is empty only while the process' own account is not yet known. */
  #checkIdentity(region: string, id: string, context: OracleContext): void {
    const knownId = this.#accountIds.get(region);
    this.#accountIds.set(region, id);
    if (id !== "" && !wasOwnAccount(id, context)) {
      context.report(
        "identity",
        `the own account is shown as ${id}, not as ${context.model.ownAccountAt(context.nowMs)}`,
      );
    }
    if (knownId === undefined || knownId === "" || knownId === id) return;
    if (!wasRotatedSince(context.startedMs, context))
      context.report("identity", `the own account's id went from ${knownId} to "${id}"`);
  }
}
