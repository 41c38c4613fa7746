import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { RULES_PATH } from "../../deploy/rules.ts";
import { ROOT } from "../../docs/markdown.ts";
import { FakeAthena } from "../../sessions/fake-athena.ts";
import { runProgram } from "../program.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type InputSeries, pollSeries } from "./polled-series.ts";

/** A week has ten thousand evaluations. */
const TEST_TIMEOUT_MS = 600_000;
const HOUR = 60;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const USERS = 20;
/** The exporter records a minute ago at most, and Prometheus evaluates once a minute. */
const DELAY_MINUTES = 2;

async function promtool(series: readonly InputSeries[], checks: readonly object[]): Promise<string> {
  const path = join(await temporaryFolder(), "simulated.test.yaml");
  const rules = fileURLToPath(new URL(RULES_PATH, ROOT));
  const tests = [{ interval: "1m", input_series: series, promql_expr_test: checks }];
  // JSON is YAML.
  await writeFile(path, JSON.stringify({ rule_files: [rules], evaluation_interval: "1m", tests }));
  const { stderr } = await runProgram("promtool", ["test", "rules", path], {
    environment: { PATH: process.env["PATH"] ?? "" },
  });
  return stderr;
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Somebody who works with notebooks from nine to six, with a lunch break, and closes the laptop in the evening. */
class NotebookUser {
  readonly #name: string;
  readonly #random: () => number;
  #id: string | undefined;
  #state: "CREATING" | "IDLE" | "BUSY" | "DEGRADED" = "IDLE";
  #minutesLeft = 0;
  #idleMinutes = 0;
  #count = 0;

  constructor(name: string, random: () => number) {
    this.#name = name;
    this.#random = random;
  }

  act(athena: FakeAthena, minute: number): void {
    if (this.#id === undefined) {
      if (this.#isWorking(minute) && this.#random() < 0.05) this.#become(athena, "CREATING", 1);
      return;
    }
    this.#minutesLeft -= 1;
    this.#idleMinutes = this.#state === "IDLE" ? this.#idleMinutes + 1 : 0;
    if (this.#idleMinutes > 20) this.#end(athena, "TERMINATED");
    else if (this.#minutesLeft <= 0) this.#next(athena, minute);
  }

  #isWorking(minute: number): boolean {
    const [day, hour] = [Math.floor(minute / DAY), (minute % DAY) / HOUR];
    return day < 5 && hour >= 9 && hour < 18 && !(hour >= 12.5 && hour < 13.5);
  }

  #next(athena: FakeAthena, minute: number): void {
    const chance = this.#random();
    if (this.#state === "CREATING" && chance < 0.03) this.#end(athena, "FAILED");
    else if (this.#state === "DEGRADED") this.#end(athena, "TERMINATED");
    else if (this.#state === "BUSY" && chance < 0.01) this.#end(athena, "FAILED");
    else if (this.#state === "BUSY" && chance < 0.012) this.#become(athena, "DEGRADED", 30);
    else if (this.#state === "IDLE") {
      if (this.#isWorking(minute)) this.#become(athena, "BUSY", 1 + this.#random() * 10);
    } else this.#become(athena, "IDLE", 1 + this.#random() * 15);
  }

  #become(athena: FakeAthena, state: "CREATING" | "IDLE" | "BUSY" | "DEGRADED", minutes: number): void {
    if (this.#id === undefined) this.#id = `${this.#name}-${(this.#count += 1)}`;
    this.#state = state;
    this.#minutesLeft = minutes;
    this.#idleMinutes = 0;
    athena.put(this.#id, state, { description: this.#name });
  }

  #end(athena: FakeAthena, state: "TERMINATED" | "FAILED"): void {
    athena.put(this.#id ?? "", state);
    this.#id = undefined;
  }
}

test(
  "a team of twenty notebook users over a week pages nobody, and no ticket is opened for what it costs",
  async () => {
    const random = randomOf(7);
    const users = Array.from({ length: USERS }, (_, index) => new NotebookUser(`user-${index}`, random));
    let most = 0;
    const series = pollSeries(new FakeAthena(), WEEK, 0, (athena, minute) => {
      for (const user of users) user.act(athena, minute);
      most = Math.max(most, [...athena.sessions.values()].filter(({ state }) => state === "BUSY").length);
    });
    expect(most).toBeGreaterThan(USERS / 3);
    const at = `${WEEK - 1}m`;
    const never = (matchers: string) => ({
      expr: `count by (alertname) (count_over_time(ALERTS{alertstate="firing",${matchers}}[1w]))`,
      eval_time: at,
      exp_samples: [],
    });
    const stderr = await promtool(series, [
      never(`severity="critical"`),
      never(`alertname!="AthenaSessionDegraded"`),
      {
        expr: "sum(athena_sessions_ended_total) > bool 150",
        eval_time: at,
        exp_samples: [{ labels: "{}", value: 1 }],
      },
    ]);
    expect(stderr).toBe("");
  },
  TEST_TIMEOUT_MS,
);

test("a job that leaks a session an hour is told of each within the threshold and two minutes", async () => {
  const leaks = 5;
  const idleSince = (leak: number) => leak * HOUR + 15;
  const series = pollSeries(new FakeAthena(), (leaks + 2) * HOUR, 100, (athena, minute) => {
    const leak = Math.floor(minute / HOUR);
    if (leak >= leaks) return;
    if (minute === leak * HOUR) athena.put(`leak-${leak}`, "BUSY", { description: "dbt" });
    if (minute === idleSince(leak)) athena.put(`leak-${leak}`, "IDLE");
  });
  const checks = Array.from({ length: leaks }, (_, leak) => {
    const expr = `count(ALERTS{alertname="AthenaSessionIdleTooLong",alertstate="firing",session_id="leak-${leak}"})`;
    const thresholdAt = idleSince(leak) + HOUR;
    return [
      { expr, eval_time: `${thresholdAt - DELAY_MINUTES}m`, exp_samples: [] },
      {
        expr,
        eval_time: `${thresholdAt + DELAY_MINUTES}m`,
        exp_samples: [{ labels: "{}", value: 1 }],
      },
    ];
  }).flat();
  expect(await promtool(series, checks)).toBe("");
});
