import { once } from "node:events";
import { lstat, unlink } from "node:fs/promises";
import { connect, type AddressInfo, type Server } from "node:net";
import type { ListenAddress } from "../config/values/listen-address.ts";

/** Where to listen: an address, or a socket that another process has bound. */
export type ListenTarget = ListenAddress | { readonly fd: number };

/** Where a server listens: on a host and port, or on a Unix socket. */
export interface BoundAddress {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
}

/** Makes a server listen, and resolves to where it does. Rejects with an error of one line. */
export async function listen(server: Server, target: ListenTarget): Promise<BoundAddress> {
  try {
    try {
      await listenOnce(server, target);
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE" || !("path" in target) || !(await isAbandoned(target.path)))
        throw error;
      // A process that was killed has left it behind.
      await unlink(target.path);
      await listenOnce(server, target);
    }
  } catch (error) {
    throw new Error(describeListenError(target, error), { cause: error });
  }
  return boundAddress(target, server.address());
}

async function listenOnce(server: Server, target: ListenTarget): Promise<void> {
  server.listen(target);
  await once(server, "listening");
}

/** Whether the path is a Unix socket on which no process listens. */
async function isAbandoned(path: string): Promise<boolean> {
  // Connections to a file of another kind are refused, too.
  if (!(await lstat(path)).isSocket()) return false;
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return false;
  } catch (error) {
    return codeOf(error) === "ECONNREFUSED";
  } finally {
    socket.destroy();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function boundAddress(target: ListenTarget, address: AddressInfo | string | null): BoundAddress {
  if (typeof address === "string") return { path: address };
  const port = address?.port ?? 0;
  if ("fd" in target) return { ...(address !== null && { host: address.address }), port };
  return { ...target, port };
}

function describeListenError(target: ListenTarget, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if ("fd" in target)
    return `cannot listen on the socket of systemd with the descriptor ${target.fd}: ${message}`;
  if ("path" in target) return describeSocketError(target.path, error);
  const host = target.host ?? "all interfaces";
  const subject = `port ${target.port} on ${host}`;
  const messages: Readonly<Record<string, string>> = {
    EADDRINUSE: `${subject} is already in use; choose another with --web.listen-address`,
    EACCES: `no permission to listen on ${subject}; choose a port over 1023 with --web.listen-address`,
    EADDRNOTAVAIL: `${host} is not an address of this host; see --web.listen-address`,
    ENOTFOUND: `the host name ${host} cannot be resolved; see --web.listen-address`,
  };
  return messages[codeOf(error)] ?? `cannot listen on ${subject}: ${message}`;
}

function describeSocketError(path: string, error: unknown): string {
  const messages: Readonly<Record<string, string>> = {
    EADDRINUSE: `${path} is already in use; choose another path with --web.listen-address`,
    // libuv reports a missing folder in this way, too.
    EACCES: `no permission to create the Unix socket ${path}, or its folder does not exist; see --web.listen-address`,
  };
  return (
    messages[codeOf(error)] ??
    `cannot listen on ${path}: ${error instanceof Error ? error.message : String(error)}`
  );
}
