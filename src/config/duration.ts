import type { ValueKind } from "./value-kind.ts";

const UNITS_MS = [
  ["y", 365 * 24 * 3_600_000],
  ["w", 7 * 24 * 3_600_000],
  ["d", 24 * 3_600_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

const GRAMMAR = new RegExp(`^${UNITS_MS.map(([unit]) => `(?:(\\d{1,12})${unit})?`).join("")}$`);

/**
 * Milliseconds of a duration in Prometheus' grammar, each unit at most once and in order: `1h30m`, `90s`, `0`.
 * Undefined for anything else. https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") {
    return 0;
  }
  const amounts = text === "" ? undefined : GRAMMAR.exec(text)?.slice(1);
  return amounts?.reduce(
    (totalMs, amount, index) => totalMs + Number(amount ?? 0) * (UNITS_MS[index]?.[1] ?? 0),
    0,
  );
}

/** The shortest text in Prometheus' grammar for whole milliseconds: `1h30m` for 5,400,000. Years and weeks are not used. */
export function formatDuration(durationMs: number): string {
  let restMs = durationMs;
  let text = "";
  for (const [unit, unitMs] of UNITS_MS.slice(2)) {
    const amount = Math.floor(restMs / unitMs);
    restMs -= amount * unitMs;
    text += amount === 0 ? "" : `${amount}${unit}`;
  }
  return text === "" ? "0" : text;
}

/** A duration between two bounds, both included, in milliseconds. */
export function duration(minMs: number, maxMs: number): ValueKind<number> {
  return {
    expected: `a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}, such as 90s or 1h30m`,
    parse(text) {
      const valueMs = parseDuration(text);
      return valueMs !== undefined && valueMs >= minMs && valueMs <= maxMs ? valueMs : undefined;
    },
    hint: (text) => (/^\d{1,12}$/.test(text) ? `write a unit, such as ${text}s or ${text}m` : undefined),
  };
}
