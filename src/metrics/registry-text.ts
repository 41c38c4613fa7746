import type { Metric, Registry } from "prom-client";
import {
  type FamilyHeader,
  familyHeader,
  type Format,
  formatBound,
  labelPairs,
  type MetricType,
  sampleLine,
} from "./text.ts";

type Collected = Awaited<ReturnType<Metric["get"]>>;
type CollectedValue = Collected["values"][number] & { readonly metricName?: string };

/**
 * A prom-client registry as exposition, without an ending. Each metric is collected by itself: Registry.metrics()
 * fails as a whole when one of them does. Those that fail are left out and passed to `onError`.
 */
export async function collectRegistry(
  registry: Registry,
  format: Format,
  onError: (error: unknown, metric: string) => void,
): Promise<string> {
  const families = registry.getMetricsAsArray().map(async ({ name }) => {
    try {
      const collected = await registry.getSingleMetric(name)?.get();
      return collected === undefined ? "" : familyText(collected, format);
    } catch (error) {
      onError(error, name);
      return "";
    }
  });
  return (await Promise.all(families)).join("");
}

function familyText(collected: Collected, format: Format): string {
  // The event loop's lag is NaN until it has been measured, and no sample shall be.
  const values = collected.values.filter(({ value }) => !Number.isNaN(value));
  if (values.length === 0) return "";
  const header: FamilyHeader = {
    name: collected.name,
    help: collected.help,
    // prom-client's declarations say that this is an enum's number; it is a word.
    type: String(collected.type) as MetricType,
  };
  const lines = values.map((value) => valueLine(collected.name, value, format));
  return familyHeader(header, format) + lines.join("");
}

function valueLine(name: string, value: CollectedValue, format: Format): string {
  const labels = Object.entries(value.labels).map(([label, text]) => [label, labelText(text, format, label)]);
  return sampleLine(value.metricName ?? name, labelPairs(Object.fromEntries(labels)), value.value);
}

function labelText(value: string | number | undefined, format: Format, label: string): string {
  return label === "le" && typeof value === "number" ? formatBound(value, format) : String(value ?? "");
}
