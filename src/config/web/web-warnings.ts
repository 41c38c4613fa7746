import { dirname, resolve } from "node:path";
import { formatDuration } from "../../duration.ts";
import { quoted } from "../problem.ts";
import { findDateProblem } from "./pem.ts";
import type { TlsConfig } from "./access-config.ts";
import type { Path, ValueProblem } from "../values/value.ts";
import type { WebFile } from "./web-file.ts";

/** A hash of this cost takes over a second, during which other passwords wait. */
const MAX_USUAL_COST = 14;

/** What warnings depend on besides the file. */
export interface Machine {
  /** Wall-clock time. */
  readonly nowMs: number;
  /** The permission bits of a file; rejects with the system's error. */
  readonly readMode: (path: string) => Promise<number>;
}

/** What is valid in the format, but hardly meant. `source` is the path of the file. */
export async function findWarnings(
  source: string,
  file: WebFile,
  tls: TlsConfig | undefined,
  { nowMs, readMode }: Machine,
): Promise<ValueProblem[]> {
  return [
    ...(await modeWarnings(source, file, readMode)),
    ...tlsWarnings(file, tls, nowMs),
    ...userWarnings(file),
    ...rateLimitWarnings(file),
  ];
}

const READABLE_BY_OTHERS = 0o004;

async function modeWarnings(
  source: string,
  file: WebFile,
  readMode: Machine["readMode"],
): Promise<ValueProblem[]> {
  const tls = file.tls_server_config;
  const secrets: { path: Path; name: string }[] = [
    ...(tls?.key_file === undefined
      ? []
      : [{ path: ["tls_server_config", "key_file"], name: resolve(dirname(source), tls.key_file) }]),
    ...(tls?.key === undefined ? [] : [{ path: ["tls_server_config", "key"], name: source }]),
    ...(file.basic_auth_users === undefined ? [] : [{ path: ["basic_auth_users"], name: source }]),
  ];
  const modes = await Promise.all(secrets.map(async ({ name }) => readMode(name)));
  return secrets.flatMap(({ path, name }, index) =>
    ((modes[index] ?? 0) & READABLE_BY_OTHERS) === 0
      ? []
      : [{ path, message: `every user of this machine can read ${quoted(name)}; run chmod o-rwx on it` }],
  );
}

function tlsWarnings(
  { tls_server_config: section }: WebFile,
  tls: TlsConfig | undefined,
  nowMs: number,
): ValueProblem[] {
  if (section === undefined || tls === undefined) return [];
  const within = (name: string, message: string): ValueProblem => ({
    path: ["tls_server_config", name],
    message,
  });
  const date = findDateProblem(tls.cert, nowMs);
  return [
    ...(date === undefined ? [] : [within(section.cert_file === undefined ? "cert" : "cert_file", date)]),
    ...(tls.clientAuth === "RequireAndVerifyClientCert" && tls.ca === undefined
      ? [
          within(
            "client_auth_type",
            "without client_ca_file, a certificate of any well-known public CA is accepted",
          ),
        ]
      : []),
    ...(tls.allowedSans !== undefined && !tls.clientAuth.includes("Verify")
      ? [
          within(
            "client_allowed_sans",
            "anybody can make a certificate with these names; set RequireAndVerifyClientCert",
          ),
        ]
      : []),
    ...(tls.minVersion === "TLSv1" || tls.minVersion === "TLSv1.1"
      ? [within("min_version", "TLS below 1.2 is not secure")]
      : []),
  ];
}

function userWarnings({
  basic_auth_users: users = {},
  tls_server_config: tls,
  http_server_config: http,
}: WebFile): ValueProblem[] {
  const entries = Object.entries(users);
  const costly = entries.filter(([, hash]) => Number(hash.slice(4, 6)) > MAX_USUAL_COST);
  const header = "Strict-Transport-Security";
  return [
    ...costly.map(([name, hash]) => ({
      path: ["basic_auth_users", name],
      message: `the cost ${hash.slice(4, 6)} takes seconds or more, during which other passwords wait; 10 is usual`,
    })),
    ...(entries.length > 0 && tls === undefined
      ? [{ path: ["basic_auth_users"], message: "without TLS, passwords cross the network in the clear" }]
      : []),
    ...(tls === undefined && (http.headers[header] ?? "") !== ""
      ? [{ path: ["http_server_config", "headers", header], message: "has no effect without TLS" }]
      : []),
  ];
}

function rateLimitWarnings({ rate_limit: { interval, burst } }: WebFile): ValueProblem[] {
  const message = `with an interval of ${formatDuration(interval)}, a burst of 0 refuses every request; set 1 or more`;
  return interval > 0 && burst === 0 ? [{ path: ["rate_limit"], message }] : [];
}
