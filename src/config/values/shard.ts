import { mismatch, quoted } from "../problem.ts";
import { wholeNumber } from "./number.ts";
import { textValue } from "./value.ts";

/** Which part of the workgroups this process polls, of how many. */
export interface Shard {
  /** From 0. */
  readonly ordinal: number;
  readonly total: number;
}

/** Polls everything. */
export const SINGLE_SHARD: Shard = { ordinal: 0, total: 1 };

const MAX_SHARDS = 1_000;

/** How many shards there are. */
export const shardTotal = wholeNumber(1, MAX_SHARDS);

/** A number from 0, or the word `pod`. */
export const shardOrdinal = textValue<number | "pod">({
  expected: `a whole number from 0 to ${MAX_SHARDS - 1}, or "pod"`,
  placeholder: "NUMBER|pod",
  parse: (text) => (text === "pod" ? text : /^\d{1,3}$/.test(text) ? Number(text) : undefined),
});

/**
 * The shard that the flags mean; `pod` stands for the digits at the end of the host's name, as Kubernetes gives it to the pods
 * of a StatefulSet. A text says what is wrong.
 */
export function readShard(ordinal: number | "pod", total: number, hostName: string): Shard | string {
  const [name = ""] = hostName.split(".");
  const digits = ordinal === "pod" ? /\d{1,9}$/.exec(name)?.[0] : ordinal;
  if (digits === undefined) {
    return `"pod" takes the digits at the end of the host's name, and ${quoted(name)} has none; run it in a StatefulSet, or give the number`;
  }
  const value = Number(digits);
  if (value < total) return { ordinal: value, total };
  const origin = ordinal === "pod" ? `, from the host's name ${quoted(name)}` : "";
  return mismatch(
    `a number below --shard.total, which is ${total}`,
    `${value}${origin}`,
    "the first shard is 0",
  );
}
