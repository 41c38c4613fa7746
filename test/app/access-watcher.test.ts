import { pino } from "pino";
import { expect, test } from "vitest";
import { AccessWatcher } from "../../src/app/access-watcher.ts";
import { systemClock } from "../../src/clock.ts";
import type { AccessConfig } from "../../src/config/web/access-config.ts";

const hashOf = (letter: string): string => `$2y$10$${letter.repeat(53)}`;
const users = (letter: string): string => `basic_auth_users:\n  alice: ${hashOf(letter)}\n`;

/** A watcher of one file that tests change, with what it applied and logged. */
function watch(apply: (access: AccessConfig) => string | undefined = () => undefined) {
  const state = { text: users("a") };
  const applied: string[] = [];
  const logged: string[] = [];
  const watcher = new AccessWatcher({
    file: "web.yml",
    readFile: async () => state.text,
    clock: systemClock,
    logger: pino(
      { base: null, timestamp: false },
      {
        write(line) {
          const { level, problems = [] } = JSON.parse(line) as { level: number; problems?: string[] };
          logged.push([level, ...problems].join(" "));
        },
      },
    ),
    signal: new AbortController().signal,
    async apply(access) {
      const problem = apply(access);
      if (problem === undefined) applied.push(access.users.get("alice") ?? "nobody");
      return problem;
    },
  });
  return { state, applied, logged, watcher };
}

test("a changed file is applied once, with a log line", async () => {
  const { state, applied, logged, watcher } = watch();
  await watcher.check();
  await watcher.check();
  expect([applied, logged]).toEqual([[hashOf("a")], []]);
  state.text = users("b");
  await watcher.check();
  await watcher.check();
  expect([applied, logged]).toEqual([[hashOf("a"), hashOf("b")], ["30"]]);
});

test("a file that stays wrong changes nothing, and is logged once", async () => {
  const { state, applied, logged, watcher } = watch();
  await watcher.check();
  state.text = "basic_auth_users: {alice: x}\n";
  for (let check = 0; check < 5; check += 1) await watcher.check();
  expect(applied).toEqual([hashOf("a")]);
  expect(logged).toEqual([
    expect.stringMatching(/^50 web.yml:1:27: basic_auth_users.alice: expected a hash/),
  ]);
  state.text = users("c");
  await watcher.check();
  expect(applied).toEqual([hashOf("a"), hashOf("c")]);
  state.text = "x";
  await watcher.check();
  await watcher.check();
  expect(logged).toHaveLength(3);
});

test("a file that is wrong only while it is being replaced is not logged", async () => {
  const { state, applied, logged, watcher } = watch();
  await watcher.check();
  state.text = users("b").slice(0, 40);
  await watcher.check();
  state.text = users("b");
  await watcher.check();
  expect(applied).toEqual([hashOf("a"), hashOf("b")]);
  expect(logged).toEqual(["30"]);
});

test("a change that needs a restart is logged once and not applied", async () => {
  const { state, applied, logged, watcher } = watch((access) =>
    access.users.get("alice") === hashOf("b") ? "needs a restart" : undefined,
  );
  await watcher.check();
  state.text = users("b");
  for (let check = 0; check < 4; check += 1) await watcher.check();
  expect(applied).toEqual([hashOf("a")]);
  expect(logged).toEqual(["50 needs a restart"]);
});
