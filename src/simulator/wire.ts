import type { ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";
import type { FaultyAnswer } from "./handler.ts";
import type { SimulatorSettings } from "./settings.ts";

/** What sending needs besides the answer. */
export interface WireParts {
  readonly clock: Clock;
  readonly settings: SimulatorSettings;
}

/** Sends an answer, or fails to, as its fault wants. */
export function sendAnswer(
  { answer, fault }: FaultyAnswer,
  response: ServerResponse,
  parts: WireParts,
): void {
  const skewMs = parts.settings.dateSkewMs + (fault?.kind === "date-skew" ? fault.skewMs : 0);
  const headers = { ...answer.headers, Date: new Date(parts.clock.wallMs() + skewMs).toUTCString() };
  if (fault?.kind === "hang") return;
  if (fault?.kind === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === "huge-body") {
    response.writeHead(answer.status, headers);
    pour(response, fault.maxBytes);
    return;
  }
  response.writeHead(answer.status, { ...headers, "Content-Length": Buffer.byteLength(answer.body) });
  if (fault?.kind === "stall") response.write(answer.body.slice(0, Math.floor(answer.body.length / 2)));
  else if (fault?.kind === "drip") drip(Buffer.from(answer.body), response, fault.intervalMs, parts.clock);
  else response.end(answer.body);
}

/** A byte at a time, until all are sent or the client has gone. */
function drip(body: Buffer, response: ServerResponse, intervalMs: number, clock: Clock): void {
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

/** A listing that goes on and on, as fast as the client reads, and breaks off after `maxBytes`. */
function pour(response: ServerResponse, maxBytes: number): void {
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
