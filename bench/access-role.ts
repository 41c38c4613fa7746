import { randomBytes } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { systemClock } from "../src/clock.ts";
import { readTextFile } from "../src/config/file/read-file.ts";
import { loadAccess } from "../src/config/web/load-access.ts";
import { createHttpServer } from "../src/http/server.ts";
import type { RunningRole } from "./running-role.ts";

export interface AccessSettings {
  /** The exporter's server, or a plain one of Node. */
  readonly server: "exporter" | "plain";
  /** The file of --web.config.file; a plain server takes only the certificate of it. */
  readonly file: string;
  readonly bodyBytes: number;
}

/** CPU of this process so far, in milliseconds. */
type CpuMs = number;

/** A server of one incompressible body of fixed length. */
export async function start({
  server,
  file,
  bodyBytes,
}: AccessSettings): Promise<RunningRole<{ readonly port: number }, "cpu", CpuMs>> {
  const loaded = await loadAccess(file, readTextFile);
  if ("problems" in loaded) throw new Error(loaded.problems.map(({ message }) => message).join("\n"));
  const { access } = loaded;
  const body = randomBytes(bodyBytes);
  const port = server === "exporter" ? await exporter() : await plain();
  return {
    ready: { port },
    async answer() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
  };

  async function exporter(): Promise<number> {
    const running = createHttpServer({
      telemetryPath: "/metrics",
      maxRequests: 40,
      access,
      clock: systemClock,
      body: async () => ({ pieces: [body], bytes: body.length }),
      isHealthy: async () => true,
      isReady: async () => true,
      render: async () => "busy",
      onError: (error) => {
        throw error;
      },
    });
    const [bound] = await running.listen([{ host: "127.0.0.1", port: 0 }]);
    return bound?.port ?? 0;
  }

  async function plain(): Promise<number> {
    const listener: RequestListener = (_request, response) => {
      response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": body.length });
      response.end(body);
    };
    const running =
      access.tls === undefined ? createServer(listener) : createSecureServer(access.tls, listener);
    await new Promise<void>((resolve) => running.listen(0, "127.0.0.1", resolve));
    return (running.address() as AddressInfo).port;
  }
}
