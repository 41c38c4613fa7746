import type { Socket } from "node:net";
import { clientOf } from "./client-address.ts";

/** The open connections of each client, and which of them have had a response. */
export class ClientConnections {
  readonly #byClient = new Map<string, Set<Socket>>();
  readonly #answered = new WeakSet<Socket>();

  add(socket: Socket): void {
    const client = clientOf(socket.remoteAddress);
    const connections = this.#byClient.get(client) ?? new Set();
    this.#byClient.set(client, connections.add(socket));
    socket.once("close", () => {
      connections.delete(socket);
      if (connections.size === 0) this.#byClient.delete(client);
    });
  }

  markAnswered(socket: Socket): void {
    this.#answered.add(socket);
  }

  /**
   * Closes the client's other connections that have not had a response. A client that floods one connection floods all, and parsing what
   * they have sent would hold up others.
   */
  closeUnanswered(flooded: Socket): void {
    for (const socket of this.#byClient.get(clientOf(flooded.remoteAddress)) ?? []) {
      if (socket !== flooded && !this.#answered.has(socket)) socket.destroy();
    }
  }
}
