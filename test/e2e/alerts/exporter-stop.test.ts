import { expect, test } from "vitest";
import { startAlertStack } from "./alert-stack.ts";

const TEST_TIMEOUT_MS = 240_000;

test(
  "an exporter that stops is told, the last one as nobody watching at all, and told to be back",
  async () => {
    const { exporter, targets, webhook, startAnother } = await startAlertStack([
      { name: "etl", engine: "PySpark engine version 3" },
    ]);
    const [first, second] = targets;
    const another = await startAnother();
    second.is(another);

    exporter.program.signal("SIGTERM");
    const { annotations } = await webhook.until("firing", { alertname: "AthenaExporterDown" });
    expect(annotations["description"]).toContain(`has not been able to scrape ${new URL(first.url).host} for 5 minutes`);
    expect(webhook.last({ alertname: "AthenaExporterAbsent" })).toBeUndefined();

    another.program.signal("SIGTERM");
    await webhook.until("firing", { alertname: "AthenaExporterAbsent" });
    first.is(await startAnother());
    second.is(undefined);
    await webhook.until("resolved", { alertname: "AthenaExporterAbsent" });
    await webhook.until("resolved", { alertname: "AthenaExporterDown" });
  },
  TEST_TIMEOUT_MS,
);
