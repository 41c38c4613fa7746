import { expect, test } from "vitest";
import { startVirtual } from "./virtual-exporter.ts";

test("after a reload, a discovery that goes on failing is tried again within seconds", async () => {
  const exporter = startVirtual({ poll: { intervalMs: 60_000 } }, (aws) => aws.addWorkgroup("etl"));
  const { aws, clock } = exporter;
  aws.fault({ operation: "ListWorkGroups" }, "network");
  await clock.advance(1_800_000);
  const beforeMs = clock.monotonicMs();
  await exporter.reload();
  await clock.advance(20_000);
  const triesAfter = aws.sentMs({ operation: "ListWorkGroups" }).filter((ms) => ms >= beforeMs);
  expect(triesAfter.length).toBeGreaterThanOrEqual(3);
});
