import { expect, test } from "vitest";
import { EXIT } from "../../src/app/host.ts";
import { runCommand, startAccount } from "./run-command.ts";

const TOTAL_LIMIT = 2000;
const CONFIG = `
poll: {rate_limit: 1000}
sessions: {per_session: {total_limit: ${TOTAL_LIMIT}}}
`;
const WORKGROUPS = Array.from({ length: 30 }, (_, index) => `team-${index}`);

test("once gives the series of total_limit to the most urgent sessions of all workgroups, whichever is polled last", async () => {
  const atMs = Date.now() - 60_000;
  const workgroups = WORKGROUPS.map((name) => ({
    name,
    engine: "PySpark engine version 3",
    sessions: Array.from({ length: 100 }, (_, index) =>
      index === 0
        ? { id: `broken in ${name}`, state: "DEGRADED" as const, atMs }
        : { state: "IDLE" as const, atMs },
    ),
  }));
  const simulator = await startAccount(workgroups);
  let stdout = "";
  try {
    const result = await runCommand(simulator, ["once"], {}, CONFIG);
    expect(result.exitCode).toBe(EXIT.done);
    ({ stdout } = result);
  } finally {
    await simulator.close();
  }
  const shown = [...stdout.matchAll(/^athena_session_info\{.*session_id="([^"]*)"/gm)].map(
    ([, id = ""]) => id,
  );
  expect(shown.filter((id) => id.startsWith("broken")).sort()).toEqual(
    WORKGROUPS.map((name) => `broken in ${name}`).sort(),
  );
  expect(shown).toHaveLength(TOTAL_LIMIT);
});
