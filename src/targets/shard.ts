import type { Shard } from "../config/values/shard.ts";

/** A stable hash of a text as an unsigned 32-bit integer: FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text, "utf8")) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return value >>> 0;
}

/**
 * The ordinal of the shard that polls a target, by rendezvous hashing: each shard draws a number for the target, and the highest wins.
 * One more shard takes about the same part from each and moves nothing else. https://en.wikipedia.org/wiki/Rendezvous_hashing
 * @param key made of the account's id, the region and the workgroup's name, so that every shard has the same
 */
export function shardOf(key: string, total: number): number {
  const seed = hash(key);
  let winner = 0;
  let highest = -1;
  for (let ordinal = 0; ordinal < total; ordinal += 1) {
    const drawn = mix(seed ^ mix(ordinal + 1));
    if (drawn > highest) [winner, highest] = [ordinal, drawn];
  }
  return winner;
}

/** Whether the target is this shard's. */
export function isOfShard(key: string, { ordinal, total }: Shard): boolean {
  return total === 1 || shardOf(key, total) === ordinal;
}

/** Spreads every bit over the whole unsigned 32-bit integer: MurmurHash3's finalizer, https://github.com/aappleby/smhasher */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
