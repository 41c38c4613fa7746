import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { Agent as SecureAgent, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import type { AccessSettings } from "./access-role.ts";
import { Child } from "./child.ts";
import { median, table } from "./table.ts";

const ROUNDS = 5;
const KEPT = { isKept: true, scrapes: 400 } as const;
const NEW = { isKept: false, scrapes: 200 } as const;
/** The compressed exposition of about 15,000 series. */
const BODY_BYTES = 200_000;

interface Variant extends Pick<AccessSettings, "server"> {
  readonly name: string;
  readonly hasTls: boolean;
  readonly hasUsers: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: "plain node:http", server: "plain", hasTls: false, hasUsers: false },
  { name: "exporter", server: "exporter", hasTls: false, hasUsers: false },
  { name: "exporter, basic auth", server: "exporter", hasTls: false, hasUsers: true },
  { name: "plain node:https", server: "plain", hasTls: true, hasUsers: false },
  { name: "exporter, TLS", server: "exporter", hasTls: true, hasUsers: false },
  { name: "exporter, TLS and basic auth", server: "exporter", hasTls: true, hasUsers: true },
];

/** CPU of the server for a scrape with and without TLS and basic authentication, on connections that are kept and on new ones. */
export async function access(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "bench-access-"));
  try {
    const rows: string[][] = [];
    for (const variant of VARIANTS) rows.push([variant.name, ...(await measure(variant, folder))]);
    return `A scrape of ${BODY_BYTES} bytes, CPU of the server's process\n\n${table(["server", "kept connection", "new connection"], rows)}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure({ server, hasTls, hasUsers }: Variant, folder: string): Promise<string[]> {
  const file = writeFiles(folder, hasTls, hasUsers);
  const child = await Child.start("access", { server, file, bodyBytes: BODY_BYTES });
  try {
    const columns: string[] = [];
    for (const { isKept, scrapes } of [KEPT, NEW]) {
      const costs: number[] = [];
      for (let round = 0; round <= ROUNDS; round += 1) {
        const beforeMs = await child.ask("cpu");
        await scrapeRepeatedly(child.ready.port, hasTls, isKept, scrapes);
        costs.push(((await child.ask("cpu")) - beforeMs) / scrapes);
      }
      // The first round warms up.
      columns.push(`${median(costs.slice(1)).toFixed(2)} ms`);
    }
    return columns;
  } finally {
    await child.stop();
  }
}

function writeFiles(folder: string, hasTls: boolean, hasUsers: boolean): string {
  const [certFile, keyFile] = [join(folder, "server.crt"), join(folder, "server.key")];
  const options = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost`;
  execFileSync("openssl", [...options.split(" "), "-keyout", keyFile, "-out", certFile], { stdio: "pipe" });
  const file = join(folder, "web.yml");
  writeFileSync(
    file,
    [
      hasTls ? `tls_server_config: {cert_file: ${certFile}, key_file: ${keyFile}}\n` : "",
      hasUsers ? `basic_auth_users: {bench: ${hashSync("bench", 10)}}\n` : "",
    ].join(""),
  );
  return file;
}

async function scrapeRepeatedly(
  port: number,
  hasTls: boolean,
  isKept: boolean,
  scrapes: number,
): Promise<void> {
  const options = { keepAlive: isKept, maxSockets: 1, rejectUnauthorized: false };
  const agent = hasTls ? new SecureAgent({ ...options, maxCachedSessions: 0 }) : new Agent(options);
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    await new Promise<void>((resolve, reject) => {
      const request = hasTls ? httpsRequest : httpRequest;
      request(
        {
          host: "127.0.0.1",
          port,
          path: "/metrics",
          agent,
          auth: "bench:bench",
          headers: { "accept-encoding": "gzip" },
        },
        (response) => {
          if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
          response.resume().on("end", resolve);
        },
      )
        .on("error", reject)
        .end();
    });
  }
  agent.destroy();
}
