import type { Clock } from "../clock.ts";
import type { Board } from "../snapshot/board.ts";
import { bodySegments } from "./body-segments.ts";
import { compressInSlices } from "./compression.ts";
import { gzipMember, type Segment } from "./segment.ts";
import type { Format } from "./text.ts";
import type { WorkgroupSegments } from "./workgroup-segments.ts";

/** The exporter's own metrics. */
export interface OwnMetrics {
  /** As text without an ending. */
  text(format: Format): Promise<string>;
  recordExpositionDelay(delayMs: number): void;
}

/** For how long a body is reused: the process' own metrics are as old as the body, */
const MAX_AGE_MS = 1000;
/** and samples of polls that have ended since the body was built are missing for this time at most. */
const MAX_OUTDATED_MS = 100;

export type Encoding = "gzip" | "identity";

/** A body in the pieces in which it is kept, which must not be changed. */
export interface Body {
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
}

interface BuiltBody {
  readonly body: Body;
  readonly version: number;
  /** The time whose state it shows. */
  readonly atMs: number;
}

/** The bodies of /metrics. They are put together from segments; those with gzip are reused for a short time. */
export class Exposition {
  readonly #board: Pick<Board, "version" | "accountRegions">;
  readonly #workgroups: WorkgroupSegments;
  readonly #own: OwnMetrics;
  readonly #clock: Clock;
  readonly #built = new Map<Format, BuiltBody>();
  readonly #building = new Map<Format, Promise<BuiltBody>>();

  constructor(
    board: Pick<Board, "version" | "accountRegions">,
    workgroups: WorkgroupSegments,
    own: OwnMetrics,
    clock: Clock,
  ) {
    this.#board = board;
    this.#workgroups = workgroups;
    this.#own = own;
    this.#clock = clock;
  }

  /** The body of a scrape now. Rejects where the exporter's own metrics do; the next scrape tries again. */
  async body(format: Format, encoding: Encoding): Promise<Body> {
    const startMs = this.#clock.monotonicMs();
    if (encoding === "identity") {
      const body = await this.#plainBody(format);
      this.#own.recordExpositionDelay(this.#clock.monotonicMs() - startMs);
      return body;
    }
    const kept = this.#built.get(format);
    const isOutdated = kept?.version !== this.#version();
    if (kept !== undefined && startMs - kept.atMs < (isOutdated ? MAX_OUTDATED_MS : MAX_AGE_MS)) {
      this.#own.recordExpositionDelay(isOutdated ? startMs - kept.atMs : 0);
      return kept.body;
    }
    const { body, atMs } = await (this.#building.get(format) ?? this.#startBuild(format));
    this.#own.recordExpositionDelay(this.#clock.monotonicMs() - Math.min(startMs, atMs));
    return body;
  }

  /** Another number whenever the text about AWS has changed. */
  #version(): number {
    return this.#board.version() + this.#workgroups.expire();
  }

  /** Scrapes that come at the same time share a build. */
  async #startBuild(format: Format): Promise<BuiltBody> {
    const building = this.#build(format);
    this.#building.set(format, building);
    try {
      const built = await building;
      this.#built.set(format, built);
      return built;
    } finally {
      this.#building.delete(format);
    }
  }

  async #build(format: Format): Promise<BuiltBody> {
    const own = await this.#own.text(format);
    const version = this.#version();
    const atMs = this.#clock.monotonicMs();
    const segments = this.#segments(format, own);
    await compressInSlices(segments, this.#clock);
    const gzip = gzipMember(segments);
    return { body: { pieces: [gzip], bytes: gzip.length }, version, atMs };
  }

  async #plainBody(format: Format): Promise<Body> {
    const segments = this.#segments(format, await this.#own.text(format));
    const pieces = segments.map(({ plain }) => plain);
    return { pieces, bytes: pieces.reduce((sum, { length }) => sum + length, 0) };
  }

  /** All text as it is now. */
  #segments(format: Format, own: string): readonly Segment[] {
    const workgroups = this.#workgroups.segments();
    return bodySegments({ workgroups, accountRegions: this.#board.accountRegions() }, format, own);
  }
}
