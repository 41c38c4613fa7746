import type { Readable } from "node:stream";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Clock } from "../clock.ts";
import { AwsFailure } from "../failure.ts";
import { proxyAgents, proxyOf } from "./proxy.ts";

type Request = Parameters<NodeHttpHandler["handle"]>[0];
type HandlerOptions = Parameters<NodeHttpHandler["handle"]>[1];
type Response = Awaited<ReturnType<NodeHttpHandler["handle"]>>;

/** A page of 100 sessions is some 100 kB; more than this is no answer of Athena. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Above every concurrency that can be configured: waiting for a socket is not timed, so nothing must wait for one. */
const MAX_SOCKETS = 256;
const CONNECTIONS = { keepAlive: true, maxSockets: MAX_SOCKETS };

/**
 * The SDK's HTTP handler with a limit on every attempt: on its time, from connecting to the end of the body (the SDK's own
 * limits end at the headers, so that a stalled body would hang), and on the body's size.
 */
export class AttemptHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #direct = new NodeHttpHandler({ httpAgent: CONNECTIONS, httpsAgent: CONNECTIONS });
  /** By the proxy's URL; there are as many as the environment names. */
  readonly #proxied = new Map<string, NodeHttpHandler>();
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #callers = new WeakMap<object, AbortSignal>();

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Ends a request, which is yet to be handled, when the signal is aborted. The SDK would hand a signal on as well, but
   * then puts its middleware together anew for every call, a sixth of what a call costs.
   */
  endWith(request: object, signal: AbortSignal): void {
    this.#callers.set(request, signal);
  }

  /** Rejects with a TimeoutError, which the SDK retries, when the attempt takes longer than its time. */
  async handle(request: Request, options: HandlerOptions = {}): Promise<Response> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    const caller = this.#callers.get(request) ?? (options.abortSignal as AbortSignal | undefined);
    if (caller?.aborted === true) abort();
    caller?.addEventListener("abort", abort, { once: true });
    let isTimeout = false;
    const stopTimer = this.#clock.after(this.#timeoutMs, () => {
      isTimeout = true;
      abort();
    });
    try {
      const { response } = await this.#handlerOf(request).handle(request, {
        ...options,
        abortSignal: attempt.signal,
      });
      response.body = await readWhole(response.body as Readable, attempt.signal);
      return { response };
    } catch (error) {
      if (isTimeout) throw timeoutError(this.#timeoutMs, error);
      throw error;
    } finally {
      stopTimer();
      caller?.removeEventListener("abort", abort);
    }
  }

  destroy(): void {
    for (const handler of [this.#direct, ...this.#proxied.values()]) handler.destroy();
  }

  #handlerOf({ protocol, hostname, port }: Request): NodeHttpHandler {
    const proxy = proxyOf(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`);
    if (proxy === undefined) return this.#direct;
    const known = this.#proxied.get(proxy);
    const handler = known ?? new NodeHttpHandler(proxyAgents(proxy, CONNECTIONS));
    this.#proxied.set(proxy, handler);
    return handler;
  }

  updateHttpClientConfig(): void {
    // The SDK offers settings of its clients; this handler has its own.
  }

  httpHandlerConfigs(): object {
    return {};
  }
}

async function readWhole(body: Readable, signal: AbortSignal): Promise<Uint8Array> {
  const destroy = () => body.destroy(new Error("aborted"));
  if (signal.aborted) destroy();
  signal.addEventListener("abort", destroy, { once: true });
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) {
      throw new AwsFailure("malformed_response", "", `the answer is longer than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function timeoutError(timeoutMs: number, cause: unknown): Error {
  const error = new Error(`no complete answer within ${timeoutMs / 1000} s`, { cause });
  error.name = "TimeoutError";
  return error;
}
