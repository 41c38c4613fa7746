import type { Pluggable } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { observeAttempts, type AttemptObserver } from "./attempt.ts";
import type { AwsTime } from "./aws-time.ts";
import { classify, describe } from "./classify.ts";
import { AwsFailure } from "./failure.ts";

/** Attempts of one call, the first included; the SDK's standard mode waits between them. */
export const MAX_ATTEMPTS = 3;

/** What a call runs under. */
export interface CallContext {
  /** Ends the call wherever it is: connecting, reading, or waiting to retry. */
  readonly signal: AbortSignal;
  /** Waits for the right to send one more request; asked before every attempt. */
  permit(): Promise<void>;
}

/** A client of the SDK, as far as calls need it. */
export interface Sender<Command> {
  send(command: Command, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

interface Extensible {
  readonly middlewareStack: { use(plugin: Pluggable<object, object>): void };
}

export interface CallTools {
  readonly clock: Clock;
  readonly awsTime: AwsTime;
  readonly observer: AttemptObserver;
}

/**
 * Sends a command and gives what `read` makes of its answer, whatever the number of attempts. Rejects with AwsFailure only,
 * and as soon as the signal is aborted, even where the SDK hangs (as a credential provider may).
 */
export async function call<Command, Answer>(
  sender: Sender<Command>,
  command: Command & object,
  operation: string,
  context: CallContext,
  tools: CallTools,
  read: (output: object) => Answer,
): Promise<Answer> {
  const answers: Answer[] = [];
  const { middlewareStack } = command as unknown as Extensible;
  middlewareStack.use(askPermit(context));
  middlewareStack.use(
    observeAttempts(tools.clock, tools.awsTime, tools.observer, (output) => answers.push(read(output))),
  );
  try {
    await untilAborted(sender.send(command, { abortSignal: context.signal }), context.signal);
  } catch (error) {
    throw new AwsFailure(classify(error), operation, describe(error), { cause: error });
  }
  const answer = answers.at(-1);
  if (answer === undefined) throw new AwsFailure("malformed_response", operation, "the call gave no answer");
  return answer;
}

/** Within the retries, so that each attempt waits for its own permit, and before signing, so that no signature ages. */
function askPermit(context: CallContext): Pluggable<object, object> {
  return {
    applyToStack(stack) {
      stack.addRelativeTo(
        <Args, Result>(next: (args: Args) => Promise<Result>) =>
          async (args: Args) => {
            await context.permit();
            return next(args);
          },
        { name: "askPermit", relation: "after", toMiddleware: "retryMiddleware", override: true },
      );
    },
  };
}

async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let abandon = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abandon = () => reject(signal.reason);
    if (signal.aborted) abandon();
    else signal.addEventListener("abort", abandon, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abandon);
  }
}
