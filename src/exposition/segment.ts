import { constants, crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { combineCrc32, crc32Shift } from "./crc32.ts";

/** Higher levels take up to three times as long for 5% fewer bytes. */
const LEVEL = 1;

/** ID, compression method, no flags or time, fastest level, unknown system (RFC 1952). */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
/** An empty block with the mark of the last one (RFC 1951). */
const FINAL_BLOCK = Buffer.from([3, 0]);
const TRAILER_BYTES = 8;
/** The least that zlib takes as the size of its output buffer. */
const MIN_CHUNK_BYTES = 64;
/** Lines become smaller than this part of them; where they do not, zlib takes several output buffers. */
const USUAL_RATIO = 0.2;
/** Text as bytes while it is compressed. A buffer each time would stay until V8 collects garbage, which it does for each 64 MB of them. */
let scratch = Buffer.allocUnsafeSlow(16_384);

type Allocate = (bytes: number) => Buffer<ArrayBuffer>;

interface Compressed {
  /** Raw deflate that ends at a byte and without a final block, so that more can follow. */
  readonly deflated: Buffer;
  readonly crc: number;
  readonly crcShift: number;
}

/** A piece of a body that never changes. Once it is compressed, on demand, only that is kept. */
export class Segment {
  readonly plainBytes: number;
  #text: string | undefined;
  #compressed: Compressed | undefined;

  private constructor(plainBytes: number, text: string | Compressed) {
    this.plainBytes = plainBytes;
    if (typeof text === "string") this.#text = text;
    else this.#compressed = text;
  }

  static of(text: string): Segment {
    return new Segment(Buffer.byteLength(text), text);
  }

  /** One with the text of all, which are compressed if they are not yet. Its memory is theirs as well from then on. */
  static joined(segments: readonly Segment[]): Segment {
    const parts = segments.filter(({ plainBytes }) => plainBytes > 0);
    const { deflated, crc, plainBytes } = sequence(parts);
    const bytes = joinedBytes(deflated, (size) => Buffer.allocUnsafeSlow(size));
    let offset = 0;
    for (const part of parts) {
      const own = part.compress();
      part.#compressed = { ...own, deflated: bytes.subarray(offset, offset + own.deflated.length) };
      offset += own.deflated.length;
    }
    return new Segment(plainBytes, { deflated: bytes, crc, crcShift: crc32Shift(plainBytes) });
  }

  get isCompressed(): boolean {
    return this.#compressed !== undefined;
  }

  compress(): Compressed {
    this.#compressed ??= compressed(this.#text ?? "", this.plainBytes);
    this.#text = undefined;
    return this.#compressed;
  }

  /** The text as bytes of its own. */
  plain(): Buffer {
    if (this.#text !== undefined) return Buffer.from(this.#text);
    return inflateRawSync(this.compress().deflated, {
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: Math.max(MIN_CHUNK_BYTES, this.plainBytes + 1),
    });
  }
}

/** Segments as one gzip member, since curl and browsers read only the first of several. `allocate` gives a buffer of at least so many bytes. */
export function gzipMember(
  segments: readonly Segment[],
  allocate: Allocate = (bytes) => Buffer.allocUnsafeSlow(bytes),
): Buffer<ArrayBuffer> {
  const { deflated, crc, plainBytes } = sequence(segments);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(plainBytes % 2 ** 32, 4);
  return joinedBytes([GZIP_HEADER, ...deflated, FINAL_BLOCK, trailer], allocate);
}

interface Sequence {
  /** One part for each segment. */
  readonly deflated: readonly Buffer[];
  readonly crc: number;
  readonly plainBytes: number;
}

function sequence(segments: readonly Segment[]): Sequence {
  const deflated: Buffer[] = [];
  let crc = 0;
  let plainBytes = 0;
  for (const segment of segments) {
    const compressed = segment.compress();
    deflated.push(compressed.deflated);
    crc = combineCrc32(crc, compressed.crc, compressed.crcShift);
    plainBytes += segment.plainBytes;
  }
  return { deflated, crc, plainBytes };
}

function joinedBytes(parts: readonly Buffer[], allocate: Allocate): Buffer<ArrayBuffer> {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  const buffer = allocate(bytes);
  let offset = 0;
  for (const part of parts) {
    buffer.set(part, offset);
    offset += part.length;
  }
  return buffer.subarray(0, bytes);
}

function compressed(text: string, plainBytes: number): Compressed {
  if (scratch.length < plainBytes) scratch = Buffer.allocUnsafeSlow(plainBytes);
  const plain = scratch.subarray(0, plainBytes);
  plain.write(text);
  const deflated = deflateRawSync(plain, {
    level: LEVEL,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: Math.max(MIN_CHUNK_BYTES, Math.ceil(plainBytes * USUAL_RATIO)),
  });
  // A copy, as zlib returns a slice of what it may have needed.
  const exact = Buffer.allocUnsafeSlow(deflated.length);
  deflated.copy(exact);
  return { deflated: exact, crc: crc32(plain), crcShift: crc32Shift(plainBytes) };
}
