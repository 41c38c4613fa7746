import type { ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";
import type { ResponseWithFault } from "./handler.ts";
import type { SimulatorSettings } from "./settings.ts";

/** The clock and settings that sending a response depends on. */
export interface SendParts {
  readonly clock: Clock;
  readonly settings: SimulatorSettings;
}

/** Sends a response in the way that its fault prescribes: correctly, slowly, partly or not at all. */
export function sendResponse(
  { response: { status, headers, body }, fault }: ResponseWithFault,
  response: ServerResponse,
  { clock, settings }: SendParts,
): void {
  const skewMs = settings.dateSkewMs + (fault?.kind === "date-skew" ? fault.skewMs : 0);
  const datedHeaders = { ...headers, Date: new Date(clock.wallMs() + skewMs).toUTCString() };
  if (fault?.kind === "hang") return;
  if (fault?.kind === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === "huge-body") {
    response.writeHead(status, datedHeaders);
    sendEndlessListing(response, fault.maxBytes);
    return;
  }
  response.writeHead(status, { ...datedHeaders, "Content-Length": Buffer.byteLength(body) });
  if (fault?.kind === "stall") response.write(body.slice(0, Math.floor(body.length / 2)));
  else if (fault?.kind === "drip") sendByteByByte(Buffer.from(body), response, fault.intervalMs, clock);
  else response.end(body);
}

/** Sends one byte per interval until all are sent or the client disconnects. */
function sendByteByByte(body: Buffer, response: ServerResponse, intervalMs: number, clock: Clock): void {
  let sent = 0;
  let cancel = () => {};
  const next = () => {
    if (sent === body.length) {
      response.end();
      return;
    }
    response.write(body.subarray(sent, sent + 1));
    sent += 1;
    cancel = clock.after(intervalMs, next);
  };
  response.once("close", () => cancel());
  next();
}

/** Sends an endless listing as fast as the client reads, and resets the connection after `maxBytes`. */
function sendEndlessListing(response: ServerResponse, maxBytes: number): void {
  const session = `{"SessionId":"00000000-0000-4000-8000-000000000000","Status":{"State":"IDLE"}},`;
  const chunk = session.repeat(800);
  let sent = 0;
  const more = () => {
    while (sent < maxBytes) {
      sent += chunk.length;
      if (!response.write(chunk)) {
        response.once("drain", more);
        return;
      }
    }
    response.destroy();
  };
  response.write('{"Sessions":[');
  more();
}
