import type { FinalizeHandler, FinalizeHandlerArguments, MiddlewareStack, Pluggable } from "@smithy/types";
import type { Clock } from "../clock.ts";
import type { AttemptHandler } from "./attempt-handler.ts";
import { observeAttempts, type AttemptObserver } from "./attempt.ts";
import type { AwsTime } from "./aws-time.ts";
import { classify, describe } from "./classify.ts";
import { AwsFailure } from "../failure.ts";

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
  send(command: Command): Promise<unknown>;
}

export interface CallTools {
  readonly clock: Clock;
  readonly awsTime: AwsTime;
  readonly observer: AttemptObserver;
}

/** A call that has not ended yet. */
interface CallUnderWay {
  readonly context: CallContext;
  readonly read: (output: object) => void;
}

/**
 * Sends commands through clients of the SDK. What belongs to one call is found by its command's input, so that the clients'
 * middleware is the same for all calls and is put together only once.
 */
export class Calls {
  readonly #tools: CallTools;
  readonly #handler: Pick<AttemptHandler, "endWith">;
  readonly #underWay = new WeakMap<object, CallUnderWay>();

  /** `handler`: of the clients that the commands are sent through. */
  constructor(tools: CallTools, handler: Pick<AttemptHandler, "endWith">) {
    this.#tools = tools;
    this.#handler = handler;
  }

  /**
   * Sends a command and gives what `read` makes of its answer, whatever the number of attempts. Rejects with AwsFailure only,
   * and as soon as the signal is aborted, even where the SDK hangs (as a credential provider may). The sender has middleware().
   */
  async send<Command extends { readonly input: object }, Answer>(
    sender: Sender<Command>,
    command: Command,
    operation: string,
    context: CallContext,
    read: (output: object) => Answer,
  ): Promise<Answer> {
    const answers: Answer[] = [];
    this.#underWay.set(command.input, { context, read: (output) => answers.push(read(output)) });
    try {
      await untilAborted(sender.send(command), context.signal);
    } catch (error) {
      // A call of STS on the way tells itself.
      if (error instanceof AwsFailure && error.operation !== "") throw error;
      throw new AwsFailure(classify(error), operation, describe(error), { cause: error });
    }
    const answer = answers.at(-1);
    if (answer === undefined) {
      throw new AwsFailure("malformed_response", operation, "the call gave no answer");
    }
    return answer;
  }

  /** What a client needs for its commands to be sent by this. */
  middleware<Input extends object, Output extends object>(): Pluggable<Input, Output> {
    const { clock, awsTime, observer } = this.#tools;
    const observe = observeAttempts<Input, Output>(clock, awsTime, observer, {
      sending: (input, request) => {
        const call = this.#underWay.get(input);
        if (call !== undefined) this.#handler.endWith(request, call.context.signal);
      },
      read: (input, output) => this.#underWay.get(input)?.read(output),
    });
    return {
      applyToStack: (stack) => {
        // It copies every answer without its secrets for a logger that there is none of.
        stack.remove("loggerMiddleware");
        this.#askPermits(stack);
        observe.applyToStack(stack);
      },
    };
  }

  /** Within the retries, so that each attempt waits for its own permit, and before signing, so that no signature ages. */
  #askPermits<Input extends object, Output extends object>(stack: MiddlewareStack<Input, Output>): void {
    stack.addRelativeTo(
      (next: FinalizeHandler<Input, Output>) => async (args: FinalizeHandlerArguments<Input>) => {
        const call = this.#underWay.get(args.input);
        // Nobody waits for it any more; an error of this kind is not retried.
        if (call?.context.signal.aborted === true) throw new Error("the call was abandoned");
        await call?.context.permit();
        return next(args);
      },
      { name: "askPermit", relation: "after", toMiddleware: "retryMiddleware", override: true },
    );
  }
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
