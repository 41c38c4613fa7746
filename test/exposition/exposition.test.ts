import parse from "parse-prometheus-text-format";
import { spawnSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { gaugesText } from "../../src/exposition/body-segments.ts";
import type { Body } from "../../src/exposition/body-memory.ts";
import { type Encoding, Exposition } from "../../src/exposition/exposition.ts";
import { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import type { Format } from "../../src/metrics/text.ts";
import { WorkgroupRenderer } from "../../src/metrics/workgroup-renderer.ts";
import { WorkgroupSegments } from "../../src/exposition/workgroup-segments.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/workgroup-lines.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { VirtualClock } from "../poll/virtual-clock.ts";
import { accountView, sessionRow, snapshot, workgroupView } from "../metrics/views.ts";

/** An exposition with an injected clock, workgroups that tests change, and the number of times that other metrics were read. */
class Harness {
  readonly clock = new VirtualClock();
  readonly workgroups = new WorkgroupSegments(WORKGROUP_FAMILIES, this.clock);
  readonly delaysMs: number[] = [];
  /** Runs while other metrics are read. */
  reading = async (): Promise<void> => undefined;
  builds = 0;
  readonly #renderer = new WorkgroupRenderer(this.workgroups, ["description"], this.clock);
  readonly #exposition = new Exposition(
    this.workgroups,
    {
      text: (format) => this.#others(format),
      recordExpositionDelay: (delayMs) => this.delaysMs.push(delayMs),
    },
    this.clock,
  );

  /** A poll of a workgroup. */
  change(workgroup: string, expiresAtMs = Infinity, change: Partial<WorkgroupView> = {}): void {
    this.#renderer.changed(workgroup, workgroupView({ workgroup, ...change }), expiresAtMs);
    this.#renderer.render();
  }

  remove(workgroup: string): void {
    this.#renderer.removed(workgroup);
  }

  async scrape(format: Format = "text", encoding: Encoding = "gzip"): Promise<Body> {
    return this.#exposition.body(format, encoding);
  }

  async body(format: Format = "text", encoding: Encoding = "gzip"): Promise<Buffer> {
    const { pieces, bytes, release } = await this.scrape(format, encoding);
    const body = Buffer.concat([...pieces]);
    expect(body.length).toBe(bytes);
    release?.();
    return body;
  }

  async text(format: Format = "text", encoding: Encoding = "gzip"): Promise<string> {
    const body = await this.body(format, encoding);
    return (encoding === "gzip" ? gunzipSync(body) : body).toString();
  }

  async #others(format: Format): Promise<string> {
    await this.reading();
    this.builds += 1;
    this.#renderer.render();
    return `own_build{format="${format}"} ${this.builds}\n`;
  }
}

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
  harness.change("etl");
});

