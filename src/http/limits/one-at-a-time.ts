import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { sendText } from "../send-text.ts";

/** Requests that wait behind another of their connection. Clients of HTTP/1.1 hardly ever send the next before the response. */
const MAX_WAITING = 8;

interface Connection {
  readonly waiting: (() => void)[];
  /** Whether it is closed after the responses that are due. */
  isRefused: boolean;
}

export interface ConnectionObserver {
  /** Called after each response of a connection. */
  readonly ended: (socket: Socket) => void;
  /** Called once for a connection on which too many requests wait. */
  readonly flooded: (socket: Socket) => void;
}

/**
 * A listener that calls `listener` with one request of a connection at a time: Node parses all requests of a packet at once, so that
 * one client could otherwise make the process busy for seconds, and hold resources for responses that wait behind others. A client
 * that sends too many is disconnected.
 */
export function oneAtATime(
  listener: RequestListener,
  { ended, flooded }: ConnectionObserver,
): RequestListener {
  const connections = new WeakMap<Socket, Connection>();
  return (request, response) => {
    const { socket } = request;
    const connection = connections.get(socket);
    if (connection === undefined) {
      connections.set(socket, { waiting: [], isRefused: false });
      run(request, response);
    } else if (connection.isRefused) {
      return;
    } else if (connection.waiting.length < MAX_WAITING) {
      connection.waiting.push(() => run(request, response));
    } else {
      connection.isRefused = true;
      flooded(socket);
      const text = `Too many requests on one connection: at most ${MAX_WAITING} may wait. Try again in a second.`;
      sendText(response, 503, text, { "Retry-After": "1", Connection: "close" });
    }
  };

  function run(request: IncomingMessage, response: ServerResponse): void {
    response.once("close", () => {
      next(request.socket);
      ended(request.socket);
    });
    listener(request, response);
  }

  function next(socket: Socket): void {
    const connection = connections.get(socket);
    const runNext = socket.destroyed ? undefined : connection?.waiting.shift();
    if (runNext !== undefined) runNext();
    else if (connection?.isRefused !== true) connections.delete(socket);
  }
}
