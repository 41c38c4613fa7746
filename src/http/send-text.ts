import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

/** Sends a response of plain text; a line feed is added. The response to HEAD has no body. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, {
    ...headers,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": body.length,
  });
  response.end(body);
}

/** Refuses a method; `allowed` as in the Allow header. */
export function sendMethodNotAllowed(response: ServerResponse, allowed: string): void {
  const text = `Method not allowed; use ${allowed.replace(", ", " or ")}.`;
  sendText(response, 405, text, { Allow: allowed });
}

/** Hides the cause of an error from the client. */
export function sendInternalError(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else sendText(response, 500, "Internal error; see the exporter's log.");
}
