import { setImmediate as nextTurn } from "node:timers/promises";
import { configurationText, effective } from "./effective-settings.ts";
import { cleaned, Exporter } from "./exporter.ts";
import { ExpositionReader } from "./exposition-reader.ts";
import type { ReloadItem, RestartItem, Settings, World } from "./history.ts";
import { itemsOf, Model } from "./model.ts";
import { rateLimitWaitMs, type Violation } from "./oracle-context.ts";
import { Oracle } from "./oracle.ts";
import { Random } from "./random.ts";
import { RequestOracle } from "./request-oracle.ts";
import { VirtualClock } from "./virtual-clock.ts";

const MINUTE_MS = 60_000;
/** Reconciliation listings ask for four states in turn, at every eighth poll. */
const POLLS_PER_CYCLE = 4 * 8 + 4;
/** The exporter catches up within so long, however low the rate limit is, or never. */
const LONGEST_REST_MS = 96 * 3_600_000;
/** By then every shard has discovered what there is. */
const LONGEST_DISCOVERY_MS = 2 * 3_600_000;

export interface WorldResult {
  /** In the order of time; empty where everything held. */
  readonly violations: readonly Violation[];
  /** Virtual time that passed. */
  readonly elapsedMs: number;
  /** Requests that the exporters sent. */
  readonly requests: number;
}

/** The process' own metrics are collected more seldom than the others: that takes longer, and they change with each request. */
const OWN_METRICS_EVERY_MS = 6 * 3_600_000;

interface Instance {
  readonly exporter: Exporter;
  readonly oracle: Oracle;
  readonly requests: RequestOracle;
}

/** Thrown to end a world at its first violation. */
class WorldEnded extends Error {}

/** Runs a world from its beginning until the exporter has caught up with it, or to the first violation. */
export async function runWorld(world: World): Promise<WorldResult> {
  const run = new WorldRun(world);
  try {
    await run.run();
  } catch (error) {
    if (!(error instanceof WorldEnded))
      run.fail("exception", error instanceof Error ? String(error.stack) : String(error));
  } finally {
    run.end();
  }
  await nextTurn();
  return { violations: run.violations, elapsedMs: run.clock.monotonicMs(), requests: run.requests };
}

class WorldRun {
  readonly violations: Violation[] = [];
  readonly clock: VirtualClock;
  readonly #world: World;
  readonly #model: Model;
  #settings: Settings;
  #isFileThere = true;
  #reloadedMs = 0;
  #instances: Instance[] = [];
  #starts = 0;
  requests = 0;

