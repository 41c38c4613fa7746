import * as fc from "fast-check";
import { crc32, gunzipSync, inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { combineCrc32, crc32Shift } from "../../src/exposition/crc32.ts";
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

test("segments become one gzip member that zlib accepts, whatever they contain", () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const member = gzipMember(parts.map((plain) => new Segment(Buffer.from(plain))));
      const plain = Buffer.concat(parts);
      expect(gunzipSync(member).equals(plain)).toBe(true);
      // gunzipSync would read several members, this reads the first.
      expect(inflateRawSync(member.subarray(GZIP_HEADER_BYTES)).equals(plain)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a segment gives back its text, compressed or not", () => {
  fc.assert(
    fc.property(part, (text) => {
      const segment = new Segment(Buffer.from(text));
      const before = segment.plain().equals(text);
      segment.compress();
      expect([before, segment.plain().equals(text), segment.plainBytes]).toEqual([true, true, text.length]);
    }),
  );
});
