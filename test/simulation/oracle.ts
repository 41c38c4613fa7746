import { selects, type EffectiveSettings } from "./effective-settings.ts";
import { ExpositionReader, valueOf, type Place } from "./exposition-reader.ts";
import type { ModelWorkgroup } from "./model-workgroup.ts";
import type { WorkgroupItem } from "./history.ts";
import type { Model } from "./model.ts";
import { AccountOracle } from "./oracle-accounts.ts";
import { describe } from "./oracle-counters.ts";
import {
  discoveryMs,
  wasOwnAccount,
  wasRotatedSince,
  type OracleContext,
  type Violation,
} from "./oracle-context.ts";
import { WorkgroupOracle } from "./oracle-workgroup.ts";

/** What a discovery asks AWS for: as long as one of them fails, what is polled stays. */
const DISCOVERY_OPERATIONS = ["GetCallerIdentity", "ListWorkGroups", "ListTagsForResource"] as const;

/** What does not change without a scrape that differs is checked again so often all the same. */
const SCRAPES_PER_FULL_CHECK = 10;

export interface OracleOptions {
  readonly model: Model;
  readonly startedMs: number;
  readonly shards: number;
  readonly settings: EffectiveSettings;
  /** Told of each promise that does not hold. */
  readonly violated: (violation: Violation) => void;
}

/** Holds the expositions of one process, scrape by scrape, against what interface.md promises at that moment. */
export class Oracle {
  readonly #options: OracleOptions;
  readonly #reader = new ExpositionReader();
  readonly #workgroups = new Map<Place, WorkgroupOracle>();
  readonly #settings: { readonly sinceMs: number; readonly settings: EffectiveSettings }[];
  readonly #accounts: AccountOracle;
  #places: readonly Place[] = [];
  #scrapes = 0;
  #previousMs: number;
  #nowMs: number;
  #reloadedMs: number;

  constructor(options: OracleOptions) {
    this.#options = options;
    const { model, startedMs, settings } = options;
    this.#accounts = new AccountOracle(model.world.defaultRegion);
    this.#previousMs = startedMs;
    this.#nowMs = startedMs;
    this.#reloadedMs = startedMs;
    this.#settings = [{ sinceMs: startedMs, settings }];
  }

  /** The settings that a reload took over; undefined where it was refused, or changed nothing. */
  reloaded(settings: EffectiveSettings | undefined, atMs: number): void {
    this.#reloadedMs = atMs;
    if (settings !== undefined) this.#settings.push({ sinceMs: atMs, settings });
  }

