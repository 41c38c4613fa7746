import { hasEnded, type LifeStep, type SessionItem, type SessionState } from "./history.ts";
import type { SteppingClock } from "./steps.ts";

/** A session as an answer tells it: the exporter's own shape. Times are Unix milliseconds of AWS' clock. */
export interface SessionView {
  readonly id: string;
  readonly state: SessionState;
  readonly startMs?: number;
  readonly lastModifiedMs?: number;
  readonly endMs?: number;
  readonly idleSinceMs?: number;
  readonly stateReason?: string;
  readonly description: string;
  readonly engineVersion: string;
}

/** A session of the world, with the truth about it at any time. */
export class ModelSession {
  readonly item: SessionItem;
  readonly steps: readonly LifeStep[];
  readonly startMs: number;
  /** Infinity where it lives to the end of the world. */
  readonly endMs: number;
  /** The state that it ends in; undefined where it does not. */
  readonly endState: "TERMINATED" | "FAILED" | undefined;
  /** When it started by AWS' clock. */
  readonly awsStartMs: number;
  readonly #clock: SteppingClock;
  readonly #clean: (text: string) => string;
  readonly #listed: (SessionView | undefined)[] = [];
  readonly #lookedUp: (SessionView | undefined)[] = [];

  /**
   * @param steps as they came about; a mass end or a deletion cuts them short
   * @param clean what the exporter does to every text of AWS
   */
  constructor(
    item: SessionItem,
    steps: readonly LifeStep[],
    clock: SteppingClock,
    clean: (text: string) => string = (text) => text,
  ) {
    const [first] = steps;
    if (first === undefined) throw new RangeError("a session has no life");
    const last = steps[steps.length - 1] ?? first;
    this.item = item;
    this.steps = steps;
    this.startMs = first.atMs;
    this.endMs = hasEnded(last.state) ? last.atMs : Infinity;
    this.endState = hasEnded(last.state) ? last.state : undefined;
    this.awsStartMs = clock.at(first.atMs);
    this.#clock = clock;
    this.#clean = clean;
  }

  get id(): string {
    return this.item.id;
  }

  /** Index of the step that it is in; -1 before its start. */
  stepAt(atMs: number): number {
    const { steps } = this;
    let index = steps.length - 1;
    while (index >= 0 && (steps[index]?.atMs ?? 0) > atMs) index -= 1;
    return index;
  }

  /** Undefined before its start. */
  stateAt(atMs: number): SessionState | undefined {
    return this.steps[this.stepAt(atMs)]?.state;
  }

  /** Every state that it is in at some time of [fromMs, toMs]; undefined stands for before its start. */
  statesDuring(fromMs: number, toMs: number): (SessionState | undefined)[] {
    const first = this.stepAt(fromMs);
    const last = this.stepAt(toMs);
    const states: (SessionState | undefined)[] = [];
    for (let index = first; index <= last; index += 1) states.push(this.steps[index]?.state);
    return states;
  }

  /** As a listing tells it while it is in a step of its life. */
  listed(step: number): SessionView {
    return (this.#listed[step] ??= this.#view(
      step,
      this.item.description ?? "",
      this.item.engineVersion ?? "",
    ));
  }

  /** As a lookup tells it: without description and engine. */
  lookedUp(step: number): SessionView {
    return (this.#lookedUp[step] ??= this.#view(step, "", ""));
  }

  /** Since when it is idle, by AWS' clock, as an answer tells it. */
  idleSinceMs(step: number): number {
    return this.#clock.at(this.steps[step]?.atMs ?? 0);
  }

  #view(index: number, description: string, engineVersion: string): SessionView {
    const { item, steps } = this;
    const step = steps[index];
    if (step === undefined) throw new RangeError("a session is told before its start");
    const atMs = this.#clock.at(step.atMs);
    return {
      id: item.id,
      state: step.state,
      ...(!item.omits.includes("start") && { startMs: this.awsStartMs }),
      lastModifiedMs: atMs,
      ...(hasEnded(step.state) && { endMs: atMs }),
      ...(step.state === "IDLE" && !item.omits.includes("idleSince") && { idleSinceMs: atMs }),
      ...(step.reason !== undefined && { stateReason: this.#clean(step.reason) }),
      description: this.#clean(description),
      engineVersion,
    };
  }
}
