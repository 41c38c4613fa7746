import parse from "parse-prometheus-text-format";
import { gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { boardText, type RenderedWorkgroup } from "../../src/metrics/board-text.ts";
import { Exposition, type ExpositionSource } from "../../src/metrics/exposition.ts";
import { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import { renderWorkgroup } from "../../src/metrics/families.ts";
import type { GzipText } from "../../src/metrics/gzip-text.ts";
import type { Format } from "../../src/metrics/text.ts";
import { accountView, sessionRow, snapshot, workgroupView } from "./views.ts";

const OPTIONS = { sessionLabels: ["description"] } as const;

function rendered(workgroup: string, sessionsExpireAtMs = Infinity): RenderedWorkgroup {
  return { lines: renderWorkgroup(workgroupView({ workgroup }), OPTIONS), sessionsExpireAtMs };
}

/** A board that tests change, time that they move, and a count of the builds. */
class Bench implements ExpositionSource {
  nowMs = 0;
  changes = 0;
  builds = 0;
  buildMs = 0;
  board: RenderedWorkgroup[] = [rendered("etl")];
  failing = false;
  readonly clock: Clock = {
    wallMs: () => this.nowMs,
    monotonicMs: () => this.nowMs,
    after: () => () => undefined,
  };
  readonly exposition = new Exposition(this, (format) => this.#own(format), this.clock);

  version(): number {
    return this.changes;
  }

  workgroups(): Iterable<RenderedWorkgroup> {
    if (this.failing) throw new Error("no board");
    return this.board;
  }

  accounts(): Iterable<ReturnType<typeof accountView>> {
    return [accountView()];
  }

  change(...board: RenderedWorkgroup[]): void {
    this.board = board;
    this.changes += 1;
  }

  async text(format: Format = "text"): Promise<string> {
    return unpack(await this.exposition.body(format));
  }

  /** Stands for the exporter's own metrics; a build takes `buildMs` of the tests' time. */
  async #own(format: Format): Promise<string> {
    this.builds += 1;
    this.nowMs += this.buildMs;
    return `own_build{format="${format}"} ${this.builds}\n`;
  }
}

function unpack(text: GzipText): string {
  const plain = gunzipSync(text.gzip);
  expect(plain.length).toBe(text.plainBytes);
  return plain.toString();
}

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

describe("a body", () => {
  test("holds each family once, contiguous, with its headers, and the exporter's own metrics", async () => {
    bench.change(rendered("a"), rendered("b"));
    const text = await bench.text();
    expect(text.match(/^# TYPE athena_workgroup_up gauge$/gm)).toHaveLength(1);
    expect(text).toMatch(/^athena_workgroup_up\{.*"a"\} 1\nathena_workgroup_up\{.*"b"\} 1\n#/m);
    expect(text).toContain("\nathena_account_up{");
    expect(text.endsWith('own_build{format="text"} 1\n')).toBe(true);
  });

  test("in OpenMetrics ends with EOF and has the same samples", async () => {
    const samples = (text: string) => text.split("\n").filter((line) => line.startsWith("athena_"));
    const openmetrics = await bench.text("openmetrics");
    expect(openmetrics.endsWith("\n# EOF\n")).toBe(true);
    expect(openmetrics).toContain("# TYPE athena_sessions_started counter\n");
    expect(samples(openmetrics)).toEqual(samples(await bench.text("text")));
  });

  test("has no header without a sample", async () => {
    bench.change();
    expect(await bench.text()).not.toContain("athena_workgroup");
  });

  test("read by another parser holds no series twice", async () => {
    const rows = [sessionRow(), sessionRow({ id: "s-2", description: 'a"b\\c\nd' })];
    const view = workgroupView({ snapshot: snapshot({ rows }) });
    const metrics = new ExporterMetrics({ version: "1", revision: "2", nodeVersion: "3" }, () => undefined);
    metrics.addRegion(accountView());
    bench.change({ lines: renderWorkgroup(view, OPTIONS), sessionsExpireAtMs: Infinity }, rendered("b"));
    const families = parse((await bench.text()) + (await metrics.text("text")));
    const series = families.flatMap(({ name, metrics }) =>
      metrics.map(({ labels }) => `${name} ${JSON.stringify(labels)}`),
    );
    expect(series.length).toBeGreaterThan(100);
    expect(new Set(series).size).toBe(series.length);
  });

  test("larger than a slice arrives whole", async () => {
    const names = Array.from({ length: 400 }, (_, index) => `workgroup-${index}`);
    bench.change(...names.map((name) => rendered(name)));
    const text = await bench.text();
    const wanted = [
      ...boardText(
        { workgroups: bench.board, accounts: [accountView()] },
        {
          format: "text",
          nowMs: 0,
        },
      ),
    ];
    expect(wanted.length).toBeGreaterThan(10);
    expect(text).toBe(`${wanted.join("")}own_build{format="text"} 1\n`);
  });
});

describe("gauges that derive from sessions", () => {
  test("go when they are too old, without a poll; counters, up and the last success stay", async () => {
    bench.change(rendered("old", 500), rendered("fresh", 9000));
    expect(await bench.text()).toContain(
      'athena_sessions{aws_account_id="123456789012",aws_region="eu-west-1",workgroup="old"',
    );
    bench.nowMs = 500;
    const text = await bench.text();
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

describe("the cache", () => {
  test("serves one body for a second while nothing changes", async () => {
    await bench.text();
    bench.nowMs = 999;
    await bench.text();
    expect(bench.builds).toBe(1);
    bench.nowMs = 1000;
    await bench.text();
    expect(bench.builds).toBe(2);
  });

  test("shows a small board's change at once", async () => {
    await bench.text();
    bench.change(rendered("new"));
    expect(await bench.text()).toContain('"new"');
  });

  test("keeps a body for a second at least where building is work", async () => {
    bench.buildMs = 100;
    await bench.text();
    bench.change(rendered("new"));
    bench.nowMs = 100 + 999;
    expect(await bench.text()).not.toContain('"new"');
    bench.nowMs = 100 + 1000;
    expect(await bench.text()).toContain('"new"');
  });

  test("keeps a body for five times what it took to build, also when the board changes", async () => {
    bench.buildMs = 400;
    await bench.text();
    bench.change(rendered("new"));
    bench.nowMs = 400 + 1999;
    expect(await bench.text()).not.toContain('"new"');
    bench.nowMs = 400 + 2000;
    expect(await bench.text()).toContain('"new"');
  });

  test("is separate for each format", async () => {
    await bench.text("text");
    expect(await bench.text("openmetrics")).toContain('own_build{format="openmetrics"} 2');
    expect(await bench.text("text")).toContain('own_build{format="text"} 1');
  });

  test("builds once for all who ask at once", async () => {
    await Promise.all(Array.from({ length: 20 }, () => bench.text()));
    expect(bench.builds).toBe(1);
  });

  test("serves the last body to others while the next is built, unless it is over 3 s outdated", async () => {
    await bench.text();
    bench.nowMs = 1500;
    const first = bench.text();
    expect(await bench.text()).toContain('own_build{format="text"} 1');
    expect(await first).toContain('own_build{format="text"} 2');
    bench.nowMs = 1500 + 1000 + 3000;
    const texts = await Promise.all([bench.text(), bench.text()]);
    for (const text of texts) expect(text).toContain('own_build{format="text"} 3');
  });

  test("a build that fails is told to whoever asked, and the next one tries again", async () => {
    bench.failing = true;
    await expect(bench.text()).rejects.toThrow("no board");
    bench.failing = false;
    expect(await bench.text()).toContain("athena_workgroup_up");
  });
});

test("a process that lives for one poll shows gauges only", () => {
  const board = { workgroups: [rendered("etl")], accounts: [accountView()] };
  const text = [...boardText(board, { format: "text", nowMs: 0, gaugesOnly: true })].join("");
  expect(text).toContain("athena_sessions{");
  expect(text).not.toContain("_total");
});
