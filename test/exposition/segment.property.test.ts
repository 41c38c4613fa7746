import * as fc from "fast-check";
import { crc32, gunzipSync, inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { combineCrc32, crc32Shift } from "../../src/exposition/crc32.ts";
import { Chunk } from "../../src/exposition/chunk.ts";
import { ChunkRun } from "../../src/exposition/chunk-run.ts";
import { gzipMember, Segment } from "../../src/exposition/segment.ts";

const GZIP_HEADER_BYTES = 10;

/** Lengths of parts: often short, and now and then over 64 KiB, so that many bits of a length are set. */
const part = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(fc.nat({ max: 200_000 }), fc.nat({ max: 255 }))
    .map(([length, byte]) => new Uint8Array(length).fill(byte)),
);

test("the CRC of two texts in sequence follows from theirs, as zlib computes it", () => {
  fc.assert(
    fc.property(part, part, (first, second) => {
      const combined = combineCrc32(crc32(first), crc32(second), crc32Shift(second.length));
      expect(combined).toBe(crc32(Buffer.concat([first, second])));
    }),
  );
});

test("the length of a text may exceed 32 bits", () => {
  const half = crc32Shift(2 ** 32);
  expect(combineCrc32(combineCrc32(7, 0, half), 0, half)).toBe(combineCrc32(7, 0, crc32Shift(2 ** 33)));
});

/** As long as parts are, and with characters of several bytes. */
const text = fc.oneof(
  fc.string({ maxLength: 300, unit: "grapheme" }),
  fc.string({ maxLength: 20, unit: "grapheme" }).map((line) => line.repeat(5000)),
);

test("segments become one gzip member that zlib accepts, whatever they contain", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
      const member = gzipMember(texts.map((one) => Segment.of(one)));
      expect(gunzipSync(member).toString()).toBe(texts.join(""));
      // gunzipSync would read several members, this reads the first.
      expect(inflateRawSync(member.subarray(GZIP_HEADER_BYTES)).toString()).toBe(texts.join(""));
    }),
    { numRuns: 50 },
  );
});

test("a segment gives back its text, compressed or not", () => {
  fc.assert(
    fc.property(text, (one) => {
      const segment = Segment.of(one);
      const before = segment.plain().toString();
      segment.compress();
      expect([before, segment.plain().toString()]).toEqual([one, one]);
      expect(segment.plainBytes).toBe(Buffer.byteLength(one));
    }),
  );
});

/** Chunks of one workgroup and one family each, with these lines. */
function chunksOf(texts: readonly string[]): Chunk[] {
  return texts.map((lines, index) => {
    const chunk = new Chunk(1, 1);
    chunk.setLines(chunk.addSlot(String(index)), [lines], 0);
    return chunk;
  });
}

function compress(chunks: readonly Chunk[]): void {
  for (const chunk of chunks) for (const segment of chunk.takeSegments()) segment.compress();
}

const CHANGES = fc.array(
  fc.record({ at: fc.nat({ max: 15 }), text: fc.string({ maxLength: 20 }), isOpen: fc.boolean() }),
  { maxLength: 10 },
);

test("joined segments have the same text, with and without gzip, before and after changes", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 16 }), CHANGES, (texts, changes) => {
      const chunks = chunksOf(texts);
      const run = new ChunkRun(chunks);
      compress(chunks);
      run.join(0);
      for (const { at, text: lines, isOpen } of changes) {
        texts[at % texts.length] = lines;
        chunks[at % texts.length]?.setLines(0, [lines], 0);
        if (!isOpen) compress(chunks);
        run.join(0);
      }
      const segments = run.segments(0);
      expect(segments.map((segment) => segment.plain().toString()).join("")).toBe(texts.join(""));
      expect(gunzipSync(gzipMember(segments)).toString()).toBe(texts.join(""));
    }),
    { numRuns: 50 },
  );
});

test("the compressed segments of a run become one, until one of them changes", () => {
  const chunks = chunksOf(Array.from({ length: 16 }, (_, index) => `athena_sessions ${index}\n`));
  const run = new ChunkRun(chunks);
  run.join(0);
  expect(run.segments(0)).toHaveLength(16);
  compress(chunks);
  run.join(0);
  expect(run.segments(0)).toHaveLength(1);
  chunks[4]?.setLines(0, ["athena_sessions 100\n"], 0);
  expect(run.segments(0)).toHaveLength(16);
  compress(chunks);
  run.join(0);
  expect(run.segments(0)).toHaveLength(1);
});
