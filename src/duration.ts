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
  if (text === "0") return 0;
  const amounts = text === "" ? undefined : GRAMMAR.exec(text)?.slice(1);
  return amounts?.reduce(
    (totalMs, amount, index) => totalMs + Number(amount ?? 0) * (UNITS_MS[index]?.[1] ?? 0),
    0,
  );
}

/**
 * Milliseconds in their two largest units, rounded down: `1d 2h`, `5m 6s`, `45s`. Milliseconds are shown only below a second:
 * `100ms`. Years and weeks are not used; a negative duration is `0s`.
 */
export function formatDuration(durationMs: number): string {
  let restMs = Math.max(0, Math.floor(durationMs));
  if (restMs > 0 && restMs < 1_000) return `${restMs}ms`;
  const units = UNITS_MS.slice(2, -1);
  const largest = units.findIndex(([, unitMs]) => restMs >= unitMs);
  if (largest < 0) return "0s";
  const parts: string[] = [];
  for (const [unit, unitMs] of units.slice(largest, largest + 2)) {
    const amount = Math.floor(restMs / unitMs);
    restMs -= amount * unitMs;
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.join(" ");
}
