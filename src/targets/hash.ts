/** A stable hash of a text as an unsigned 32-bit integer: FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text, "utf8")) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return value >>> 0;
}
