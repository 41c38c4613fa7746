import { expect, test } from "vitest";
import { startAlertStack } from "./alert-stack.ts";

const TEST_TIMEOUT_MS = 240_000;

test(
  "a stopped exporter fires AthenaExporterDown, the last one AthenaExporterAbsent, and both resolve when they are back",
  async () => {
    const { exporter, targets, webhook, startAnother } = await startAlertStack([
      { name: "etl", engine: "PySpark engine version 3" },
    ]);
    const [first, second] = targets;
    const another = await startAnother();
    second.setExporter(another);

    exporter.program.signal("SIGTERM");
    const { annotations } = await webhook.until("firing", { alertname: "AthenaExporterDown" });
    expect(annotations["description"]).toContain(
      `has not been able to scrape ${new URL(first.url).host} for 5 minutes`,
    );
    expect(webhook.last({ alertname: "AthenaExporterAbsent" })).toBeUndefined();

    another.program.signal("SIGTERM");
    await webhook.until("firing", { alertname: "AthenaExporterAbsent" });
    first.setExporter(await startAnother());
    second.setExporter(undefined);
    await webhook.until("resolved", { alertname: "AthenaExporterAbsent" });
    await webhook.until("resolved", { alertname: "AthenaExporterDown" });
  },
  TEST_TIMEOUT_MS,
);
