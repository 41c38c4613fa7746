import type { EffectiveSettings } from "./effective-settings.ts";
import type { Model } from "./model.ts";

/** A promise of the exporter that did not hold. */
export interface Violation {
  /** Short and stable: which rule. */
  readonly rule: string;
  /** What was expected and what was there instead. */
  readonly message: string;
  /** Milliseconds since the beginning of the world. */
  readonly atMs: number;
}

/** What an oracle may know beside the exposition: the truth, and what the operator did. */
export interface OracleContext {
  readonly model: Model;
  /** When the process started, in milliseconds of the world. */
  readonly startedMs: number;
  /** Of this scrape, and of the one before. */
  readonly nowMs: number;
  readonly previousMs: number;
  /** In force now. */
  readonly settings: EffectiveSettings;
  /** In force at some time since `sinceMs`, the latest last. */
  settingsSince(sinceMs: number): readonly EffectiveSettings[];
  /** When the configuration was last reloaded, or the process started. */
  readonly reloadedMs: number;
  readonly shards: number;
  report(rule: string, message: string): void;
}

/** Sessions tell times by AWS' clock, which the exporter estimates from Date headers of whole seconds. */
export const CLOCK_TOLERANCE_MS = 4000;

/** As long as the exporter takes an earlier LastModifiedDateTime for that of a listing which lags. */
const LONGEST_LAG_MS = 120_000;

/** How old what a poll shows of sessions can be, in milliseconds: listings lag, and after AWS' clock was set back they seem to. */
export function listingAgeMs({ model: { behaviour, awsClock } }: Pick<OracleContext, "model">): number {
  return behaviour.lagMs + (awsClock.backMs > 0 ? awsClock.backMs + LONGEST_LAG_MS : 0);
}

/** More requests than one poll of each workgroup of an account and region, and a discovery, take. */
const REQUESTS_OF_A_ROUND = 30;

/** The longest that a round of polls and a discovery wait for the rate limit, in milliseconds. */
export function rateLimitWaitMs({ settings, shards }: Pick<OracleContext, "settings" | "shards">): number {
  return (REQUESTS_OF_A_ROUND * 1000 * shards) / settings.rateLimit;
}

/** The longest that it takes until discovery has noticed a change, in milliseconds: it backs off, and reads tags in batches. */
export function discoveryMs(context: OracleContext): number {
  const { discoveryIntervalMs, deadlineMs } = context.settings;
  return 3 * Math.max(discoveryIntervalMs, 300_000) + deadlineMs + 120_000 + rateLimitWaitMs(context);
}

/** Whether the process' own credentials became another account's since then. */
export function wasRotatedSince(sinceMs: number, { model, nowMs }: OracleContext): boolean {
  return model.rotations.some(({ atMs }) => atMs >= sinceMs && atMs <= nowMs);
}

/** Whether the process' own credentials can have been an account's when it was last asked. */
export function wasOwnAccount(account: string, { model, startedMs, nowMs }: OracleContext): boolean {
  if (model.ownAccountAt(startedMs) === account || model.ownAccountAt(nowMs) === account) return true;
  return model.rotations.some((rotation) => rotation.account === account && rotation.atMs <= nowMs);
}
