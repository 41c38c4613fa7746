import type { AthenaClient, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-athena";
import type { FinalizeHandler, FinalizeHandlerArguments, HttpRequest, RequestSigner } from "@smithy/types";
import { systemClock } from "../clock.ts";
import { MAX_ATTEMPTS, type ReadOutput } from "./api-calls.ts";

const decoder = new TextDecoder();
/** The SDK names retries in it. */
const ATTEMPT_HEADER = { "amz-sdk-request": `attempt=1; max=${MAX_ATTEMPTS}` };

/**
 * First attempts of a client's calls, made of the request that the SDK built for the first call of the same operation: only the body and
 * the signature differ. The SDK's middleware, which would build the same request anew, costs as much as all the rest of a call.
 * Credentials, signer, endpoint and the quota of retries are the SDK's.
 */
export class PreparedRequests {
  /** Makes the output of a call of its successful response. */
  readonly read: ReadOutput;
  readonly #client: AthenaClient;
  readonly #templates = new Map<string, HttpRequest>();
  #signer: RequestSigner | undefined;

  constructor(client: AthenaClient, read: ReadOutput) {
    this.#client = client;
    this.read = read;
    const { signer: makeSigner } = client.config;
    // The SDK makes one for each request, by copying the whole configuration, though they are all the same.
    client.config.signer = async (authScheme) => (this.#signer ??= await makeSigner(authScheme));
    client.middlewareStack.addRelativeTo(
      (next: FinalizeHandler<ServiceInputTypes, ServiceOutputTypes>, { commandName = "" }) =>
        async (args: FinalizeHandlerArguments<ServiceInputTypes>) => {
          this.#learn(commandName.replace(/Command$/, ""), args.input, args.request as HttpRequest);
          return next(args);
        },
      { name: "template", relation: "after", toMiddleware: "retryMiddleware", override: true },
    );
  }

  /** Whether `sign` can make a request. Rejects where there are no credentials. */
  async isReadyFor(operation: string): Promise<boolean> {
    await this.#client.config.credentials();
    return this.#signer !== undefined && this.#templates.has(operation);
  }

  /** A signed request. `input`: the command's, of text and whole numbers only. */
  async sign(operation: string, input: object): Promise<HttpRequest> {
    const template = this.#templates.get(operation);
    if (template === undefined || this.#signer === undefined)
      throw new RangeError(`${operation} is not known`);
    const body = JSON.stringify(input);
    const headers = {
      ...template.headers,
      ...ATTEMPT_HEADER,
      "amz-sdk-invocation-id": crypto.randomUUID(),
      "content-length": String(Buffer.byteLength(body)),
    };
    // The SDK's offset is from the system's clock.
    const signingDate = new Date(systemClock.wallMs() + this.#client.config.systemClockOffset);
    return this.#signer.sign({ ...template, headers, body }, { signingDate });
  }

  /** Successes fill up the SDK's quota of retries. */
  async recordSuccess(): Promise<void> {
    const strategy = await this.#client.config.retryStrategy();
    if ("recordSuccess" in strategy) strategy.recordSuccess(await strategy.acquireInitialRetryToken(""));
  }

  /** Keeps the first request of each operation, before it is signed, if its body is what `sign` would make of the input. */
  #learn(operation: string, input: object, request: HttpRequest): void {
    if (this.#templates.has(operation)) return;
    const body: unknown = request.body;
    const text = body instanceof Uint8Array ? decoder.decode(body) : body;
    if (text !== JSON.stringify(input)) return;
    this.#templates.set(operation, { ...request, headers: { ...request.headers } });
  }
}
