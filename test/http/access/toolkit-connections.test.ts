import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CertificateFolder, type KeyPair } from "../../certificates.ts";
import type { Running } from "../harness.ts";
import { get, quickHash, serveWith, type ClientOptions } from "./client.ts";

// The cases of connections of the tests of prometheus/exporter-toolkit by their names. Where the exporter differs, the case says so.

const folder = new CertificateFolder();
let ca: KeyPair;
let clients: Readonly<Record<string, KeyPair>>;
let running: Running | undefined;

beforeAll(() => {
  ca = folder.create("ca", { isCa: true });
  folder.create("server", { issuer: ca, keyType: "rsa" });
  clients = {
    client: folder.create("client", { isCa: true }),
    named: folder.create("named", { isCa: true, sans: "DNS:test1,DNS:test2,DNS:test3" }),
  };
});
afterEach(() => running?.server.close(0));
afterAll(() => folder.remove());

const TLS = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";
const indented = (text: string): string => text.replaceAll(/^/gm, "    ");

/** "allowed", or how the server refuses. */
async function outcomeOf(yaml: string, options: ClientOptions): Promise<string> {
  running = await serveWith(folder, yaml);
  try {
    const { status, cipher } = await get(running.port, { ca: ca.cert, ...options });
    return [status === 200 ? "allowed" : String(status), cipher].join(" ").trim();
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

const MODERN = `${TLS}  client_auth_type: VerifyClientCertIfGiven\n`;
const SOME_CIPHERS = `${MODERN}  min_version: TLS12\n  max_version: TLS12\n  cipher_suites:\n  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n  - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n`;
const CLIENT_ORDER = `${MODERN}  min_version: TLS12\n  max_version: TLS12\n  prefer_server_cipher_suites: false\n  cipher_suites:\n  - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n`;
const ALL_CIPHERS = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
];
const SOME_CURVES = `${MODERN}  min_version: TLS13\n  curve_preferences: [CurveP521]\n`;
const NO_HTTP2_CIPHER = `${MODERN}  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n  max_version: TLS12\n`;
const VERIFIED = `${TLS}  client_auth_type: RequireAndVerifyClientCert\n`;
const of = (name: string) => ({ cert: clients[name]?.cert, key: clients[name]?.key });
const tls =
  (options: ClientOptions = {}) =>
  () => ({ usesTls: true, ...options });
const AES128 = "ECDHE-RSA-AES128-GCM-SHA256";
const AES256 = "ECDHE-RSA-AES256-GCM-SHA384";

describe("server behaviour", () => {
  test.each<[name: string, yaml: string, client: () => ClientOptions, outcome: RegExp]>([
    ["empty string YAMLConfigPath and default client", "", () => ({}), /^allowed$/],
    ["empty string YAMLConfigPath and TLS client", "", tls(), /^(ERR_SSL_|EPROTO|ECONNRESET)/],
    ["valid tls config yml and default client", MODERN, () => ({}), /^(ECONNRESET|HPE_)/],
    ["valid tls config yml and tls client", MODERN, tls(), /^allowed TLS_AES/],
    [
      "valid tls config yml with TLS 1.1 client",
      MODERN,
      tls({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
      /^(ERR_SSL_|EPROTO|ECONNRESET)/,
    ],
    [
      "valid tls config yml with all ciphers",
      `${MODERN}  cipher_suites: [${ALL_CIPHERS.join(", ")}]\n`,
      tls(),
      /^allowed/,
    ],
    ["valid tls config yml with some ciphers", SOME_CIPHERS, tls({ ciphers: AES128 }), /^allowed/],
    [
      "valid tls config yml with no common cipher",
      SOME_CIPHERS,
      tls({ ciphers: "ECDHE-RSA-AES256-SHA" }),
      /^(ERR_SSL_|EPROTO|ECONNRESET)/,
    ],
    [
      "valid tls config yml with multiple client ciphers",
      SOME_CIPHERS,
      tls({ ciphers: `${AES256}:${AES128}` }),
      new RegExp(`^allowed ${AES128}$`),
    ],
    [
      "valid tls config yml with multiple client ciphers, client chooses cipher",
      CLIENT_ORDER,
      tls({ ciphers: `${AES128}:${AES256}` }),
      new RegExp(`^allowed ${AES128}$`),
    ],
    [
      "valid tls config yml with all curves",
      `${MODERN}  curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]\n`,
      tls(),
      /^allowed/,
    ],
    ["valid tls config yml with some curves", SOME_CURVES, tls({ ecdhCurve: "P-521" }), /^allowed/],
    [
      "valid tls config yml with no common curves",
      SOME_CURVES,
      tls({ ecdhCurve: "P-384" }),
      /^(ERR_SSL_|EPROTO|ECONNRESET)/,
    ],
    [
      "valid tls config yml with non-http2 ciphers",
      `${NO_HTTP2_CIPHER}http_server_config:\n  http2: false\n`,
      tls(),
      new RegExp(`^allowed ${AES256}$`),
    ],
    // HTTP/2 is off unless the file turns it on, so that the toolkit's error about a missing cipher does not arise.
    [
      "valid tls config yml with non-http2 ciphers but http2 enabled",
      NO_HTTP2_CIPHER,
      tls(),
      new RegExp(`^allowed ${AES256}$`),
    ],
    [
      "valid tls config yml and tls client with RequireAnyClientCert (present certificate)",
      `${TLS}  client_auth_type: RequireAnyClientCert\n`,
      () => ({ usesTls: true, ...of("client") }),
      /^allowed/,
    ],
    [
      "RequireClientCert is RequireAnyClientCert",
      `${TLS}  client_auth_type: RequireClientCert\n`,
      tls(),
      /^(ECONNRESET|ERR_SSL)/,
    ],
    [
      "tls client with RequireAnyClientCert (no certificate)",
      `${TLS}  client_auth_type: RequireAnyClientCert\n`,
      tls(),
      /^(ECONNRESET|ERR_SSL)/,
    ],
    [
      "tls client with RequestClientCert (no certificate)",
      `${TLS}  client_auth_type: RequestClientCert\n`,
      tls(),
      /^allowed/,
    ],
    [
      "tls client with RequestClientCert (certificate of an unknown CA)",
      `${TLS}  client_auth_type: RequestClientCert\n`,
      () => ({ usesTls: true, ...of("client") }),
      /^allowed/,
    ],
    [
      "tls client with VerifyClientCertIfGiven (certificate of an unknown CA)",
      `${MODERN}  client_ca_file: ca.crt\n`,
      () => ({ usesTls: true, ...of("client") }),
      /^(ECONNRESET|ERR_SSL)/,
    ],
    [
      "valid tls config yml and tls client with RequireAndVerifyClientCert (present certificate)",
      `${VERIFIED}  client_ca_file: client.crt\n`,
      () => ({ usesTls: true, ...of("client") }),
      /^allowed/,
    ],
    [
      "tls client with RequireAndVerifyClientCert (no certificate)",
      `${VERIFIED}  client_ca_file: client.crt\n`,
      tls(),
      /^(ECONNRESET|ERR_SSL)/,
    ],
    [
      "tls client with RequireAndVerifyClientCert (certificate of an unknown CA)",
      `${VERIFIED}  client_ca_file: client.crt\n`,
      () => ({ usesTls: true, ...of("named") }),
      /^(ECONNRESET|ERR_SSL)/,
    ],
    [
      "valid tls config yml and tls client with VerifyPeerCertificate (present good SAN DNS entry)",
      `${VERIFIED}  client_ca_file: named.crt\n  client_allowed_sans: [one, test3, two]\n`,
      () => ({ usesTls: true, ...of("named") }),
      /^allowed/,
    ],
    [
      "valid tls config yml and tls client with VerifyPeerCertificate (present invalid SAN DNS entries)",
      `${VERIFIED}  client_ca_file: named.crt\n  client_allowed_sans: [bad]\n`,
      () => ({ usesTls: true, ...of("named") }),
      /^(ECONNRESET|ERR_SSL)/,
    ],
  ])("%s", async (_name, yaml, client, outcome) => {
    expect(await outcomeOf(yaml, client())).toMatch(outcome);
  });

  test("valid tls config yml (cert and key inline) and tls client", async () => {
    const { cert, key } = folder.create("inline", { issuer: ca });
    const yaml = `tls_server_config:\n  cert: |\n${indented(cert)}\n  key: |\n${indented(key)}\n`;
    expect(await outcomeOf(yaml, { usesTls: true })).toMatch(/^allowed/);
  });

  test("valid tls config yml (cert from file, key inline) and tls client with RequireAnyClientCert (present certificate)", async () => {
    const { key } = folder.create("half", { issuer: ca });
    const yaml = `tls_server_config:\n  cert_file: half.crt\n  client_auth_type: RequireAnyClientCert\n  key: |\n${indented(key)}\n`;
    expect(await outcomeOf(yaml, { usesTls: true, ...of("client") })).toMatch(/^allowed/);
  });

  test("valid headers config", async () => {
    const headers = {
      "X-Frame-Options": "deny",
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "X-Content-Type-Options": "nosniff",
      "X-XSS-Protection": 1,
      "Content-Security-Policy": "default-src 'self' *.test.example.net",
    };
    running = await serveWith(folder, `${TLS}http_server_config:\n  headers: ${JSON.stringify(headers)}\n`);
    for (const path of ["/", "/metrics", "/-/healthy", "/nothing"]) {
      const answer = await get(running.port, { usesTls: true, ca: ca.cert, path });
      for (const [name, value] of Object.entries(headers)) {
        expect([path, name, answer.headers[name.toLowerCase()]]).toEqual([path, name, String(value)]);
      }
    }
  });

  test("valid rate limiter (no rate limiter set up) that doesn't block", async () => {
    running = await serveWith(folder, "rate_limit:\n  interval: 0\n  burst: 0\n");
    for (let request = 0; request < 10; request += 1) {
      expect((await get(running.port)).status).toBe(200);
    }
  });

  test("valid rate limiter with an interval of one second", async () => {
    expect(await outcomeOf('rate_limit:\n  interval: "1s"\n  burst: 0\n', {})).toBe("429");
  });
});

describe("users", () => {
  const USERS = `basic_auth_users:\n  carol: ${quickHash("carol123")}\n  dave: ${quickHash("dave123")}\n`;
  test.each<[name: string, yaml: string, auth: string | undefined, outcome: RegExp]>([
    ["without basic auth", USERS, undefined, /^401$/],
    ["with correct basic auth", USERS, "dave:dave123", /^allowed$/],
    ["without basic auth and TLS", TLS + USERS, undefined, /^401 /],
    ["with correct basic auth and TLS", TLS + USERS, "dave:dave123", /^allowed/],
    ["with another correct basic auth and TLS", TLS + USERS, "carol:carol123", /^allowed/],
    ["with bad password and TLS", TLS + USERS, "dave:bad", /^401 /],
    ["with bad username and TLS", TLS + USERS, "nonexistent:nonexistent", /^401 /],
    ["with another user's password", USERS, "dave:carol123", /^401$/],
    ["with an empty password", USERS, "dave:", /^401$/],
    ["with an empty user", USERS, ":dave123", /^401$/],
    ["with an empty list of users", "basic_auth_users: {}\n", undefined, /^allowed$/],
  ])("%s", async (_name, yaml, auth, outcome) => {
    const usesTls = yaml.startsWith("tls");
    expect(await outcomeOf(yaml, { usesTls, ...(auth !== undefined && { auth }) })).toMatch(outcome);
  });

  test("basic auth cache: 300 requests at once get the right answers", async () => {
    running = await serveWith(folder, USERS);
    const { port } = running;
    expect((await get(port, { auth: "carol:carol123" })).status).toBe(200);
    expect((await get(port, { auth: "carol:carol1234" })).status).toBe(401);
    const passwords = Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? "carol123" : "carol1234"));
    const statuses = await Promise.all(
      passwords.map(async (password) => (await get(port, { auth: `carol:${password}` })).status),
    );
    expect(statuses).toEqual(passwords.map((password) => (password === "carol123" ? 200 : 401)));
  });

  test("basic auth with the password of nobody: a user who does not exist never gets in", async () => {
    running = await serveWith(folder, USERS);
    for (const password of ["fakepassword", "carol123", "dave123", "carol123", "dave123"]) {
      expect((await get(running.port, { auth: `fakeuser:${password}` })).status).toBe(401);
    }
  });

  test("CVE-2022-46146: no login of a made-up user answers for another", async () => {
    const hash = quickHash("alice123");
    running = await serveWith(folder, `basic_auth_users:\n  alice: ${hash}\n`);
    for (const auth of [`alice${hash}:fakepassword`, `alice:${hash}fakepassword`, `alice:${hash}alice123`]) {
      expect((await get(running.port, { auth })).status).toBe(401);
    }
    expect((await get(running.port, { auth: "alice:alice123" })).status).toBe(200);
  });
});
