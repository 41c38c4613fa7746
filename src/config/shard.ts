import { quoted } from "./problem.ts";
import { wholeNumber, type ValueKind } from "./value-kind.ts";

/** Which part of the workgroups this process polls, of how many. */
export interface Shard {
  /** From 0. */
  readonly ordinal: number;
  readonly total: number;
}

/** The only one: it polls everything. */
export const WHOLE: Shard = { ordinal: 0, total: 1 };

const MAX_SHARDS = 1_000;
const number = wholeNumber(0, MAX_SHARDS - 1);

export const shardTotal: ValueKind<number> = wholeNumber(1, MAX_SHARDS);

/** A number from 0, or the word `pod`. */
export const shardOrdinal: ValueKind<number | "pod"> = {
  expected: `${number.expected}, or "pod"`,
  parse: (text) => (text === "pod" ? text : number.parse(text)),
};

/**
 * The shard that the flags mean; `pod` stands for the digits at the end of the host's name, as Kubernetes gives it to the pods
 * of a StatefulSet. A text tells what is wrong.
 */
export function readShard(ordinal: number | "pod", total: number, hostName: string): Shard | string {
  const [name = ""] = hostName.split(".");
  const digits = ordinal === "pod" ? /\d{1,9}$/.exec(name)?.[0] : ordinal;
  if (digits === undefined) {
    return `"pod" takes the digits at the end of the host's name, and ${quoted(name)} has none; run it in a StatefulSet, or give the number`;
  }
  const value = Number(digits);
  if (value < total) return { ordinal: value, total };
  const source = ordinal === "pod" ? `, from the host's name ${quoted(name)}` : "";
  return `expected a number below --shard.total, which is ${total}, got ${value}${source}; the first shard is 0`;
}
