import type { LifeStep, SessionItem, SessionState } from "./history.ts";
import type { Random } from "./random.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What somebody may write into a description, or AWS into a reason: nothing that an exposition could take for its own. */
const HOSTILE_TEXTS = [
  'a "quoted" name',
  "two\nlines",
  "C:\\path\\",
  "}\nathena_sessions 1",
  "\u0000\u0007\u001b[31m",
  "lone \ud800 surrogate",
  "\u{1f600}".repeat(70),
  "x".repeat(500),
  "\r\n# EOF",
  "",
] as const;

type LifeKind =
  | "usual"
  | "brief"
  | "failed start"
  | "stuck start"
  | "leaked"
  | "degraded"
  | "failed"
  | "unknown";

/** Appends states to a life, each as long as it is told to last. */
class Life {
  readonly steps: LifeStep[] = [];
  #atMs: number;

  constructor(startMs: number) {
    this.#atMs = startMs;
  }

  /** The session is in `state` for so long. */
  be(state: SessionState, durationMs: number, reason?: string): this {
    this.steps.push({ atMs: this.#atMs, state, ...(reason !== undefined && { reason }) });
    this.#atMs += Math.max(1, Math.round(durationMs));
    return this;
  }
}

/** A life that begins at `startMs`. */
function drawLife(random: Random, startMs: number): LifeStep[] {
  const kind = random.weighted<LifeKind>({
    usual: 45,
    brief: 12,
    "failed start": 6,
    "stuck start": 2,
    leaked: 8,
    degraded: 12,
    failed: 5,
    unknown: 2,
  });
  const life = new Life(startMs);
  if (kind === "brief") {
    life
      .be("CREATING", random.magnitude(1, 20 * SECOND))
      .be("TERMINATING", random.magnitude(1, random.chance(0.25) ? 40 * MINUTE : 5 * SECOND));
    return life.be("TERMINATED", 0, drawReason(random)).steps;
  }
  if (kind === "failed start") {
    return life.be("CREATING", random.magnitude(SECOND, 3 * MINUTE)).be("FAILED", 0, drawReason(random))
      .steps;
  }
  life.be(
    "CREATING",
    kind === "stuck start" ? random.magnitude(11 * MINUTE, HOUR) : random.magnitude(10 * SECOND, 2 * MINUTE),
  );
  if (random.chance(0.5)) life.be("CREATED", random.magnitude(SECOND, 30 * SECOND));
  work(life, random);
  if (kind === "leaked") life.be("IDLE", random.magnitude(HOUR, 10 * HOUR));
  if (kind === "unknown") life.be("UNKNOWN", random.magnitude(MINUTE, HOUR));
  if (kind === "degraded") degrade(life, random);
  if (kind === "failed") return life.be("FAILED", 0, drawReason(random)).steps;
  if (random.chance(0.8))
    life.be("TERMINATING", random.magnitude(SECOND, random.chance(0.1) ? 30 * MINUTE : 2 * MINUTE));
  return life.be(kind === "degraded" && random.chance(0.3) ? "FAILED" : "TERMINATED", 0, drawReason(random))
    .steps;
}

function work(life: Life, random: Random): void {
  for (let turns = random.integer(0, 5); turns > 0; turns -= 1) {
    life.be("IDLE", random.magnitude(2 * SECOND, 25 * MINUTE));
    life.be("BUSY", random.magnitude(2 * SECOND, 40 * MINUTE));
  }
  if (random.chance(0.7)) life.be("IDLE", random.magnitude(2 * SECOND, 30 * MINUTE));
}

function degrade(life: Life, random: Random): void {
  life.be(
    "DEGRADED",
    random.magnitude(5 * SECOND, random.chance(0.2) ? 10 * HOUR : HOUR),
    drawReason(random),
  );
  if (random.chance(0.4)) work(life, random);
  if (random.chance(0.1)) life.be("DEGRADED", random.magnitude(5 * SECOND, HOUR));
}

function drawReason(random: Random): string {
  return random.chance(0.3) ? random.pick(HOSTILE_TEXTS) : "Session was terminated per request";
}

/** One session of a workgroup. Most tell all that they can. */
export function drawSession(random: Random, workgroup: string, name: string, startMs: number): SessionItem {
  const steps = drawLife(random, startMs);
  // What has no id cannot be told apart from another listing of the same: only states that no filter of ours asks for.
  const isAnonymous = random.chance(0.01) && steps.every(({ state }) => ANONYMOUS_STATES.has(state));
  return {
    kind: "session",
    workgroup,
    id: isAnonymous ? "" : name,
    steps,
    ...(random.chance(0.7) && {
      description: random.chance(0.3) ? random.pick(HOSTILE_TEXTS) : `job of ${name}`,
    }),
    ...(random.chance(0.8) && { engineVersion: "PySpark engine version 3" }),
    omits: [
      ...(random.chance(0.03) ? (["start"] as const) : []),
      ...(random.chance(0.05) ? (["idleSince"] as const) : []),
    ],
    ...(random.chance(0.7) && { coordinatorDpus: random.pick([1, 1, 2]) }),
    ...(random.chance(0.7) && { usedDpuMs: random.magnitude(1000, 10_000_000) }),
  };
}

const ANONYMOUS_STATES: ReadonlySet<SessionState> = new Set([
  "CREATING",
  "CREATED",
  "IDLE",
  "BUSY",
  "TERMINATED",
]);

/** Starts between two times, on average every `meanMs`, some of them in bursts. */
export function drawStarts(random: Random, fromMs: number, untilMs: number, meanMs: number): number[] {
  const starts: number[] = [];
  for (let atMs = fromMs + random.exponential(meanMs); atMs < untilMs; atMs += random.exponential(meanMs)) {
    starts.push(atMs);
    if (!random.chance(0.03)) continue;
    for (let more = random.integer(2, 8); more > 0; more -= 1) starts.push(atMs + random.integer(0, MINUTE));
  }
  return starts;
}
