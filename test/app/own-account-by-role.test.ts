import { expect, test } from "vitest";
import { configOf } from "./config.ts";
import { ACCOUNT_ID } from "./fake-aws.ts";
import { startVirtual } from "./virtual-exporter.ts";

const OWN = { workgroups: ["etl"] };
const BY_ROLE = { roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/exporter`, workgroups: ["etl"] };

/** Samples that are on more than one line. */
function repeated(lines: readonly string[]): string[] {
  const samples = lines.filter((line) => line.startsWith("athena_")).map((line) => line.split(" ")[0] ?? "");
  return samples.filter((sample, index) => samples.indexOf(sample) !== index);
}

test("a reload that adds a role of the process' own account never exposes a series twice", async () => {
  const exporter = startVirtual({ configured: [OWN], poll: { intervalMs: 60_000 } }, (aws) =>
    aws.addWorkgroup("etl"),
  );
  const { manager, aws, clock } = exporter;
  await exporter.advanceUntil("ready", () => manager.board.isReady());
  // AWS tells the own account only after the first poll by the role.
  aws.fault({ operation: "GetCallerIdentity" }, "hang");
  await exporter.reload(configOf({ configured: [OWN, BY_ROLE], poll: { intervalMs: 60_000 } }));
  expect(repeated(exporter.boardLines())).toEqual([]);
  expect(manager.board.accountRegions().filter(({ duplicateOf }) => duplicateOf !== undefined)).toHaveLength(
    1,
  );
  await exporter.advanceUntil("polled by the role", () => exporter.pollsOf("etl").length >= 2);
  expect(repeated(exporter.boardLines())).toEqual([]);
  expect(manager.board.workgroups()).toHaveLength(1);
  await clock.advance(30_000);
  expect(exporter.boardLines().filter((line) => line.startsWith("athena_workgroup_up{"))).toHaveLength(1);
});
