import { renderWorkgroup } from "../../../src/metrics/workgroup-lines.ts";
import { takeSnapshot } from "../../../src/snapshot/snapshot.ts";
import { unpolledView } from "../../metrics/views.ts";
import { MINUTE, NOON, type FakeAthena, Poller } from "../../sessions/fake-athena.ts";
import { DEFAULT_THRESHOLDS } from "../../thresholds.ts";

/** A series of a promtool test. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** What becomes of a fake Athena in the minute from `minute` on, before it is polled. */
export type Minute = (athena: FakeAthena, minute: number) => void;

/**
 * Polls a fake Athena once a minute, and returns what one exporter exposes of its workgroup, scraped once a minute. The time of
 * promtool begins at 0, when the first poll is.
 * @param shownSessions how many sessions have per-session series
 */
export function pollSeries(
  athena: FakeAthena,
  minutes: number,
  shownSessions: number,
  each: Minute,
): readonly InputSeries[] {
  const poller = new Poller(athena);
  const series = new Map<string, Runs>();
  const startMs = athena.nowMs + MINUTE;
  for (let minute = 0; minute < minutes; minute++) {
    each(athena, minute);
    poller.poll();
    for (const [name, value] of samplesOf(poller, shownSessions, startMs)) {
      const runs = series.get(name) ?? new Runs();
      series.set(name, runs);
      runs.add(minute, value);
    }
  }
  return [...series].map(([name, runs]) => ({ series: name, values: runs.text(minutes) }));
}

function samplesOf({ tracker }: Poller, shownSessions: number, startMs: number): Map<string, string> {
  const nowMs = NOON;
  const view = {
    ...unpolledView(),
    up: true,
    snapshot: takeSnapshot(tracker, [900, 3600], DEFAULT_THRESHOLDS.seconds, nowMs),
    counters: tracker.counters,
    shownSessions,
    showsDetails: false,
    showsDurations: false,
    lastSuccessMs: tracker.polledAtMs,
  };
  const lines = [...renderWorkgroup(view, ["description"]), "athena_dpu_hour_price_usd{} 0.35"].flatMap(
    (text) => text.split("\n"),
  );
  return new Map(
    lines.flatMap((line) => {
      const [, name = "", labels = "", text = ""] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
      if (name === "") return [];
      const value = name.endsWith("_timestamp_seconds") ? String(Number(text) - startMs / 1000) : text;
      const exporter = [labels, `instance="exporter-a:10284"`].filter((pair) => pair !== "");
      return [[`${name}{${exporter.join(",")}}`, value]];
    }),
  );
}

/** The values of a series, one a minute, as promtool reads them: "_" where there is none, "stale" where it ends. */
class Runs {
  #parts: string[] = [];
  #value: string | undefined;
  #count = 0;
  #next = 0;

  add(minute: number, value: string): void {
    if (minute > this.#next) this.#gap(minute - this.#next);
    if (value !== this.#value) this.#flush();
    this.#value = value;
    this.#count += 1;
    this.#next = minute + 1;
  }

  text(minutes: number): string {
    if (this.#next < minutes) this.#gap(minutes - this.#next);
    this.#flush();
    return this.#parts.join(" ");
  }

  #gap(minutes: number): void {
    const hadValue = this.#count > 0;
    this.#flush();
    if (hadValue) this.#parts.push("stale");
    const left = hadValue ? minutes - 1 : minutes;
    if (left > 0) this.#parts.push(left === 1 ? "_" : `_x${left}`);
  }

  #flush(): void {
    if (this.#count > 0 && this.#value !== undefined)
      this.#parts.push(this.#count === 1 ? this.#value : `${this.#value}x${this.#count - 1}`);
    this.#count = 0;
  }
}
