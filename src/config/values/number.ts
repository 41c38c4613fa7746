import { z } from "zod";
import { formatDuration, parseDuration } from "../../duration.ts";
import { describeInput, mismatch } from "../problem.ts";
import { FLAG_TRAITS, textValue, type ValueProblem } from "./value.ts";

/** A whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  return numberBetween("a whole number", min, max, Number.isInteger);
}

/** A number between two bounds, both included. */
export function decimalNumber(min: number, max: number): z.ZodType<number> {
  return numberBetween("a number", min, max, Number.isFinite);
}

function numberBetween(what: string, min: number, max: number, isRight: (value: number) => boolean) {
  const error = ({ input }: { input?: unknown }) =>
    mismatch(`${what} from ${min} to ${max}`, describeInput(input));
  return z
    .number({ error })
    .refine((value) => isRight(value) && value >= min && value <= max, { error })
    .register(FLAG_TRAITS, {
      placeholder: "NUMBER",
      fromText: (text) => (/^\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text),
    });
}

/** A duration between two bounds, both included, in milliseconds. */
export function duration(minMs: number, maxMs: number): z.ZodType<number> {
  return durationWhere("a duration", minMs, maxMs, () => true);
}

/** A duration of whole seconds, in milliseconds. */
export function wholeSeconds(minMs: number, maxMs: number): z.ZodType<number> {
  return durationWhere("a duration of whole seconds", minMs, maxMs, (valueMs) => valueMs % 1_000 === 0);
}

function durationWhere(what: string, minMs: number, maxMs: number, isRight: (valueMs: number) => boolean) {
  return textValue({
    expected: `${what} from ${formatDuration(minMs)} to ${formatDuration(maxMs)}, such as 90s or 1h30m`,
    placeholder: "DURATION",
    parse(text) {
      const valueMs = parseDuration(text) ?? Number.NaN;
      return valueMs >= minMs && valueMs <= maxMs && isRight(valueMs) ? valueMs : undefined;
    },
    hint: (text) => (/^\d{1,12}$/.test(text) ? `write a unit, such as ${text}s or ${text}m` : undefined),
  });
}

/** The check of a list of durations in which each is longer than the one before. */
export function findUnordered(durationsMs: readonly (number | undefined)[]): ValueProblem[] {
  let longestMs = 0;
  return durationsMs.flatMap((durationMs = Number.NaN, index) => {
    const beforeMs = longestMs;
    longestMs = Number.isNaN(durationMs) ? longestMs : durationMs;
    const got = `${formatDuration(durationMs)} after ${formatDuration(beforeMs)}`;
    return durationMs <= beforeMs
      ? [{ path: [index], message: mismatch("each longer than the one before", got) }]
      : [];
  });
}
