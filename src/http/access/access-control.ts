import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Clock } from "../../clock.ts";
import type { AccessConfig, RateLimitConfig } from "../../config/web/access-config.ts";
import { TokenBucket } from "../../poll/token-bucket.ts";
import { sendInternalError, sendText } from "../send-text.ts";
import { BasicAuth } from "./basic-auth.ts";
import { clientOf } from "../limits/client-address.ts";

export interface AccessControlOptions {
  /** The paths that are answered without a password. */
  readonly openPaths: ReadonlySet<string>;
  readonly clock: Clock;
  /** Receives internal errors. */
  readonly onError: (error: unknown) => void;
}

/** Decides which requests reach the routes: a rate limit, headers of every response, and basic authentication. */
export class AccessControl {
  readonly #options: AccessControlOptions;
  readonly #auth = new BasicAuth();
  #headers: AccessConfig["headers"] = new Map();
  #rateLimit: RateLimitConfig | undefined;
  #bucket: TokenBucket | undefined;

  constructor(config: AccessConfig, options: AccessControlOptions) {
    this.#options = options;
    this.applyConfig(config);
  }

  /** Holds for requests from now on. */
  applyConfig({ users, headers, rateLimit }: AccessConfig): void {
    this.#auth.setUsers(users);
    this.#headers = headers;
    const isSame =
      rateLimit?.burst === this.#rateLimit?.burst && rateLimit?.intervalMs === this.#rateLimit?.intervalMs;
    if (isSame) return;
    this.#rateLimit = rateLimit;
    this.#bucket =
      rateLimit &&
      new TokenBucket(1_000 / rateLimit.intervalMs, rateLimit.burst, this.#options.clock.monotonicMs());
  }

  close(): void {
    this.#auth.close();
  }

  /** A listener that calls `listener` with the requests that are allowed, and answers the others. */
  protect(listener: RequestListener): RequestListener {
    return (request, response) => {
      response.setHeader("X-Content-Type-Options", "nosniff");
      for (const [name, value] of this.#headers) response.setHeader(name, value);
      if (request.url !== undefined && this.#options.openPaths.has(request.url)) {
        listener(request, response);
        return;
      }
      if (this.#bucket?.tryTake(this.#options.clock.monotonicMs()) === false) {
        sendText(response, 429, "Too many requests: see rate_limit in the file of --web.config.file.");
        return;
      }
      const verdict = this.#auth.judge(request.headers.authorization, clientOf(request.socket.remoteAddress));
      if (verdict === "allowed") listener(request, response);
      else if (typeof verdict === "string") answer(verdict, response);
      else void this.#answerLater(verdict, listener, request, response);
    };
  }

  async #answerLater(
    verdict: ReturnType<BasicAuth["judge"]>,
    listener: RequestListener,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      const decided = await verdict;
      if (response.destroyed) return;
      if (decided === "allowed") listener(request, response);
      else answer(decided, response);
    } catch (error) {
      this.#options.onError(error);
      sendInternalError(response);
    }
  }
}

function answer(verdict: "refused" | "busy", response: ServerResponse): void {
  if (verdict === "busy") {
    sendText(response, 503, "Too many passwords wait to be checked. Try again in a second.", {
      "Retry-After": "1",
    });
    return;
  }
  const challenge = 'Basic realm="athena-session-exporter", charset="UTF-8"';
  sendText(response, 401, "A user and a password are needed.", { "WWW-Authenticate": challenge });
}
