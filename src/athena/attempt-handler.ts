import type { Readable } from "node:stream";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Clock } from "../clock.ts";
import { ApiError } from "../failure.ts";
import { proxyAgent, verifyProxies } from "./proxy.ts";

type Request = Parameters<NodeHttpHandler["handle"]>[0];
type HandlerOptions = Parameters<NodeHttpHandler["handle"]>[1];
type Response = Awaited<ReturnType<NodeHttpHandler["handle"]>>;

/** A page of 100 sessions has about 100 kB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** `maxSockets` is above every configurable concurrency, because no time limit covers waiting for a socket. */
const CONNECTIONS = { keepAlive: true, maxSockets: 256 };

/**
 * The SDK's HTTP handler with a limit on every attempt: on its time, from connecting to the end of the body (the SDK's own
 * limits end at the headers, so that a stalled body would hang), and on the size of the body.
 */
export class AttemptHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #http: NodeHttpHandler;
  readonly #clock: Clock;
  /** The longest time of one attempt. */
  timeoutMs: number;

  constructor(clock: Clock, timeoutMs: number) {
    this.#http = new NodeHttpHandler({
      // A proxy needs the whole URL of a request without TLS, and ProxyAgent writes that on new connections only.
      httpAgent: proxyAgent(process.env, { ...CONNECTIONS, keepAlive: false }) ?? CONNECTIONS,
      httpsAgent: proxyAgent(process.env, CONNECTIONS) ?? CONNECTIONS,
    });
    this.#clock = clock;
    this.timeoutMs = timeoutMs;
  }

  /** Rejects with a TimeoutError, which the SDK retries, when the attempt takes too long, and when `abortSignal` is aborted. */
  async handle(request: Request, options: HandlerOptions = {}): Promise<Response> {
    verifyProxies(process.env);
    const caller = options.abortSignal as AbortSignal | undefined;
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    if (caller?.aborted === true) abort();
    caller?.addEventListener("abort", abort, { once: true });
    const { timeoutMs } = this;
    let isTimeout = false;
    const stopTimer = this.#clock.after(timeoutMs, () => {
      isTimeout = true;
      abort();
    });
    try {
      const { response } = await this.#http.handle(request, { abortSignal: attempt.signal });
      response.body = await readWhole(response.body as Readable, attempt.signal);
      return { response };
    } catch (error) {
      if (isTimeout) throw timeoutError(timeoutMs, error);
      throw error;
    } finally {
      stopTimer();
      caller?.removeEventListener("abort", abort);
    }
  }

  destroy(): void {
    this.#http.destroy();
  }

  updateHttpClientConfig(): void {
    // Settings of the SDK's clients do not apply to this handler.
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
      throw new ApiError("malformed_response", "", `the response is longer than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function timeoutError(timeoutMs: number, cause: unknown): Error {
  const error = new Error(`no complete response within ${timeoutMs / 1000} s`, { cause });
  error.name = "TimeoutError";
  return error;
}
