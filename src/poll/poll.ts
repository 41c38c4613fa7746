import type { Attempt, CallContext } from "../athena/api-calls.ts";
import type { Athena } from "../athena/athena.ts";
import type { Clock } from "../clock.ts";
import { ApiError, toFailure, type Failure } from "../failure.ts";
import type { Answer, Call } from "../sessions/call.ts";
import { planPoll, type Findings, type PollTime } from "../sessions/plan.ts";
import type { Tracker } from "../sessions/tracker.ts";
import { withCallContext, type WorkLimits } from "./call-context.ts";

/** The API calls that polls make. */
export type SessionCalls = Pick<Athena, "listSessions" | "getSessionStatus" | "getSession" | "nowMs">;

/** An HTTP request of a poll. */
export interface PollRequest extends Attempt {
  /** Which attempt at its call it was, from 1. */
  readonly attempt: number;
}

/** The outcome of one poll of one workgroup. */
export interface PollResult {
  readonly outcome: { readonly findings: Findings } | { readonly failure: Failure };
  readonly durationMs: number;
  /** HTTP requests, retries included. */
  readonly requests: number;
  /** Those of the requests that were answered or failed, in this order. */
  readonly attempts: readonly PollRequest[];
}

/** Polls one workgroup. Never rejects: a failure is in the result, and the tracker is then as it was. */
export async function poll(
  workgroup: string,
  tracker: Tracker,
  time: PollTime,
  athena: SessionCalls,
  limits: WorkLimits,
): Promise<PollResult> {
  const startedMs = limits.clock.monotonicMs();
  const attempts: PollRequest[] = [];
  const { result, requests } = await withCallContext(limits, async (context) => {
    const plan = planPoll(tracker, time);
    let step = plan.next();
    while (step.done !== true) {
      const call = new ObservedCall(context, attempts, limits.clock);
      const answer = await answerTo(step.value, workgroup, athena, call);
      const awsOffsetMs = athena.nowMs() - limits.clock.monotonicMs();
      step = plan.next({ answer, sentAtMs: call.sentAtMs, awsOffsetMs });
    }
    return step.value;
  });
  return {
    outcome: "failure" in result ? result : { findings: result.value },
    durationMs: limits.clock.monotonicMs() - startedMs,
    requests,
    attempts,
  };
}

/** The context of one call, whose attempts are added to those of its poll. */
class ObservedCall implements CallContext {
  /** When the last attempt was sent, in monotonic milliseconds. */
  sentAtMs: number;
  readonly #context: CallContext;
  readonly #attempts: PollRequest[];
  readonly #clock: Clock;
  #count = 0;

  constructor(context: CallContext, attempts: PollRequest[], clock: Clock) {
    this.#context = context;
    this.#attempts = attempts;
    this.#clock = clock;
    this.sentAtMs = clock.monotonicMs();
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  async permit(): Promise<void> {
    await this.#context.permit();
    this.sentAtMs = this.#clock.monotonicMs();
  }

  attempted(attempt: Attempt): void {
    this.#count += 1;
    this.#attempts.push({ ...attempt, attempt: this.#count });
  }
}

async function answerTo(
  call: Call,
  workgroup: string,
  athena: SessionCalls,
  context: CallContext,
): Promise<Answer> {
  try {
    if (call.operation === "ListSessions") {
      const { stateFilter, nextToken } = call;
      return {
        kind: "page",
        page: await athena.listSessions({ workgroup, stateFilter, nextToken }, context),
      };
    }
    return call.operation === "GetSession"
      ? { kind: "session", ...(await athena.getSession(call.sessionId, context)) }
      : { kind: "session", session: await athena.getSessionStatus(call.sessionId, context) };
  } catch (error) {
    if (call.operation === "ListSessions" || context.signal.aborted) throw error;
    // That one session is unknown says nothing about its workgroup.
    if (isUnknownSession(error)) return { kind: "not_found" };
    if (call.operation === "GetSession") return { kind: "no_details", reason: toFailure(error).reason };
    throw error;
  }
}

/** Whether Athena refused a request about one session because it does not know its id. */
export function isUnknownSession(error: unknown): boolean {
  return error instanceof ApiError && (error.reason === "not_found" || error.reason === "invalid_request");
}
