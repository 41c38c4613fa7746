import parse from "parse-prometheus-text-format";
import { gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { boardText } from "../../src/metrics/board-text.ts";
import { Exposition, type ExpositionSource } from "../../src/metrics/exposition.ts";
import { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import type { GzipText } from "../../src/metrics/gzip-text.ts";
import type { Format } from "../../src/metrics/text.ts";
import { renderWorkgroup, type RenderedWorkgroup } from "../../src/metrics/workgroup-lines.ts";
import { accountView, sessionRow, snapshot, workgroupView } from "./views.ts";

const SESSION_LABELS = ["description"] as const;

function rendered(workgroup: string, sessionsExpireAtMs = Infinity): RenderedWorkgroup {
  return { lines: renderWorkgroup(workgroupView({ workgroup }), SESSION_LABELS), sessionsExpireAtMs };
}

/** An exposition with an injected clock, a board that tests change, and the number of builds. */
class Harness implements ExpositionSource {
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

  accountRegions(): Iterable<ReturnType<typeof accountView>> {
    return [accountView()];
  }

  change(...board: RenderedWorkgroup[]): void {
    this.board = board;
    this.changes += 1;
  }

  async text(format: Format = "text"): Promise<string> {
    return unpack(await this.exposition.body(format));
  }

  /** Replaces the exporter's own metrics; each build advances the injected clock by `buildMs`. */
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

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});

describe("a body", () => {
  test("contains each family once, contiguous and with its header, and the exporter's own metrics", async () => {
    harness.change(rendered("a"), rendered("b"));
    const text = await harness.text();
    expect(text.match(/^# TYPE athena_workgroup_up gauge$/gm)).toHaveLength(1);
    expect(text).toMatch(/^athena_workgroup_up\{.*"a"\} 1\nathena_workgroup_up\{.*"b"\} 1\n#/m);
    expect(text).toContain("\nathena_account_up{");
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
    harness.change();
    expect(await harness.text()).not.toContain("athena_workgroup");
  });

  test("has no duplicate series, according to an independent parser", async () => {
    const rows = [sessionRow(), sessionRow({ id: "s-2", description: 'a"b\\c\nd' })];
    const view = workgroupView({ snapshot: snapshot({ rows }) });
    const metrics = new ExporterMetrics({ version: "1", revision: "2", nodeVersion: "3" }, () => undefined);
    metrics.addAccountRegion("key", accountView(), ["ListSessions"]);
    harness.change(
      { lines: renderWorkgroup(view, SESSION_LABELS), sessionsExpireAtMs: Infinity },
      rendered("b"),
    );
    const families = parse((await harness.text()) + (await metrics.text("text")));
    const series = families.flatMap(({ name, metrics }) =>
      metrics.map(({ labels }) => `${name} ${JSON.stringify(labels)}`),
    );
    expect(series.length).toBeGreaterThan(100);
    expect(new Set(series).size).toBe(series.length);
  });

  test("larger than one slice is complete", async () => {
    const names = Array.from({ length: 400 }, (_, index) => `workgroup-${index}`);
    harness.change(...names.map((name) => rendered(name)));
    const text = await harness.text();
    const wanted = [
      ...boardText(
        { workgroups: harness.board, accountRegions: [accountView()] },
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

describe("gauges derived from sessions", () => {
  test("are removed once they are stale, without another poll; counters, up and the last success remain", async () => {
    harness.change(rendered("old", 500), rendered("fresh", 9000));
    expect(await harness.text()).toContain(
      'athena_sessions{aws_account_id="123456789012",aws_region="eu-west-1",workgroup="old"',
    );
    harness.nowMs = 500;
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

describe("the cache", () => {
  test("serves the same body for one second while the board does not change", async () => {
    await harness.text();
    harness.nowMs = 999;
    await harness.text();
    expect(harness.builds).toBe(1);
    harness.nowMs = 1000;
    await harness.text();
    expect(harness.builds).toBe(2);
  });

  test("serves a change of a small board at once", async () => {
    await harness.text();
    harness.change(rendered("new"));
    expect(await harness.text()).toContain('"new"');
  });

  test("keeps a body that is slow to build for at least one second, even if the board changes", async () => {
    harness.buildMs = 100;
    await harness.text();
    harness.change(rendered("new"));
    harness.nowMs = 100 + 999;
    expect(await harness.text()).not.toContain('"new"');
    harness.nowMs = 100 + 1000;
    expect(await harness.text()).toContain('"new"');
  });

  test("keeps a body for five times its build duration, even if the board changes", async () => {
    harness.buildMs = 400;
    await harness.text();
    harness.change(rendered("new"));
    harness.nowMs = 400 + 1999;
    expect(await harness.text()).not.toContain('"new"');
    harness.nowMs = 400 + 2000;
    expect(await harness.text()).toContain('"new"');
  });

  test("is separate for each format", async () => {
    await harness.text("text");
    expect(await harness.text("openmetrics")).toContain('own_build{format="openmetrics"} 2');
    expect(await harness.text("text")).toContain('own_build{format="text"} 1');
  });

  test("builds once for concurrent scrapes", async () => {
    await Promise.all(Array.from({ length: 20 }, () => harness.text()));
    expect(harness.builds).toBe(1);
  });

  test("serves the previous body to other scrapes while the next is built, unless it expired 3 s ago or more", async () => {
    await harness.text();
    harness.nowMs = 1500;
    const first = harness.text();
    expect(await harness.text()).toContain('own_build{format="text"} 1');
    expect(await first).toContain('own_build{format="text"} 2');
    harness.nowMs = 1500 + 1000 + 3000;
    const texts = await Promise.all([harness.text(), harness.text()]);
    for (const text of texts) expect(text).toContain('own_build{format="text"} 3');
  });

  test("reports a failed build to the scrape that waits for it, and builds again for the next scrape", async () => {
    harness.failing = true;
    await expect(harness.text()).rejects.toThrow("no board");
    harness.failing = false;
    expect(await harness.text()).toContain("athena_workgroup_up");
  });
});

test("a process that polls once exposes only gauges", () => {
  const board = { workgroups: [rendered("etl")], accountRegions: [accountView()] };
  const text = [...boardText(board, { format: "text", nowMs: 0, gaugesOnly: true })].join("");
  expect(text).toContain("athena_sessions{");
  expect(text).not.toContain("_total");
});
