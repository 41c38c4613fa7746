import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { TLSSocket } from "node:tls";
import { hashSync } from "bcryptjs";
import { readTextFile } from "../../../src/config/file/read-file.ts";
import { formatProblem } from "../../../src/config/problem.ts";
import { loadAccess } from "../../../src/config/web/load-access.ts";
import type { CertificateFolder } from "../../certificates.ts";
import { serve, type Running } from "../harness.ts";

/** What a server answered. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** OpenSSL's name; empty without TLS. */
  readonly cipher: string;
  /** The serial number of the server's certificate; empty without TLS. */
  readonly serial: string;
}

export type ClientOptions = Pick<
  RequestOptions,
  | "auth"
  | "socketPath"
  | "ca"
  | "cert"
  | "key"
  | "ciphers"
  | "ecdhCurve"
  | "maxVersion"
  | "minVersion"
  | "agent"
  | "headers"
> & { readonly usesTls?: boolean; readonly path?: string };

/** One request on a connection of its own, unless an agent is given. Rejects if the connection fails. */
export function get(
  port: number,
  { usesTls = false, path = "/-/healthy", ...options }: ClientOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = usesTls ? httpsRequest : httpRequest;
    request({ host: "localhost", port, path, agent: false, ...options }, (response) => {
      const socket = response.socket as TLSSocket;
      const cipher = usesTls ? socket.getCipher().name : "";
      const serial = usesTls ? socket.getPeerX509Certificate()?.serialNumber : "";
      let body = "";
      response.on("data", (data: Buffer) => (body += data.toString()));
      response.on("error", reject);
      response.on("end", () => {
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body,
          cipher,
          serial: serial ?? "",
        });
      });
    })
      .on("error", reject)
      .end();
  });
}

/** A quick hash of a password, with the prefix that htpasswd writes. */
export function quickHash(password: string): string {
  return hashSync(password, 4).replace("$2b$", "$2y$");
}

/** The problems of a file of --web.config.file in `folder`, as the lines that a user reads; none if it is valid. */
export async function problemsOf(folder: CertificateFolder, yaml: string): Promise<readonly string[]> {
  const loaded = await loadAccess(folder.write("web.yml", yaml), readTextFile);
  return "problems" in loaded
    ? loaded.problems.map(formatProblem).map((line) => line.replaceAll(folder.path, "FOLDER"))
    : [];
}

/** A server with the file of --web.config.file in `folder`. */
export async function serveWith(
  folder: CertificateFolder,
  yaml: string,
  change: Parameters<typeof serve>[0] = {},
): Promise<Running> {
  const loaded = await loadAccess(folder.write("web.yml", yaml), readTextFile);
  if ("problems" in loaded) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return serve({ access: loaded.access, ...change });
}
