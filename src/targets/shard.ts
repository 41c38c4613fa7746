import type { Shard } from "../config/shard.ts";
import { hash } from "./hash.ts";

/**
 * The shard that polls a target, by rendezvous hashing: each shard draws a number for the target, and the highest wins. Another
 * shard takes from each about the same part, and moves nothing else. https://en.wikipedia.org/wiki/Rendezvous_hashing
 * @param key made of the account's id, the region and the workgroup's name: every shard must see the same
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
export function isOwn(key: string, { ordinal, total }: Shard): boolean {
  return total === 1 || shardOf(key, total) === ordinal;
}

/** Spreads every bit over the whole unsigned 32-bit integer: MurmurHash3's finalizer, https://github.com/aappleby/smhasher */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
