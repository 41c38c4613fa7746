import type { Clock } from "../clock.ts";
import type { Format } from "../metrics/text.ts";
import { BodyMemory, SharedBody, type Body } from "./body-memory.ts";
import { bodySegments } from "./body-segments.ts";
import { compressInSlices } from "./compression.ts";
import { gzipMember, type Segment } from "./segment.ts";
import type { WorkgroupSegments } from "./workgroup-segments.ts";

/** What is exposed beside workgroups; it may be on another thread. */
export interface OtherMetrics {
  /** Resolves to their text, without an ending. */
  text(format: Format): Promise<string>;
  /** Called at each scrape: how long the samples of a poll have waited to be served, at most. */
  recordExpositionDelay(delayMs: number): void;
}

/** For how long a body is reused: the process' own metrics are as old as the body, */
const MAX_AGE_MS = 1000;
/** and text that has arrived since the body was built is missing for this time at most. */
const MAX_OUTDATED_MS = 50;

export type Encoding = "gzip" | "identity";

interface BuiltBody {
  readonly shared: SharedBody;
  readonly version: number;
  /** The time whose state it shows. */
  readonly atMs: number;
}

interface Building {
  /** The scrapes that wait for it. */
  readers: number;
  readonly built: Promise<BuiltBody>;
}

/** The bodies of /metrics. They are put together from segments; those with gzip are reused for a short time. */
export class Exposition {
  readonly #workgroups: WorkgroupSegments;
  readonly #others: OtherMetrics;
  readonly #clock: Clock;
  readonly #built = new Map<Format, BuiltBody>();
  readonly #building = new Map<Format, Building>();
  readonly #memory = new BodyMemory();

  constructor(workgroups: WorkgroupSegments, others: OtherMetrics, clock: Clock) {
    this.#workgroups = workgroups;
    this.#others = others;
    this.#clock = clock;
  }

  /** The body of a scrape now. Rejects where `OtherMetrics.text` does; the next scrape tries again. */
  async body(format: Format, encoding: Encoding): Promise<Body> {
    const startMs = this.#clock.monotonicMs();
    if (encoding === "identity") {
      const body = await this.#plainBody(format);
      this.#others.recordExpositionDelay(this.#clock.monotonicMs() - startMs);
      return body;
    }
    const kept = this.#built.get(format);
    const isOutdated = kept?.version !== this.#workgroups.version;
    if (kept !== undefined && startMs - kept.atMs < (isOutdated ? MAX_OUTDATED_MS : MAX_AGE_MS)) {
      this.#others.recordExpositionDelay(isOutdated ? startMs - kept.atMs : 0);
      kept.shared.addReader();
      return kept.shared.read();
    }
    const building = this.#building.get(format) ?? this.#startBuild(format);
    building.readers += 1;
    const { shared, atMs } = await building.built;
    this.#others.recordExpositionDelay(this.#clock.monotonicMs() - Math.min(startMs, atMs));
    return shared.read();
  }

  /** Scrapes that come at the same time share a build. */
  #startBuild(format: Format): Building {
    const building = { readers: 0, built: this.#build(format) };
    this.#building.set(format, building);
    return building;
  }

  async #build(format: Format): Promise<BuiltBody> {
    try {
      const { body, ...state } = await this.#render(format);
      const readers = this.#building.get(format)?.readers ?? 0;
      // Kept for later scrapes is one reader more.
      const shared = new SharedBody(body, readers + 1, () => this.#memory.giveBack(body));
      this.#built.get(format)?.shared.release();
      const built = { shared, ...state };
      this.#built.set(format, built);
      return built;
    } finally {
      this.#building.delete(format);
    }
  }

  async #render(
    format: Format,
  ): Promise<{ readonly body: Buffer<ArrayBuffer>; readonly version: number; readonly atMs: number }> {
    const segments = await this.#segments(format);
    const { version } = this.#workgroups;
    const atMs = this.#clock.monotonicMs();
    await compressInSlices(segments, this.#clock);
    const body = gzipMember(segments, (bytes) => this.#memory.take(bytes));
    return { body, version, atMs };
  }

  async #plainBody(format: Format): Promise<Body> {
    const segments = await this.#segments(format);
    const bytes = segments.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
    return { pieces: plainPieces(segments), bytes };
  }

  /** All text as it is when the promise resolves. */
  async #segments(format: Format): Promise<readonly Segment[]> {
    const others = await this.#others.text(format);
    return bodySegments(this.#workgroups, others, format);
  }
}

/** One after the other, as all together would be large. */
function* plainPieces(segments: Iterable<Segment>): Generator<Buffer> {
  for (const segment of segments) yield segment.plain();
}
