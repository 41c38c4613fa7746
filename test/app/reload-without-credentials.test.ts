import { expect, test } from "vitest";
import { configOf } from "./config.ts";
import { startVirtual } from "./virtual-exporter.ts";

test("a workgroup that a reload drops loses its series while credentials fail, and the others keep theirs", async () => {
  const exporter = startVirtual({ configured: [{ workgroups: ["etl", "reports"] }] }, (aws) => {
    aws.addWorkgroup("etl");
    aws.addWorkgroup("reports");
  });
  await exporter.advanceUntil("ready", () => exporter.manager.board.isReady());
  exporter.aws.fault({}, "credentials");
  await exporter.reload(configOf({ configured: [{ workgroups: ["etl"] }] }));
  await exporter.clock.advance(1000);
  expect(exporter.account().failure?.reason).toBe("credentials");
  expect(exporter.workgroups()).toEqual(["etl"]);
});