  constructor(world: World) {
    this.#world = world;
    this.#model = new Model(world, cleaned);
    this.clock = new VirtualClock((nowMs) => this.#model.wallClock.at(nowMs));
    this.#settings = world.settings;
  }

  async run(): Promise<void> {
    const { durationMs, shards, items } = this.#world;
    const reloads = itemsOf(items, "reload").map((reload) => ({
      atMs: reload.atMs,
      act: () => this.#reload(reload),
    }));
    const restarts = itemsOf(items, "restart").map((restart) => ({
      atMs: restart.atMs,
      act: () => this.#restart(restart),
    }));
    const actions = [...reloads, ...restarts].sort((a, b) => a.atMs - b.atMs);
    await this.#start(shards);
    let nextMs = MINUTE_MS;
    for (const { atMs, act } of [...actions, { atMs: durationMs, act: async () => {} }]) {
      for (; nextMs <= atMs; nextMs += MINUTE_MS) await this.#scrapeAt(nextMs);
      await this.clock.runUntil(Math.max(atMs, this.clock.monotonicMs()));
      await act();
      while (nextMs <= this.clock.monotonicMs()) nextMs += MINUTE_MS;
    }
    await this.#rest(nextMs);
    for (const { oracle, exporter, requests } of this.#instances) {
      oracle.checkComplete();
      await this.#checkOwnMetrics(exporter, requests);
      for (const format of ["text", "openmetrics"] as const)
        this.#checkBody(await exporter.body(format), format);
    }
  }

  readonly #report = (rule: string, message: string): void => this.fail(rule, message);

  /** Promise: each workgroup is polled by one of the shards. */
  #checkShards(nowMs: number): void {
    const seen = new Set<string>();
    for (const { oracle } of this.#instances) {
      for (const { account, region, workgroup } of oracle.exposed()) {
        const key = `${account} ${region} ${workgroup}`;
        if (seen.has(key)) this.fail("shards", `${key} is polled by two shards at ${nowMs} ms`);
        seen.add(key);
      }
    }
    if (nowMs <= this.#world.durationMs + LONGEST_DISCOVERY_MS) return;
    for (const { item } of this.#model.workgroups) {
      const [place] = this.#instances.flatMap(({ oracle }) => oracle.expected(item));
      if (place !== undefined && !seen.has(place)) this.fail("shards", `${place} is polled by no shard`);
    }
  }

  /** Promise: what a reload removes is not asked for any more. */
  #checkRemoved(nowMs: number): void {
    const settings = effective(this.#settings);
    const roles = new Set(settings.accounts.flatMap(({ role }) => role ?? []));
    // A call that waits for the rate limit keeps the role that it began with.
    const waitMs = rateLimitWaitMs({ settings, shards: this.#instances.length });
    for (const [role, atMs] of this.#model.lastRequestMs) {
      if (roles.has(role) || atMs <= this.#reloadedMs + settings.deadlineMs + waitMs) continue;
      this.fail("removed", `${role} was used at ${atMs} ms of ${nowMs} ms, though it is not configured`);
    }
  }

  async #checkOwnMetrics(exporter: Exporter, requests: RequestOracle): Promise<void> {
    // Where the own account becomes another, its counters start anew.
    const isRotated = this.#model.rotations.length > 0;
    requests.checkOwnMetrics(await exporter.ownText(), isRotated ? () => {} : this.#report);
  }

  /** Promise: both formats are complete, and OpenMetrics ends with its mark. */
  #checkBody(body: string, format: "text" | "openmetrics"): void {
    const isMarked = body.endsWith("# EOF\n");
    if (isMarked !== (format === "openmetrics"))
      this.fail("format", `the body of ${format} ends with ${body.slice(-20)}`);
    const reader = new ExpositionReader();
    if (format === "text") reader.read(body);
    for (const problem of reader.problems) this.fail("format", problem);
    for (const name of [
      "athena_workgroup_up",
      "athena_account_up",
      "athena_exporter_api_requests_total",
      "process_cpu_seconds_total",
    ]) {
      const isThere = body.includes(`\n${name}`) || body.startsWith(name);
      const isExpected =
        name !== "athena_workgroup_up" || this.#instances.some(({ oracle }) => oracle.exposed().length > 0);
      if (!isThere && isExpected && this.#instances.length === 1)
        this.fail("format", `${name} is missing in the body of ${format}`);
    }
  }

  fail(rule: string, message: string): void {
    this.violations.push({ rule, message, atMs: this.clock.monotonicMs() });
  }

  end(): void {
    for (const { exporter } of this.#instances) exporter.stop();
    this.#instances = [];
  }

  /** Nothing happens any more, until each workgroup has been polled often enough to know all. */
  async #rest(fromMs: number): Promise<void> {
    const { durationMs } = this.#world;
    let nextMs = fromMs;
    // Discovery has to settle first: a workgroup that appears late needs its polls, too.
    const settledMs = durationMs + 2 * effective(this.#settings).discoveryIntervalMs + 10 * MINUTE_MS;
    const wanted = new Map<unknown, number>();
    for (; nextMs <= durationMs + LONGEST_REST_MS; nextMs += MINUTE_MS) {
      await this.#scrapeAt(nextMs);
      if (nextMs < settledMs) continue;
      const isRested = this.#instances.every(({ oracle }) =>
        oracle.exposed().every((place) => {
          const successes = oracle.successes(place);
          const goal = wanted.get(place) ?? successes + POLLS_PER_CYCLE;
          wanted.set(place, goal);
          const isPolled =
            this.#model.workgroupAt(place.account, place.region, place.workgroup, nextMs)?.item.isSpark ===
            true;
          return successes >= goal || !isPolled;
        }),
      );
      if (isRested) return;
    }
    this.fail("freshness", "the exporter did not come to rest within four days");
  }

  async #scrapeAt(nowMs: number): Promise<void> {
    await this.clock.runUntil(nowMs);
    for (const { exporter, oracle, requests } of this.#instances) {
      oracle.scrape(exporter.boardText(), nowMs);
      requests.checkRate(nowMs, this.#report);
      if (nowMs % OWN_METRICS_EVERY_MS === 0) await this.#checkOwnMetrics(exporter, requests);
    }
    if (this.#instances.length > 1) this.#checkShards(nowMs);
    this.#checkRemoved(nowMs);
    if (this.violations.length > 0) throw new WorldEnded();
  }

  async #start(shards: number): Promise<void> {
    for (let ordinal = 0; ordinal < shards; ordinal += 1) {
      const oracle = new Oracle({
        model: this.#model,
        startedMs: this.clock.monotonicMs(),
        shards,
        settings: effective(this.#settings),
        violated: (violation) => this.violations.push(violation),
      });
      const requests = new RequestOracle(this.#settings, shards, this.clock.monotonicMs());
      this.#starts += 1;
      const exporter = await Exporter.start({
        model: this.#model,
        clock: this.clock,
        random: new Random(this.#world.seed).fork(`start ${this.#starts}`),
        shard: { ordinal, total: shards },
        readText: () => (this.#isFileThere ? configurationText(this.#settings) : undefined),
        sent: (operation, account, region) => requests.send(operation, account, region),
        attempted: (attempt, account, region) => {
          this.requests += 1;
          requests.count(attempt, account, region);
        },
      });
      this.#instances.push({ exporter, oracle, requests });
    }
  }

  async #restart({ atMs, downMs, shards }: RestartItem): Promise<void> {
    this.end();
    await this.clock.runUntil(Math.max(this.clock.monotonicMs(), atMs + downMs));
    await this.#start(shards);
  }

  async #reload({ change, patch }: ReloadItem): Promise<void> {
    this.#isFileThere = change !== "invalid";
    this.#settings = { ...this.#settings, ...patch };
    for (const { exporter, oracle, requests } of this.#instances) {
      const problems = await exporter.reload();
      const isRefused = problems.length > 0;
      if (isRefused !== (change === "invalid")) this.fail("reload", `${change}: ${problems.join("; ")}`);
      if (!isRefused) requests.reloaded(this.#settings);
      oracle.reloaded(isRefused ? undefined : effective(this.#settings), this.clock.monotonicMs());
    }
    this.#isFileThere = true;
    this.#reloadedMs = this.clock.monotonicMs();
  }
}
