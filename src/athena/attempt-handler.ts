import {
  Agent as HttpAgent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { buildQueryString } from "@smithy/core/protocols";
import type { HttpHandlerOptions, HttpRequest, HttpResponse } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { ApiError } from "../failure.ts";
import { proxyAgent, proxyError } from "./proxy.ts";

/** A page of 100 sessions has about 100 kB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** `maxSockets` is above every configurable concurrency, so that no attempt waits for a socket. */
const CONNECTIONS = { keepAlive: true, maxSockets: 256 };

/** A response whose body was read whole. */
export type WholeResponse = HttpResponse & { readonly body: Uint8Array };

/**
 * The SDK's HTTP handler, with a limit on every attempt: on its time, from connecting to the end of the body (those of the SDK's own
 * handler end at the headers, so that a stalled body would hang), and on the size of the body.
 */
export class AttemptHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #clock: Clock;
  readonly #httpAgent: HttpAgent;
  readonly #httpsAgent: HttpAgent;
  readonly #proxyError: ApiError | undefined;
  /** The longest time of one attempt. */
  timeoutMs: number;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.timeoutMs = timeoutMs;
    // A proxy needs the whole URL of a request without TLS, and ProxyAgent writes that on new connections only.
    this.#httpAgent =
      proxyAgent(process.env, { ...CONNECTIONS, keepAlive: false }) ?? new HttpAgent(CONNECTIONS);
    this.#httpsAgent = proxyAgent(process.env, CONNECTIONS) ?? new HttpsAgent(CONNECTIONS);
    this.#proxyError = proxyError(process.env);
  }

  /** Rejects with a TimeoutError, which the SDK retries, when the attempt takes too long, and when `abortSignal` is aborted. */
  async handle(
    request: HttpRequest,
    { abortSignal }: { readonly abortSignal?: HttpHandlerOptions["abortSignal"] | undefined } = {},
  ): Promise<{ response: WholeResponse }> {
    if (this.#proxyError !== undefined) throw this.#proxyError;
    const sent = this.#send(request);
    const { timeoutMs } = this;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        end();
        reject(error);
        sent.destroy();
      };
      const abort = () => fail(namedError("AbortError", "the request was aborted"));
      const signal = abortSignal as AbortSignal | undefined;
      const stopTimer = this.#clock.after(timeoutMs, () =>
        fail(namedError("TimeoutError", `no complete response within ${timeoutMs / 1000} s`)),
      );
      const end = (): void => {
        stopTimer();
        signal?.removeEventListener("abort", abort);
      };
      sent.on("error", fail);
      sent.on("response", (incoming) =>
        readWhole(incoming, fail, (response) => {
          end();
          resolve({ response });
        }),
      );
      signal?.addEventListener("abort", abort);
      if (signal?.aborted === true) abort();
      else sent.end(request.body);
    });
  }

  destroy(): void {
    this.#httpAgent.destroy();
    this.#httpsAgent.destroy();
  }

  updateHttpClientConfig(): void {
    // Settings of the SDK's clients do not apply to this handler.
  }

  httpHandlerConfigs(): object {
    return {};
  }

  #send({ protocol, hostname, port, method, path, query, headers }: HttpRequest): ClientRequest {
    const isSecure = protocol === "https:";
    const search = query === undefined ? "" : buildQueryString(query);
    return (isSecure ? requestHttps : requestHttp)({
      agent: isSecure ? this.#httpsAgent : this.#httpAgent,
      // Node.js takes an IPv6 address without brackets.
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port,
      method,
      path: search === "" ? path : `${path}?${search}`,
      headers,
    });
  }
}

function readWhole(
  incoming: IncomingMessage,
  fail: (error: Error) => void,
  done: (response: WholeResponse) => void,
): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  incoming.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else fail(new ApiError("malformed_response", "", `the response is longer than ${MAX_BODY_BYTES} bytes`));
  });
  incoming.on("error", fail);
  incoming.on("end", () => {
    const { statusCode = 0, statusMessage = "" } = incoming;
    const [first = Buffer.alloc(0), ...others] = chunks;
    done({
      statusCode,
      reason: statusMessage,
      headers: incoming.headers as Record<string, string>,
      body: others.length === 0 ? first : Buffer.concat(chunks),
    });
  });
}

function namedError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