describe("a body", () => {
  test("contains each family once, contiguous and with its header, and then the other metrics", async () => {
    harness.change("b");
    const text = await harness.text();
    expect(text.match(/^# TYPE athena_workgroup_up gauge$/gm)).toHaveLength(1);
    expect(text).toMatch(/^athena_workgroup_up\{.*"etl"\} 1\nathena_workgroup_up\{.*"b"\} 1\n#/m);
    expect(text.endsWith('own_build{format="text"} 1\n')).toBe(true);
  });

  test("in OpenMetrics ends with EOF and has the same samples", async () => {
    const samples = (text: string) => text.split("\n").filter((line) => line.startsWith("athena_"));
    const openmetrics = await harness.text("openmetrics");
    expect(openmetrics.endsWith("\n# EOF\n")).toBe(true);
    expect(openmetrics).toContain("# TYPE athena_sessions_started counter\n");
    expect(samples(openmetrics)).toEqual(samples(await harness.text("text")));
  });

  test("omits the headers of families without samples", async () => {
    expect(await harness.text()).toContain("# TYPE athena_workgroup_up gauge");
    harness.remove("etl");
    await harness.clock.advance(100);
    expect(await harness.text()).not.toContain("athena_workgroup");
  });

  test("is the same with and without gzip", async () => {
    harness.change("b", Infinity, { accountName: "Zoë 😀" });
    const gzip = await harness.text();
    harness.builds = 0;
    expect(await harness.text("text", "identity")).toBe(gzip);
  });

  test("has no duplicate series, according to an independent parser", async () => {
    const rows = [sessionRow(), sessionRow({ id: "s-2", description: 'a"b\\c\nd' })];
    const metrics = new ExporterMetrics({ version: "1", revision: "2", nodeVersion: "3" }, () => undefined);
    metrics.addAccountRegion("key", accountView(), ["ListSessions"]);
    harness.change("b", Infinity, { snapshot: snapshot({ rows }) });
    const families = parse((await harness.text()) + (await metrics.text("text")));
    const series = families.flatMap(({ name, metrics }) =>
      metrics.map(({ labels }) => `${name} ${JSON.stringify(labels)}`),
    );
    expect(series.length).toBeGreaterThan(100);
    expect(new Set(series).size).toBe(series.length);
  });

  test("with gzip is read whole by the gzip program, which checks its length and CRC", async () => {
    for (let index = 0; index < 200; index += 1) harness.change(`workgroup-${index}`);
    const wanted = await harness.text();
    const input = await harness.body();
    const { stdout, status } = spawnSync("gzip", ["-dc"], { input, maxBuffer: 100_000_000 });
    expect([status, stdout.toString() === wanted]).toEqual([0, true]);
  });
});

describe("the memory of a body", () => {
  /** Of a body that is built now, and read until it is released. */
  async function scrapeAnew(): Promise<Body> {
    harness.change("etl");
    await harness.clock.advance(100);
    return harness.scrape();
  }

  const memoryOf = ({ pieces }: Body) => [...pieces][0]?.buffer;
  const textOf = ({ pieces }: Body) => gunzipSync(Buffer.concat([...pieces])).toString();

  test("stays as it is while somebody reads it, whatever is built meanwhile", async () => {
    const bodies = [await harness.scrape(), await harness.scrape()];
    const [first, second] = bodies.map(textOf);
    bodies[0]?.release?.();
    bodies[0]?.release?.();
    for (let scrape = 0; scrape < 5; scrape += 1) (await scrapeAnew()).release?.();
    expect([first, second]).toEqual(bodies.map(textOf));
  });

  test("is used again for a later body once nobody reads it", async () => {
    const memories = new Set<unknown>();
    for (let scrape = 0; scrape < 10; scrape += 1) {
      const bodies = await Promise.all([scrapeAnew(), harness.scrape()]);
      for (const body of bodies) {
        memories.add(memoryOf(body));
        body.release?.();
      }
    }
    expect(memories.size).toBeLessThanOrEqual(3);
  });
});

test("a body without gzip stays as it is while it is sent, whatever is polled and scraped meanwhile", async () => {
  const [wanted, { pieces }] = [
    await harness.text("text", "identity"),
    await harness.scrape("text", "identity"),
  ];
  const sent: Buffer[] = [];
  for (const piece of pieces) {
    sent.push(piece);
    for (let polls = 2; polls < 5; polls += 1) {
      harness.change("etl", Infinity, { polls: polls + sent.length });
      await harness.clock.advance(50);
      await harness.body();
    }
  }
  const others = /^own_build.*$/m;
  expect(Buffer.concat(sent).toString().replace(others, "")).toBe(wanted.replace(others, ""));
});

describe("gauges derived from sessions", () => {
  test("are removed once they are stale, without another poll; counters, up and the last success remain", async () => {
    harness.change("old", 500);
    harness.change("fresh", 9000);
    await harness.clock.advance(499);
    expect(await harness.text()).toContain(
      'athena_sessions{aws_account_id="123456789012",aws_region="eu-west-1",workgroup="old"',
    );
    await harness.clock.advance(1);
    expect(await harness.text("text", "identity")).not.toMatch(/^athena_sessions\{.*"old"/m);
    await harness.clock.advance(99);
    const text = await harness.text();
    const left = text.split("\n").filter((line) => line.includes('"old"'));
    expect(left.some((line) => line.startsWith("athena_sessions{"))).toBe(false);
    expect(left.some((line) => line.startsWith("athena_session_info{"))).toBe(false);
    for (const kept of [
      "athena_workgroup_up",
      "athena_sessions_started_total",
      "athena_workgroup_last_success",
    ]) {
      expect(left.some((line) => line.startsWith(kept))).toBe(true);
    }
    expect(text).toContain('workgroup="fresh",state="IDLE"');
  });
});

describe("a scrape", () => {
  test("within a second gets the same body while nothing changes", async () => {
    await harness.text();
    await harness.clock.advance(999);
    await harness.text();
    expect(harness.builds).toBe(1);
    await harness.clock.advance(1);
    await harness.text();
    expect(harness.builds).toBe(2);
  });

  test("lacks no text that arrived 50 ms ago or earlier", async () => {
    await harness.text();
    harness.change("new");
    await harness.clock.advance(49);
    expect(await harness.text()).not.toContain('"new"');
    await harness.clock.advance(1);
    expect(await harness.text()).toContain('"new"');
  });

  test("contains a poll that ends while the body is prepared, or is built anew 50 ms later", async () => {
    harness.reading = async () => harness.change("first");
    expect(await harness.text()).toContain('"first"');
    harness.reading = async () => undefined;
    harness.change("second");
    await harness.clock.advance(100);
    expect(await harness.text()).toContain('"second"');
  });

  test("gets a body of its format", async () => {
    await harness.text("text");
    expect(await harness.text("openmetrics")).toContain('own_build{format="openmetrics"} 2');
    expect(await harness.text("text")).toContain('own_build{format="text"} 1');
  });

  test("shares the build with others that come at the same time", async () => {
    await Promise.all(Array.from({ length: 20 }, () => harness.text()));
    expect(harness.builds).toBe(1);
  });

  test("fails where the build fails, and the next one does not", async () => {
    harness.reading = () => Promise.reject(new Error("no metrics"));
    await expect(harness.text()).rejects.toThrow("no metrics");
    harness.reading = async () => undefined;
    expect(await harness.text()).toContain("athena_workgroup_up");
  });

  test("records how long samples of polls have waited at most: the build, or the age of an outdated body", async () => {
    harness.reading = () => harness.clock.advance(7);
    await harness.text();
    await harness.clock.advance(40);
    await harness.text();
    harness.change("new");
    await harness.text();
    await harness.text("text", "identity");
    expect(harness.delaysMs).toEqual([7, 0, 40, 7]);
  });
});

test("a process that polls once exposes only gauges", () => {
  const text = gaugesText(harness.workgroups);
  expect(text).toContain("athena_sessions{");
  expect(text).not.toContain("_total");
});
