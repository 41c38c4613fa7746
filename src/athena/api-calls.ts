import type {
  DeserializeHandler,
  DeserializeHandlerArguments,
  DeserializeHandlerOutput,
  FinalizeHandler,
  FinalizeHandlerArguments,
  HttpRequest,
  Pluggable,
} from "@smithy/types";
import type { Clock } from "../clock.ts";
import { ApiError, type FailureReason } from "../failure.ts";
import type { AttemptHandler, WholeResponse } from "./attempt-handler.ts";
import type { AwsTime } from "./aws-time.ts";
import { classify, describe } from "./classify.ts";
import type { PreparedRequests } from "./prepared-requests.ts";

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
  /** Called after every attempt. */
  attempted?(attempt: Attempt): void;
}

/** Makes the output of a call of its successful response. */
export type ReadOutput = (operation: string, body: Uint8Array) => object;

/** What the SDK's deserializer is called with, once there is a response. */
type Responded<Input extends object> = DeserializeHandlerArguments<Input> & {
  readonly response: WholeResponse;
};

interface SdkCommand {
  readonly input: object;
}

/** A client of the SDK, as far as calls need it. */
export interface Sender {
  send(command: SdkCommand): Promise<unknown>;
  /** Omitted: the SDK makes every attempt. */
  readonly prepared?: PreparedRequests;
}

/** An attempt that was made before the SDK was asked to. */
interface EarlyAttempt {
  readonly sentMs: number;
  readonly response: Promise<{ readonly response: WholeResponse }>;
}

/** A command, and the client that sends it. */
export interface SdkRequest {
  readonly sender: Sender;
  readonly command: SdkCommand;
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
  /** Those that failed, by their command's input. */
  readonly #early = new WeakMap<object, EarlyAttempt>();

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
      return await untilAborted(this.#sendPrepared(sender, command, operation, context), context.signal);
    } catch (error) {
      // A failed call of STS on the way names its own operation.
      if (error instanceof ApiError && error.operation !== "") throw error;
      throw new ApiError(classify(error), operation, describe(error), { cause: error });
    }
  }

  /** Where the client has prepared requests, the SDK gets only first attempts that failed: it reads the error, and may try again. */
  async #sendPrepared(
    sender: Sender,
    command: SdkCommand,
    operation: string,
    context: CallContext,
  ): Promise<unknown> {
    const { prepared } = sender;
    if (prepared === undefined || !(await prepared.isReadyFor(operation))) return sender.send(command);
    await context.permit();
    const request = await prepared.sign(operation, command.input);
    const sentMs = this.#clock.monotonicMs();
    const early = { sentMs, response: this.#handler.handle(request, { abortSignal: context.signal }) };
    const success = await successOf(early, (body) => prepared.read(operation, body));
    if (success === undefined) {
      this.#early.set(command.input, early);
      return sender.send(command);
    }
    this.#observeSuccess(command.input, operation, success.response, sentMs);
    await prepared.recordSuccess();
    return success.output;
  }

  /**
   * The middleware of clients whose commands `send` sends. Commands sent in another way have no context, and are only observed.
   * `read` makes the output of a successful response; without it, the SDK's deserializer does.
   */
  middleware<Input extends object, Output extends object>(read?: ReadOutput): Pluggable<Input, Output> {
    return {
      applyToStack: (stack) => {
        // It copies every output for a logger, and no client has one.
        stack.remove("loggerMiddleware");
        // Within the retries, so that each attempt waits for its own permit, and before signing, so that no signature ages.
        stack.addRelativeTo(
          (next: FinalizeHandler<Input, Output>) => async (args: FinalizeHandlerArguments<Input>) => {
            // It was made already, with a permit.
            if (this.#early.has(args.input)) return next(args);
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
              this.#attempt(commandName.replace(/Command$/, ""), args, next, read),
          { step: "deserialize", name: "attempt", priority: "high", override: true },
        );
        // The SDK's deserializer, in between, gets the response that was already read.
        stack.add(
          () => async (args) => ({
            response: (args as Responded<Input>).response,
            output: undefined as never,
          }),
          { step: "deserialize", name: "response", priority: "low", override: true },
        );
      },
    };
  }

  /** Makes one attempt, and measures it from sending to the end of reading its response. */
  async #attempt<Input extends object, Output extends object>(
    operation: string,
    args: DeserializeHandlerArguments<Input>,
    deserialize: DeserializeHandler<Input, Output>,
    read: ReadOutput | undefined,
  ): Promise<DeserializeHandlerOutput<Output>> {
    const early = this.#early.get(args.input);
    this.#early.delete(args.input);
    const sentMs = early?.sentMs ?? this.#clock.monotonicMs();
    try {
      const signal = this.#contexts.get(args.input)?.signal;
      const { response } = await (early?.response ??
        this.#handler.handle(args.request as HttpRequest, { abortSignal: signal }));
      const output =
        read !== undefined && response.statusCode < 300
          ? { response, output: read(operation, response.body) as Output }
          : await deserialize({ ...args, response } as Responded<Input>);
      this.#observeSuccess(args.input, operation, response, sentMs);
      return output;
    } catch (error) {
      const durationMs = this.#clock.monotonicMs() - sentMs;
      this.#observe(args.input, { operation, durationMs, reason: classify(error) });
      throw error;
    }
  }

  #observeSuccess(input: object, operation: string, { headers }: WholeResponse, sentMs: number): void {
    const durationMs = this.#clock.monotonicMs() - sentMs;
    this.#awsTime.learn(headers["date"], sentMs, durationMs);
    this.#observe(input, { operation, durationMs });
  }

  #observe(input: object, attempt: Attempt): void {
    this.#observer(attempt);
    this.#contexts.get(input)?.attempted?.(attempt);
  }
}

/** The response, and what was read of it; undefined where the attempt failed, which the SDK finds out by the same response. */
async function successOf(
  early: EarlyAttempt,
  read: (body: Uint8Array) => object,
): Promise<{ readonly response: WholeResponse; readonly output: object } | undefined> {
  try {
    const { response } = await early.response;
    return response.statusCode < 300 ? { response, output: read(response.body) } : undefined;
  } catch {
    // Not lost: the SDK's first attempt is this one, and fails in the same way.
    return undefined;
  }
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
