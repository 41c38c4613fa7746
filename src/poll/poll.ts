import type { Athena } from "../athena/athena.ts";
import type { CallContext } from "../athena/aws-calls.ts";
import { AwsFailure, type FailureReason } from "../failure.ts";
import type { Clock } from "../clock.ts";
import type { Answer, Call } from "../sessions/call.ts";
import { planPoll, type Findings, type PollTime } from "../sessions/plan.ts";
import type { Tracker } from "../sessions/tracker.ts";
import { Deadline } from "./deadline.ts";
import type { Permits } from "./permits.ts";

/** The calls of Athena that polls make. */
export type SessionCalls = Pick<Athena, "listSessions" | "getSessionStatus" | "getSession">;

/** Why a poll failed: the bounded reason, and words for people. */
export interface PollFailure {
  readonly reason: FailureReason;
  readonly operation: string;
  readonly message: string;
}

/** What came of one poll of one workgroup. */
export interface PollResult {
  readonly outcome: { readonly findings: Findings } | { readonly failure: PollFailure };
  readonly durationMs: number;
  /** HTTP requests, retries included. */
  readonly calls: number;
}

/** What a poll, or a discovery, runs under. */
export interface WorkOptions {
  readonly clock: Clock;
  readonly permits: Pick<Permits, "take">;
  /** Of the whole work, waiting for the rate limit excluded. */
  readonly deadlineMs: number;
  /** Ends the work when the process does. */
  readonly signal: AbortSignal;
  /** A permit was already taken, for the first call. */
  readonly hasPermit: boolean;
}

/** Polls one workgroup. Never rejects: what went wrong is in the result, and the tracker is then as it was. */
export async function poll(
  workgroup: string,
  tracker: Tracker,
  time: PollTime,
  athena: SessionCalls,
  options: WorkOptions,
): Promise<PollResult> {
  const startedMs = options.clock.monotonicMs();
  const { result, calls } = await withContext(options, async (context) => {
    const conversation = planPoll(tracker, time);
    let step = conversation.next();
    while (step.done !== true) step = conversation.next(await answer(step.value, workgroup, athena, context));
    return step.value;
  });
  return {
    outcome: "failure" in result ? result : { findings: result.value },
    durationMs: options.clock.monotonicMs() - startedMs,
    calls,
  };
}

/** Runs calls under a deadline and the rate limit. Never rejects. */
export async function withContext<Value>(
  { clock, permits, deadlineMs, signal, hasPermit }: WorkOptions,
  work: (context: CallContext) => Promise<Value>,
): Promise<{ result: { value: Value } | { failure: PollFailure }; calls: number }> {
  const end = new AbortController();
  const stop = () => end.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const deadline = new Deadline(clock, deadlineMs, () => end.abort(deadlineError(deadlineMs)));
  let isPaid = hasPermit;
  let calls = 0;
  const context: CallContext = {
    signal: end.signal,
    async permit() {
      calls += 1;
      if (!isPaid) await deadline.pauseFor(() => permits.take(end.signal));
      isPaid = false;
    },
  };
  try {
    return { result: { value: await work(context) }, calls };
  } catch (error) {
    return { result: { failure: toFailure(error) }, calls };
  } finally {
    deadline.stop();
    signal.removeEventListener("abort", stop);
  }
}

async function answer(
  call: Call,
  workgroup: string,
  athena: SessionCalls,
  context: CallContext,
): Promise<Answer> {
  if (call.operation === "GetSessionStatus") return getSessionStatus(call.sessionId, athena, context);
  if (call.operation === "GetSession") {
    const ask = call.isOptional ? getSessionIfPossible : getSession;
    return ask(call.sessionId, athena, context);
  }
  const { stateFilter, nextToken } = call;
  const page = await athena.listSessions(
    {
      workgroup,
      ...(stateFilter !== undefined && { stateFilter }),
      ...(nextToken !== undefined && { nextToken }),
    },
    context,
  );
  return { kind: "page", ...page };
}

/** Looks one session up. */
export async function getSessionStatus(
  sessionId: string,
  athena: Pick<SessionCalls, "getSessionStatus">,
  context: CallContext,
): Promise<Answer> {
  return answerOrRefusal(async () => ({
    kind: "session",
    session: await athena.getSessionStatus(sessionId, context),
  }));
}

/** Looks one session up, with its details. */
export async function getSession(
  sessionId: string,
  athena: Pick<SessionCalls, "getSession">,
  context: CallContext,
): Promise<Answer> {
  return answerOrRefusal(async () => ({
    kind: "session",
    ...(await athena.getSession(sessionId, context)),
  }));
}

/** Without an answer to an optional call, the poll goes on unless it has to end as a whole. */
async function getSessionIfPossible(
  sessionId: string,
  athena: SessionCalls,
  context: CallContext,
): Promise<Answer> {
  try {
    return await getSession(sessionId, athena, context);
  } catch (error) {
    if (context.signal.aborted) throw error;
    return { kind: "unanswered" };
  }
}

/** That one session is unknown, or may not be looked up, says nothing about its workgroup. */
async function answerOrRefusal(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const reason = error instanceof AwsFailure ? error.reason : undefined;
    if (reason === "not_found" || reason === "invalid_request") return { kind: "not_found" };
    if (reason === "access_denied") return { kind: "denied" };
    throw error;
  }
}

function toFailure(error: unknown): PollFailure {
  if (error instanceof AwsFailure) {
    const { reason, operation, message } = error;
    return { reason, operation, message };
  }
  return { reason: "other", operation: "", message: String(error) };
}

function deadlineError(deadlineMs: number): Error {
  const error = new Error(`not done within the deadline of ${deadlineMs / 1000} s`);
  error.name = "TimeoutError";
  return error;
}
