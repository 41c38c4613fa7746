import { createHash } from "node:crypto";

/** Returns the next number of a repeatable pseudo-random sequence, in [0, 1). */
export type Random = () => number;

/** A range of integers, both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A sequence that depends on `parts` alone. It is sfc32, whose 128-bit state keeps the ids of sessions distinct. */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

/** A uniformly distributed integer of the range. */
export function randomInteger(random: Random, range: Range): number {
  return Math.floor(range.min + random() * (range.max - range.min + 1));
}

/** The time until the next event of a Poisson process, in whole milliseconds. */
export function randomWaitMs(random: Random, eventsPerHour: number): number {
  return Math.round((-Math.log(1 - random()) * 3_600_000) / eventsPerHour);
}

/** One of the items, each with the same probability. */
export function randomItem<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

/** A version 4 UUID, the format of Athena's session and request ids. */
export function randomUuid(random: Random): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
  digits[12] = "4";
  digits[16] = "89ab".charAt(Math.floor(random() * 4));
  const text = digits.join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    "-",
  );
}
