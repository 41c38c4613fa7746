import {
  hasEnded,
  type Behaviour,
  type LifeStep,
  type MassEndItem,
  type SessionItem,
  type SessionState,
  type WorkgroupItem,
} from "./history.ts";
import { ModelSession, type SessionView } from "./model-session.ts";
import type { Random } from "./random.ts";
import type { SteppingClock } from "./steps.ts";

export interface Page {
  readonly sessions: readonly SessionView[];
  readonly nextToken?: string;
}

/** What a workgroup has in common with all others of its world. */
export interface WorkgroupSurroundings {
  readonly behaviour: Behaviour;
  /** AWS' own. */
  readonly clock: SteppingClock;
  readonly random: Random;
  /** What the exporter does to every text of AWS. */
  readonly clean: (text: string) => string;
}

/** A workgroup from its creation to its deletion, with all sessions that it ever has. */
export class ModelWorkgroup {
  readonly item: WorkgroupItem;
  /** The newest start first, by AWS' clock, as listings have them. */
  readonly sessions: readonly ModelSession[];
  readonly #behaviour: Behaviour;
  readonly #random: Random;
  #tokens = 0;

  constructor(
    item: WorkgroupItem,
    history: { readonly sessions: readonly SessionItem[]; readonly massEnds: readonly MassEndItem[] },
    { behaviour, clock, random, clean }: WorkgroupSurroundings,
  ) {
    this.item = item;
    this.#behaviour = behaviour;
    this.#random = random;
    this.sessions = history.sessions
      .flatMap((session) => {
        const steps = livedSteps(session, item, history.massEnds);
        return steps.length === 0 ? [] : [new ModelSession(session, steps, clock, clean)];
      })
      .sort((a, b) => b.awsStartMs - a.awsStartMs || (a.id < b.id ? -1 : 1));
  }

  /** Whether it is there at a time. */
  existsAt(atMs: number): boolean {
    return atMs >= this.item.fromMs && atMs < this.item.untilMs;
  }

  /** Whether an unfiltered listing has sessions of this state. */
  isListed(state: SessionState | undefined): boolean {
    if (state === undefined || hasEnded(state)) return false;
    if (state === "DEGRADED") return this.#behaviour.listsDegraded;
    return state !== "TERMINATING" || this.#behaviour.listsTerminating;
  }

  /** One page of ListSessions. A listing may be as old as the lag allows, each page anew. */
  list(atMs: number, filter: SessionState | undefined, token: string | undefined): Page {
    const { lagMs, pageSize, shortPages, repeats } = this.#behaviour;
    const random = this.#random;
    const viewMs = lagMs === 0 ? atMs : atMs - random.integer(0, lagMs);
    const limit = shortPages > 0 && random.chance(shortPages) ? random.integer(0, pageSize - 1) : pageSize;
    let position = token === undefined ? 0 : Number(token.split(".")[0]);
    if (position > 0 && repeats > 0 && random.chance(repeats) && this.sessions[position - 1]?.id !== "")
      position -= 1;
    const sessions: SessionView[] = [];
    for (; position < this.sessions.length; position += 1) {
      const session = this.sessions[position];
      if (session === undefined || session.startMs > viewMs) continue;
      const step = session.stepAt(viewMs);
      const state = session.steps[step]?.state;
      if (filter === undefined ? !this.isListed(state) : state !== filter) continue;
      if (sessions.length >= limit) return { sessions, nextToken: this.#token(position) };
      sessions.push(session.listed(step));
    }
    return { sessions };
  }

  /** As a lookup shows a session; undefined where Athena does not know it, or not any more. */
  find(id: string, atMs: number): { readonly session: ModelSession; readonly step: number } | undefined {
    if (atMs >= this.item.untilMs && !this.#behaviour.remembersDeleted) return undefined;
    const session = this.sessions.find((one) => one.id === id);
    const step = session?.stepAt(atMs) ?? -1;
    return session === undefined || step < 0 ? undefined : { session, step };
  }

  /** Every token is another one, even where a page was empty. */
  #token(position: number): string {
    this.#tokens += 1;
    return `${position}.${this.#tokens}`;
  }
}

/** What came about of a session's life: a mass end, or its workgroup's deletion, may cut it short. */
function livedSteps(
  session: SessionItem,
  { untilMs }: WorkgroupItem,
  massEnds: readonly MassEndItem[],
): readonly LifeStep[] {
  let { steps } = session;
  for (const { atMs } of massEnds) {
    const [first] = steps;
    const last = steps.at(-1);
    const lives =
      first !== undefined &&
      first.atMs <= atMs &&
      last !== undefined &&
      !(hasEnded(last.state) && last.atMs <= atMs);
    if (!lives) continue;
    const endMs = atMs + 1000 + ((scatter(session.id) + Math.abs(first.atMs)) % 50_000);
    steps = [
      ...steps.filter((step) => step.atMs <= atMs),
      { atMs: atMs + 1, state: "TERMINATING" },
      { atMs: endMs + 1, state: "TERMINATED", reason: "Session was terminated per request" },
    ];
  }
  const last = steps.at(-1);
  if (last === undefined || (hasEnded(last.state) && last.atMs <= untilMs) || untilMs === Infinity)
    return steps;
  const before = steps.filter((step) => step.atMs < untilMs);
  return before.length === 0 ? [] : [...before, { atMs: untilMs, state: "TERMINATED" }];
}

/** A number that differs between texts. */
function scatter(text: string): number {
  let value = 0;
  for (let index = 0; index < text.length; index += 1)
    value = (value * 31 + text.charCodeAt(index) * 7919) % 1_000_003;
  return value;
}
