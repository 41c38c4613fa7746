import type { TlsSection } from "./web-file.ts";

/** TLS as node:tls takes it. */
export interface TlsConfig {
  /** PEM: the server's certificate and its intermediate ones. */
  readonly cert: string;
  /** PEM, not encrypted. */
  readonly key: string;
  /** PEM: the CAs of clients' certificates; absent: the well-known public ones. */
  readonly ca?: string;
  readonly minVersion: TlsSection["min_version"];
  readonly maxVersion: TlsSection["max_version"];
  /** OpenSSL's names, separated by colons. */
  readonly ciphers: string;
  readonly honorCipherOrder: boolean;
  /** Names separated by colons; absent: Node's default. */
  readonly ecdhCurve?: string;
  readonly clientAuth: TlsSection["client_auth_type"];
  /** A client's certificate must have one of these names; absent: any. */
  readonly allowedSans?: readonly string[];
}

/** The token bucket of all requests; it starts full. */
export interface RateLimitConfig {
  /** Of one token, in milliseconds. */
  readonly intervalMs: number;
  readonly burst: number;
}

/** Who may reach the server and how, from the file of --web.config.file and the files that it names. */
export interface AccessConfig {
  readonly tls?: TlsConfig;
  /** Bcrypt hashes by users' names; empty: no password is needed. */
  readonly users: ReadonlyMap<string, string>;
  /** Of every response, by name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly rateLimit?: RateLimitConfig;
}

/** Plain HTTP for everybody. */
export const OPEN_ACCESS: AccessConfig = { users: new Map(), headers: new Map() };
