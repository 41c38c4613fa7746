import type { FinalizeHandler, FinalizeHandlerArguments, Pluggable } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { ApiError, type FailureReason } from "../failure.ts";
import type { AttemptHandler } from "./attempt-handler.ts";
import type { AwsTime } from "./aws-time.ts";
import { classify, describe } from "./classify.ts";

/** Attempts of one call, the first included; the SDK's standard mode waits between them. */
export const MAX_ATTEMPTS = 3;

/** One HTTP request to AWS, from sending it to the end of the response. */
export interface Attempt {
  /** The API operation, for example "ListSessions". */
  readonly operation: string;
  readonly durationMs: number;
  /** Present if it failed. */
  readonly reason?: FailureReason;
}

/** The limits that a call runs under. */
export interface CallContext {
  /** Ends the call at any point: connecting, reading, or waiting to retry. */
  readonly signal: AbortSignal;
  /** Waits until one more request may be sent; called before every attempt. */
  permit(): Promise<void>;
}

type HttpRequest = Parameters<AttemptHandler["handle"]>[0];

interface SdkCommand {
  readonly input: object;
}

/** A client of the SDK, as far as calls need it. */
export interface Sender {
  send(command: SdkCommand): Promise<unknown>;
}

/**
 * Sends commands through clients of the SDK. A call's context is found by its command's input, so that a client's middleware is the same
 * for all calls: with options of its own, the SDK would assemble the middleware anew for each call.
 */
export class ApiCalls {
  readonly #clock: Clock;
  readonly #awsTime: AwsTime;
  readonly #observer: (attempt: Attempt) => void;
  readonly #handler: AttemptHandler;
  readonly #contexts = new WeakMap<object, CallContext>();

  /** `observer` is called after every HTTP request to AWS, retries included. */
  constructor(clock: Clock, awsTime: AwsTime, handler: AttemptHandler, observer: (attempt: Attempt) => void) {
    this.#clock = clock;
    this.#awsTime = awsTime;
    this.#handler = handler;
    this.#observer = observer;
  }

  /**
   * Sends a command and gives its output. Rejects with ApiError only, and as soon as the signal is aborted, even where the SDK hangs
   * (as a credential provider may). `sender` uses `middleware()`.
   */
  async send(sender: Sender, command: SdkCommand, operation: string, context: CallContext): Promise<unknown> {
    this.#contexts.set(command.input, context);
    try {
      return await untilAborted(sender.send(command), context.signal);
    } catch (error) {
      // A failed call of STS on the way names its own operation.
      if (error instanceof ApiError && error.operation !== "") throw error;
      throw new ApiError(classify(error), operation, describe(error), { cause: error });
    }
  }

  /** The middleware of clients whose commands `send` sends. Commands sent in another way have no context, and are only observed. */
  middleware<Input extends object, Output extends object>(): Pluggable<Input, Output> {
    return {
      applyToStack: (stack) => {
        // It copies every output for a logger, and no client has one.
        stack.remove("loggerMiddleware");
        // Within the retries, so that each attempt waits for its own permit, and before signing, so that no signature ages.
        stack.addRelativeTo(
          (next: FinalizeHandler<Input, Output>) => async (args: FinalizeHandlerArguments<Input>) => {
            const context = this.#contexts.get(args.input);
            // The SDK would retry a call that was aborted; it does not retry this error.
            if (context?.signal.aborted === true) throw new Error("the call was aborted");
            await context?.permit();
            return next(args);
          },
          { name: "permit", relation: "after", toMiddleware: "retryMiddleware", override: true },
        );
        stack.add(
          (next, { commandName = "" }) =>
            (args) =>
              this.#observe(commandName.replace(/Command$/, ""), () => next(args)),
          { step: "deserialize", name: "observe", priority: "high", override: true },
        );
        stack.add(
          () => async (args) => {
            const signal = this.#contexts.get(args.input)?.signal;
            const options = signal === undefined ? {} : { abortSignal: signal };
            const { response } = await this.#handler.handle(args.request as HttpRequest, options);
            // The deserializer, which comes next, makes the output of the response.
            return { response, output: undefined as never };
          },
          { step: "deserialize", name: "send", priority: "low", override: true },
        );
      },
    };
  }

  /** Measures one attempt, from sending to the end of reading its response. */
  async #observe<Result extends { readonly response: unknown }>(
    operation: string,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    const sentMs = this.#clock.monotonicMs();
    const durationMs = () => this.#clock.monotonicMs() - sentMs;
    try {
      const result = await attempt();
      this.#awsTime.learn(dateHeader(result.response), sentMs, durationMs());
      this.#observer({ operation, durationMs: durationMs() });
      return result;
    } catch (error) {
      this.#observer({ operation, durationMs: durationMs(), reason: classify(error) });
      throw error;
    }
  }
}

function dateHeader(response: unknown): string | undefined {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> };
  return headers?.["date"];
}

async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
