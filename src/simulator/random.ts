/** Gives the next number of a repeatable sequence, in [0, 1). */
export type Random = () => number;

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A sequence that depends on `parts` alone: mulberry32, seeded by an FNV-1a hash of them. */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  let state = hash(parts.join("\u0000"));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number spread evenly over the range, both ends included. */
export function wholeBetween(random: Random, range: Range): number {
  return Math.floor(range.min + random() * (range.max - range.min + 1));
}

/** The waiting time until the next event of a Poisson process, in whole milliseconds. */
export function waitingMs(random: Random, eventsPerHour: number): number {
  return Math.round((-Math.log(1 - random()) * 3_600_000) / eventsPerHour);
}

export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

/** A version 4 UUID, the form of Athena's session and request ids. */
export function uuid(random: Random): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
  digits[12] = "4";
  digits[16] = "89ab".charAt(Math.floor(random() * 4));
  const text = digits.join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    "-",
  );
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
