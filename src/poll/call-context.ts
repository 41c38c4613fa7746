import type { CallContext } from "../athena/api-calls.ts";
import type { Clock } from "../clock.ts";
import { toFailure, type Failure } from "../failure.ts";
import { Deadline } from "./deadline.ts";
import type { Permits } from "./permits.ts";

/** The limits of a poll, or of a discovery. */
export interface WorkLimits {
  readonly clock: Clock;
  readonly permits: Pick<Permits, "take">;
  /** Of the whole work, waiting for the rate limit excluded. */
  readonly deadlineMs: number;
  /** Ends the work. */
  readonly signal: AbortSignal;
  /** A permit was already taken, for the first request. */
  readonly hasPermit: boolean;
}

export type WorkResult<Value> = { readonly value: Value } | { readonly failure: Failure };

/** Runs API calls under a deadline and the rate limit. Never rejects. `requests`: those that were sent, retries included. */
export async function withCallContext<Value>(
  { clock, permits, deadlineMs, signal, hasPermit }: WorkLimits,
  work: (context: CallContext) => Promise<Value>,
): Promise<{ readonly result: WorkResult<Value>; readonly requests: number }> {
  const end = new AbortController();
  const stop = () => end.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const deadline = new Deadline(clock, deadlineMs, () => end.abort(deadlineError(deadlineMs)));
  let isPaid = hasPermit;
  let requests = 0;
  const context: CallContext = {
    signal: end.signal,
    async permit() {
      requests += 1;
      if (!isPaid) await deadline.pauseFor(() => permits.take(end.signal));
      isPaid = false;
    },
  };
  try {
    return { result: { value: await work(context) }, requests };
  } catch (error) {
    return { result: { failure: toFailure(error) }, requests };
  } finally {
    deadline.stop();
    signal.removeEventListener("abort", stop);
  }
}

function deadlineError(deadlineMs: number): Error {
  const error = new Error(`not done within the deadline of ${deadlineMs / 1000} s`);
  error.name = "TimeoutError";
  return error;
}