  /** Reads what is exposed now. */
  scrape(text: string, nowMs: number): void {
    this.#previousMs = this.#nowMs;
    this.#nowMs = nowMs;
    const isChanged = this.#reader.read(text);
    for (const problem of this.#reader.problems.splice(0)) this.#report("format", problem);
    const context = this.#context();
    if (isChanged) this.#places = this.#reader.current();
    const workgroups = this.#places.filter(({ workgroup }) => workgroup !== "");
    if (isChanged) this.#checkGone(context);
    for (const place of workgroups) this.#checkWorkgroup(place, context, workgroups);
    this.#scrapes += 1;
    if (!isChanged && this.#scrapes % SCRAPES_PER_FULL_CHECK > 0) return;
    this.#checkTotalLimit(workgroups, context);
    for (const place of workgroups) this.#checkConfigured(place, context);
    this.#accounts.check(this.#places, context);
  }

  /** The workgroups that are exposed now, by place. */
  exposed(): readonly Place[] {
    return this.#places.filter(({ workgroup }) => workgroup !== "");
  }

  /** The workgroup as a place, where the configuration surely selects it for one of the shards; else nothing. */
  expected(item: WorkgroupItem): string[] {
    const { model } = this.#options;
    const context = this.#context();
    const place: Place = {
      ...item,
      workgroup: item.name,
      byKey: new Map(),
      series: [],
      size: 0,
      isChanged: false,
    };
    const isThere = item.fromMs <= 0 && item.untilMs === Infinity;
    const isOwned =
      !wasRotatedSince(-Infinity, context) &&
      (model.world.ownAccount === item.account ||
        !this.#accounts.sitesFor(place, context).some(({ roleAccount }) => roleAccount === undefined));
    const isSelected = this.#accounts
      .entriesFor(place, context)
      .some((entry) => selects(entry, item) === true);
    return isThere && isOwned && isSelected ? [`${item.account} ${item.region} ${item.name}`] : [];
  }

  /** After a quiet spell: everything must have been counted. */
  checkComplete(): void {
    const context = this.#context();
    for (const place of this.exposed()) this.#workgroups.get(place)?.checkComplete(place, context);
  }

  /** How many polls of a workgroup succeeded since it appeared. */
  successes(place: Place): number {
    return (
      (valueOf(place, "athena_workgroup_polls_total") ?? 0) -
      (valueOf(place, "athena_workgroup_poll_failures_total") ?? 0)
    );
  }

  #checkConfigured(place: Place, context: OracleContext): void {
    const incarnations = this.#incarnations(place, context);
    const isConfigured = this.#accounts
      .entriesFor(place, context)
      .some((entry) =>
        entry.workgroups === undefined
          ? incarnations.some(({ item }) => selects(entry, item) !== false)
          : entry.workgroups.includes(place.workgroup),
      );
    if (isConfigured || context.nowMs - context.reloadedMs <= discoveryMs(context)) return;
    if (canDiscoveryHaveFailed(place, context)) return;
    this.#report("presence", `${describe(place)} is polled though it is not configured`);
  }

  #incarnations(
    { account, region, workgroup }: Place,
    { model, nowMs }: OracleContext,
  ): readonly ModelWorkgroup[] {
    return model.incarnations(account === "" ? model.ownAccountAt(nowMs) : account, region, workgroup);
  }

  #checkWorkgroup(place: Place, context: OracleContext, all: readonly Place[]): void {
    const last = this.#workgroups.get(place);
    const known = last?.startsAnew(place, context) === true ? undefined : last;
    const oracle = known ?? new WorkgroupOracle(this.#incarnations(place, context), context.previousMs);
    if (known === undefined) this.#workgroups.set(place, oracle);
    oracle.check(place, context);
    oracle.checkOutage(place, context);
    const neighbours = all.filter(
      ({ account, region }) => account === place.account && region === place.region,
    ).length;
    oracle.checkInterval(place, context, neighbours);
  }

  /** Promises: a failed discovery keeps the last known list; a reload keeps everything that it does not remove. */
  #checkGone(context: OracleContext): void {
    for (const place of this.#workgroups.keys()) {
      if (place.size > 0) continue;
      this.#workgroups.delete(place);
      if (!this.#mayBeGone(place, context))
        this.#report("presence", `${describe(place)} disappeared, and nothing removed it`);
    }
  }

  #mayBeGone(place: Place, context: OracleContext): boolean {
    const { model, shards } = this.#options;
    const { nowMs } = context;
    const sinceMs = nowMs - discoveryMs(context);
    if (wasRotatedSince(sinceMs, context)) return true;
    // Discovery may notice late that the own account is another one.
    const isOwnNoMore = place.account !== model.ownAccountAt(nowMs) && wasOwnAccount(place.account, context);
    if (isOwnNoMore) return true;
    const sites = this.#accounts.sitesFor(place, context);
    // Where a role reads the own account, the entry without a role is not polled, whatever it names.
    const read = sites.length > 1 ? sites.filter(({ roleAccount }) => roleAccount !== undefined) : sites;
    const entries = read.flatMap((site) => site.entries);
    if (entries.some(({ workgroups }) => workgroups?.includes(place.workgroup) === true))
      return shards > 1 || place.account === "";
    const lasting = model
      .incarnations(place.account, place.region, place.workgroup)
      .filter(({ item }) => item.fromMs <= sinceMs && item.untilMs > nowMs);
    return (
      place.account === "" ||
      !lasting.some(({ item }) => entries.some((entry) => selects(entry, item) === true))
    );
  }

  /** Promise: `per_session.total_limit` holds for the whole instance. */
  #checkTotalLimit(workgroups: readonly Place[], context: OracleContext): void {
    const { perSessionTotalLimit } = context.settings;
    let shown = 0;
    for (const { series } of workgroups)
      for (const { name } of series) if (name === "athena_session_info") shown += 1;
    if (shown > perSessionTotalLimit && context.reloadedMs < context.previousMs) {
      this.#report(
        "limits",
        `${shown} sessions have series, over the total limit of ${perSessionTotalLimit}`,
      );
    }
  }

  #context(): OracleContext {
    const { model, startedMs, shards } = this.#options;
    const latest = this.#settings.at(-1);
    if (latest === undefined) throw new RangeError("there are no settings");
    return {
      model,
      startedMs,
      shards,
      nowMs: this.#nowMs,
      previousMs: this.#previousMs,
      settings: latest.settings,
      settingsSince: (sinceMs) =>
        this.#settings
          .filter((_, index) => (this.#settings[index + 1]?.sinceMs ?? Infinity) >= sinceMs)
          .map(({ settings }) => settings),
      reloadedMs: this.#reloadedMs,
      report: (rule, message) => this.#report(rule, message),
    };
  }

  #report(rule: string, message: string): void {
    this.#options.violated({ rule, message, atMs: this.#nowMs });
  }
}

/** Whether a fault can have kept the discoveries of the last while from learning what is configured. */
function canDiscoveryHaveFailed({ account, region }: Place, context: OracleContext): boolean {
  const { model, nowMs } = context;
  const sinceMs = nowMs - discoveryMs(context);
  return DISCOVERY_OPERATIONS.some(
    (operation) => model.faultsDuring({ account, region, operation }, sinceMs, nowMs).length > 0,
  );
}
