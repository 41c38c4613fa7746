import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../clock.ts";
import { jsonErrorResponse } from "./aws-response.ts";
import { AwsError } from "./aws-error.ts";
import type { Handler } from "./handler.ts";
import type { SimulatorSettings } from "./settings.ts";
import { sendResponse } from "./send-response.ts";

const MAX_BODY_BYTES = 1_000_000;

/** A listening server of the simulator. */
export interface RunningServer {
  /** For example "http://127.0.0.1:40123". */
  readonly url: string;
  /** Stops listening and closes every connection immediately. */
  close(): Promise<void>;
}

/** The parts of the simulator that the server needs. */
export interface ServerParts {
  readonly handler: Handler;
  readonly clock: Clock;
  readonly settings: SimulatorSettings;
}

/** Serves the handler on 127.0.0.1; port 0 picks a free port. Rejects if the port is in use. */
export async function startServer(parts: ServerParts, port: number): Promise<RunningServer> {
  const server = createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => sendFailure(error, response, parts));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${address.port}`, close: () => closeServer(server) };
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { handler, clock, settings } = parts;
  const body = await readBody(request);
  if (body === undefined) {
    const tooLarge = new AwsError(
      "RequestEntityTooLargeException",
      `The body must not exceed ${MAX_BODY_BYTES} bytes`,
      413,
    );
    sendResponse({ response: jsonErrorResponse(tooLarge), fault: undefined }, response, parts);
    return;
  }
  const signed = { method: request.method ?? "", url: request.url ?? "", headers: flatten(request), body };
  const handled = handler.handle(signed, { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() });
  if (settings.latencyMs <= 0) {
    sendResponse(handled, response, parts);
    return;
  }
  const cancel = clock.after(settings.latencyMs, () => sendResponse(handled, response, parts));
  response.once("close", cancel);
}

/** Reports a bug of the simulator as a 500 response, unless the client has disconnected. */
function sendFailure(error: unknown, response: ServerResponse, parts: ServerParts): void {
  if (response.headersSent || response.destroyed) return;
  const message = `The simulator failed: ${error instanceof Error ? error.message : String(error)}`;
  const failure = jsonErrorResponse(new AwsError("InternalServerException", message, 500));
  sendResponse({ response: failure, fault: undefined }, response, parts);
}

/** The whole body; undefined if it is larger than MAX_BODY_BYTES. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const data = chunk as Buffer;
    bytes += data.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(data);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

function flatten(request: IncomingMessage): Record<string, string> {
  const headers = Object.entries(request.headers);
  return Object.fromEntries(
    headers.map(([name, value = ""]) => [name, Array.isArray(value) ? value.join(",") : value]),
  );
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
