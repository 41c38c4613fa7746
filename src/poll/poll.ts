import type { CallContext } from "../athena/api-calls.ts";
import type { Athena } from "../athena/athena.ts";
import type { Clock } from "../clock.ts";
import { ApiError, toFailure, type Failure } from "../failure.ts";
import type { Answer, Call, TimedAnswer } from "../sessions/call.ts";
import { planPoll, type Findings, type PollTime } from "../sessions/plan.ts";
import type { Tracker } from "../sessions/tracker.ts";
import { withCallContext, type WorkLimits } from "./call-context.ts";

/** The API calls that polls make. */
export type SessionCalls = Pick<Athena, "listSessions" | "getSessionStatus" | "getSession" | "nowMs">;

/** The outcome of one poll of one workgroup. */
export interface PollResult {
  readonly outcome: { readonly findings: Findings } | { readonly failure: Failure };
  readonly durationMs: number;
  /** HTTP requests, retries included. */
  readonly requests: number;
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
  const { result, requests } = await withCallContext(limits, async (context) => {
    const plan = planPoll(tracker, time);
    let step = plan.next();
    while (step.done !== true) {
      step = plan.next(await timedAnswerTo(step.value, workgroup, athena, context, limits.clock));
    }
    return step.value;
  });
  return {
    outcome: "failure" in result ? result : { findings: result.value },
    durationMs: limits.clock.monotonicMs() - startedMs,
    requests,
  };
}

async function timedAnswerTo(
  call: Call,
  workgroup: string,
  athena: SessionCalls,
  context: CallContext,
  clock: Clock,
): Promise<TimedAnswer> {
  let sentAtMs = clock.monotonicMs();
  const timed: CallContext = {
    signal: context.signal,
    async permit() {
      await context.permit();
      sentAtMs = clock.monotonicMs();
    },
  };
  const answer = await answerTo(call, workgroup, athena, timed);
  return { answer, sentAtMs, awsOffsetMs: athena.nowMs() - clock.monotonicMs() };
}

async function answerTo(
  call: Call,
  workgroup: string,
  athena: SessionCalls,
  context: CallContext,
): Promise<Answer> {
  try {
    if (call.operation === "ListSessions") {
      return { kind: "page", page: await athena.listSessions({ workgroup, ...call }, context) };
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
