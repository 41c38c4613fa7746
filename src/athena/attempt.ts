import type { HandlerExecutionContext, Pluggable } from "@smithy/types";
import type { Clock } from "../clock.ts";
import type { AwsTime } from "./aws-time.ts";
import { classify } from "./classify.ts";
import type { FailureReason } from "../failure.ts";

/** One HTTP request to AWS, from its sending to the end of the answer. */
export interface Attempt {
  /** The API operation, for example "ListSessions". */
  readonly operation: string;
  readonly durationMs: number;
  /** Present if it failed. */
  readonly reason?: FailureReason;
}

export type AttemptObserver = (attempt: Attempt) => void;

/** What is done with the attempts of a call, which is known by its command's input. */
export interface AttemptHooks {
  /** Just before the request is sent. */
  readonly sending: (input: object, request: object) => void;
  /** Throws AwsFailure where the answer is not what the API promises, which makes the attempt a failed one. */
  readonly read: (input: object, output: object) => void;
}

/**
 * A plugin of the AWS SDK that reports every attempt, retries included: it stands within the retries and around the
 * reading of the body. `awsTime` learns from each answer's Date header.
 */
export function observeAttempts<Input extends object, Output extends object>(
  clock: Clock,
  awsTime: AwsTime,
  observer: AttemptObserver,
  hooks?: AttemptHooks,
): Pluggable<Input, Output> {
  return {
    applyToStack(stack) {
      stack.add(
        (next, context) => async (args) => {
          const sentWallMs = clock.wallMs();
          const sentMs = clock.monotonicMs();
          const report = (reason?: FailureReason) =>
            observer({
              operation: operationOf(context),
              durationMs: clock.monotonicMs() - sentMs,
              ...(reason && { reason }),
            });
          try {
            hooks?.sending(args.input, args.request as object);
            const result = await next(args);
            awsTime.learn(dateHeader(result.response), sentWallMs, clock.monotonicMs() - sentMs);
            hooks?.read(args.input, result.output ?? {});
            report();
            return result;
          } catch (error) {
            report(classify(error));
            throw error;
          }
        },
        { step: "deserialize", name: "attemptObserver", priority: "high", override: true },
      );
    },
  };
}

function operationOf(context: HandlerExecutionContext): string {
  return (context.commandName ?? "unknown").replace(/Command$/, "");
}

function dateHeader(response: unknown): string | undefined {
  if (typeof response !== "object" || response === null || !("headers" in response)) return undefined;
  const headers = response.headers;
  if (typeof headers !== "object" || headers === null || !("date" in headers)) return undefined;
  return typeof headers.date === "string" ? headers.date : undefined;
}
