import { accountOf } from "./draw-settings.ts";
import type { FaultItem, FaultType, Operation, Reason } from "./history.ts";
import type { Model, Request } from "./model.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What a call runs under, as the exporter hands it over. */
export interface CallContext {
  readonly signal: AbortSignal;
  permit(): Promise<void>;
}

export interface Attempt {
  readonly operation: string;
  readonly durationMs: number;
  readonly reason?: Reason;
}

/** AWS' clock as the exporter learns it from the Date headers of answers. */
interface AwsTime {
  learn(dateHeader: string | undefined, sentMs: number, durationMs: number): void;
  at(monotonicMs: number): number;
}

export interface ModelClientOptions {
  readonly model: Model;
  readonly clock: VirtualClock;
  readonly region: string;
  /** Absent: the process' own credentials. */
  readonly role?: { readonly arn: string };
  /** Of one attempt. */
  readonly timeoutMs: number;
  readonly awsTime: AwsTime;
  readonly observer: (attempt: Attempt) => void;
  /** Told of each request when it is sent. */
  readonly sent?: (operation: Operation) => void;
  /** Makes the error that a call is rejected with. */
  readonly fail: (reason: Reason, operation: Operation, message: string) => Error;
}

const MAX_ATTEMPTS = 3;
/** The SDK waits up to so long before its first retry, and twice as long before the next. */
const RETRY_MS = 100;
const THROTTLED_RETRY_MS = 500;

const REASONS: Readonly<Record<Exclude<FaultType, "slow">, Reason>> = {
  throttled: "throttled",
  access_denied: "access_denied",
  credentials: "credentials",
  server_error: "server_error",
  network: "network",
  hang: "timeout",
  malformed_response: "malformed_response",
};
const RETRIED: ReadonlySet<Reason> = new Set(["throttled", "server_error", "network", "timeout"]);

/** A refusal that is the answer and no fault. */
export class Refusal {
  readonly reason: Reason;
  readonly message: string;

  constructor(reason: Reason, message: string) {
    this.reason = reason;
    this.message = message;
  }
}

/** Sends requests to the model as the SDK does: each has a fate of its own, and some are retried. */
export class ModelRequests {
  #options: ModelClientOptions;
  /** That the process' own credentials are expected to be of; empty while unknown. */
  #accountId = "";

  constructor(options: ModelClientOptions) {
    this.#options = options;
  }

  expectAccount(accountId: string): void {
    this.#accountId = accountId;
  }

  applyConfig(config: Pick<ModelClientOptions, "timeoutMs" | "role">): void {
    const { role: _former, ...options } = this.#options;
    this.#options = { ...options, ...config };
  }

  /** A call with its retries. Rejects with what `fail` makes of a fault or a refusal. */
  async ask<Answer extends object>(
    what: Pick<Request, "operation" | "workgroup" | "isLaterPage">,
    context: CallContext,
    answer: (account: string, nowMs: number) => Answer | Refusal,
  ): Promise<Answer> {
    const { model, clock, region, role, fail } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const account = role === undefined ? model.ownAccountAt(clock.monotonicMs()) : accountOf(role.arn);
      const request: Request = { ...what, account, region };
      const result = await this.#attempt(request, context, answer);
      const isOver = !(result instanceof Refusal) || attempt === MAX_ATTEMPTS || !RETRIED.has(result.reason);
      if (isOver) this.#checkAccount(request);
      if (isOver && result instanceof Refusal) {
        model.failedCalls.push({ ...request, atMs: clock.monotonicMs(), reason: result.reason });
        throw fail(result.reason, what.operation, result.message);
      }
      if (!(result instanceof Refusal)) return result;
      const longestMs = (result.reason === "throttled" ? THROTTLED_RETRY_MS : RETRY_MS) * 2 ** (attempt - 1);
      await this.#orAborted(request, context.signal, model.random.integer(0, longestMs));
    }
  }

  /** One request; a fault that is not the answer is a refusal too. */
  async #attempt<Answer extends object>(
    request: Request,
    context: CallContext,
    answer: (account: string, nowMs: number) => Answer | Refusal,
  ): Promise<Answer | Refusal> {
    const { model, clock, observer, awsTime, timeoutMs, role } = this.#options;
    await this.#permitted(request, context);
    const sentMs = clock.monotonicMs();
    this.#options.sent?.(request.operation);
    if (role !== undefined) model.lastRequestMs.set(role.arn, sentMs);
    const { latencyMs, fault } = model.fateOf(request, sentMs);
    const takesMs = durationMs(latencyMs, fault, timeoutMs);
    // The answer is what holds somewhere on the way.
    const result =
      fault === undefined || fault.type === "slow" ? answer(request.account, sentMs) : refusal(fault.type);
    const report = (reason?: Reason) =>
      observer({
        operation: request.operation,
        durationMs: clock.monotonicMs() - sentMs,
        ...(reason !== undefined && { reason }),
      });
    try {
      await this.#orAborted(request, context.signal, takesMs);
    } catch (error) {
      report(reasonOfAbort(context.signal));
      throw error;
    }
    if (isAnswered(fault)) {
      awsTime.learn(
        new Date(model.awsClock.at(clock.monotonicMs())).toUTCString(),
        sentMs,
        clock.monotonicMs() - sentMs,
      );
    }
    report(result instanceof Refusal ? result.reason : undefined);
    return result;
  }

  async #permitted(request: Request, context: CallContext): Promise<void> {
    try {
      context.signal.throwIfAborted();
      await context.permit();
    } catch {
      throw this.#abortion(request, context.signal);
    }
  }

  /** Throws where another account than the expected one was answered, or refused. */
  #checkAccount({ account, operation, region }: Request): void {
    const { role, model, clock, fail } = this.#options;
    const isOther = role === undefined && this.#accountId !== "" && this.#accountId !== account;
    if (!isOther || operation === "GetCallerIdentity") return;
    model.failedCalls.push({ account, region, operation, atMs: clock.monotonicMs(), reason: "credentials" });
    throw fail("credentials", operation, `the credentials are now those of the account ${account}`);
  }

  async #orAborted(request: Request, signal: AbortSignal, delayMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const abandon = () => {
        cancel();
        reject(this.#abortion(request, signal));
      };
      const cancel = this.#options.clock.after(delayMs, () => {
        signal.removeEventListener("abort", abandon);
        resolve();
      });
      signal.addEventListener("abort", abandon, { once: true });
    });
  }

  #abortion(request: Request, signal: AbortSignal): Error {
    const { model, clock, fail } = this.#options;
    const reason = reasonOfAbort(signal);
    model.failedCalls.push({ ...request, atMs: clock.monotonicMs(), reason });
    return fail(reason, request.operation, String(signal.reason));
  }
}

function reasonOfAbort({ reason }: AbortSignal): Reason {
  return reason instanceof Error && reason.name === "TimeoutError" ? "timeout" : "other";
}

function refusal(type: Exclude<FaultType, "slow">): Refusal {
  return new Refusal(REASONS[type], `a fault of the simulation: ${type}`);
}

function durationMs(latencyMs: number, fault: FaultItem | undefined, timeoutMs: number): number {
  if (fault?.type === "hang") return timeoutMs;
  return fault?.type === "slow" ? Math.round(timeoutMs * 0.7) : latencyMs;
}

/** Whether AWS sent something, from which its clock can be told. */
function isAnswered(fault: FaultItem | undefined): boolean {
  return fault === undefined || !["hang", "network", "malformed_response"].includes(fault.type);
}
