import type { Clock } from "../clock.ts";
import type { AccountRegionView } from "../snapshot/view.ts";
import { boardText } from "./board-text.ts";
import { type GzipText, gzipText } from "./gzip-text.ts";
import { BODY_ENDINGS, type Format } from "./text.ts";
import type { RenderedWorkgroup } from "./workgroup-lines.ts";

/** Where the exposition comes from; read at once when a body is built. */
export interface ExpositionSource {
  /** Another number whenever anything below has changed. */
  version(): number;
  workgroups(): Iterable<RenderedWorkgroup>;
  accountRegions(): Iterable<AccountRegionView>;
}

/** The process' own metrics are as old as the body that holds them. */
const MAX_AGE_MS = 1000;
/** A body is kept for five times as long as it took to build, so that building takes a sixth of the time at most. */
const KEPT_BUILDS = 5;
/** A build this quick is repeated as soon as the board has changed, so that a small fleet's changes show at once. */
const QUICK_BUILD_MS = 50;
/** For how long an outdated body is still served while the next one is built. */
const MAX_OUTDATED_MS = 3000;

interface Body {
  readonly text: GzipText;
  readonly version: number;
  readonly builtAtMs: number;
  readonly buildMs: number;
  /** When the first of its samples of sessions is withdrawn. */
  readonly expiresAtMs: number;
}

interface Cache {
  body?: Body;
  building?: Promise<Body>;
}

/** The bodies of /metrics, one a format, built on demand and kept while they are current, so that most scrapes only write a buffer. */
export class Exposition {
  readonly #source: ExpositionSource;
  readonly #ownMetrics: (format: Format) => Promise<string>;
  readonly #clock: Clock;
  readonly #caches: Readonly<Record<Format, Cache>> = { text: {}, openmetrics: {} };
  /** Settles when the last requested build has ended: builds take turns. */
  #lastBuild: Promise<unknown> = Promise.resolve();

  /** `ownMetrics` gives the exporter's own metrics as text without an ending. */
  constructor(source: ExpositionSource, ownMetrics: (format: Format) => Promise<string>, clock: Clock) {
    this.#source = source;
    this.#ownMetrics = ownMetrics;
    this.#clock = clock;
  }

  /** The body of a scrape now. Rejects where the source throws; the next scrape tries again. */
  async body(format: Format): Promise<GzipText> {
    const cache = this.#caches[format];
    const { body, building } = cache;
    const goodUntilMs = body === undefined ? -Infinity : this.#goodUntilMs(body);
    const outdatedMs = this.#clock.monotonicMs() - goodUntilMs;
    if (body !== undefined && outdatedMs < 0) return body.text;
    if (body !== undefined && building !== undefined && outdatedMs < MAX_OUTDATED_MS) return body.text;
    return (await (building ?? this.#startBuild(format, cache))).text;
  }

  #goodUntilMs({ version, builtAtMs, buildMs, expiresAtMs }: Body): number {
    const keptMs = KEPT_BUILDS * buildMs;
    const isRepeated = buildMs < QUICK_BUILD_MS && version !== this.#source.version();
    const ageMs = isRepeated ? keptMs : Math.max(MAX_AGE_MS, keptMs);
    return Math.min(builtAtMs + ageMs, expiresAtMs);
  }

  async #startBuild(format: Format, cache: Cache): Promise<Body> {
    const building = this.#lastBuild.then(() => this.#build(format));
    cache.building = building;
    this.#lastBuild = Promise.allSettled([building]);
    try {
      cache.body = await building;
      return cache.body;
    } finally {
      delete cache.building;
    }
  }

  async #build(format: Format): Promise<Body> {
    const startMs = this.#clock.monotonicMs();
    const version = this.#source.version();
    const board = {
      workgroups: [...this.#source.workgroups()],
      accountRegions: [...this.#source.accountRegions()],
    };
    const own = await this.#ownMetrics(format);
    const slices = withEnding(boardText(board, { format, nowMs: startMs }), own + BODY_ENDINGS[format]);
    const text = await gzipText(slices, this.#clock);
    const builtAtMs = this.#clock.monotonicMs();
    const expiresAtMs = earliestExpiryMs(board.workgroups, startMs);
    return { text, version, builtAtMs, buildMs: builtAtMs - startMs, expiresAtMs };
  }
}

function* withEnding(slices: Iterable<string>, ending: string): Generator<string> {
  yield* slices;
  if (ending !== "") yield ending;
}

function earliestExpiryMs(workgroups: readonly RenderedWorkgroup[], nowMs: number): number {
  let earliestMs = Infinity;
  for (const { sessionsExpireAtMs } of workgroups) {
    if (sessionsExpireAtMs > nowMs) earliestMs = Math.min(earliestMs, sessionsExpireAtMs);
  }
  return earliestMs;
}
