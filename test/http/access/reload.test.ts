import { Agent } from "node:https";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readTextFile } from "../../../src/config/file/read-file.ts";
import { loadAccess } from "../../../src/config/web/load-access.ts";
import { CertificateFolder, type KeyPair } from "../../certificates.ts";
import type { Running } from "../harness.ts";
import { get, quickHash, serveWith } from "./client.ts";

const folder = new CertificateFolder();
let ca: KeyPair;
let client: KeyPair;
let running: Running | undefined;
let agent: Agent | undefined;

beforeAll(() => {
  ca = folder.create("ca", { isCa: true });
  folder.create("other-ca", { isCa: true });
  folder.create("server", { issuer: ca });
  client = folder.create("client", {
    issuer: ca,
    sans: "DNS:prometheus,URI:spiffe://example/prometheus,IP:10.1.2.3,email:ops@example.net",
  });
});
afterEach(async () => {
  agent?.destroy();
  await running?.server.close(0);
});
afterAll(() => folder.remove());

const TLS = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";
const MUTUAL = `${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n`;

/** Applies a file to the running server; returns why it cannot. */
async function apply(yaml: string): Promise<string | undefined> {
  const loaded = await loadAccess(folder.write("web.yml", yaml), readTextFile);
  if ("problems" in loaded) throw new Error("the file is not valid");
  return running?.server.applyAccess(loaded.access);
}

/** A request of the client on one connection that it keeps. */
async function request(): Promise<string> {
  agent ??= new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const { port = 0 } = running ?? {};
    const { status, headers } = await get(port, {
      usesTls: true,
      agent,
      ca: ca.cert,
      cert: client.cert,
      key: client.key,
    });
    return `${status} ${headers.connection}`;
  } catch {
    return "disconnected";
  }
}

async function start(yaml: string): Promise<void> {
  running = await serveWith(folder, yaml);
  agent?.destroy();
  agent = undefined;
}

test.each(["prometheus", "spiffe://example/prometheus", "10.1.2.3", "ops@example.net"])(
  "client_allowed_sans: a client gets in by its name %s",
  async (name) => {
    await start(`${MUTUAL}  client_allowed_sans: ["${name}"]\n`);
    expect(await request()).toBe("200 keep-alive");
  },
);

test.each(["prometheu", "DNS:prometheus", "prometheus,URI", "10.1.2", "example.net", "client"])(
  "client_allowed_sans: a client does not get in by %s",
  async (name) => {
    await start(`${MUTUAL}  client_allowed_sans: ["${name}"]\n`);
    expect(await request()).toBe("disconnected");
  },
);

test("a name that is removed ends the client's connections at their next request", async () => {
  await start(`${MUTUAL}  client_allowed_sans: [prometheus]\n`);
  expect(await request()).toBe("200 keep-alive");
  await apply(`${MUTUAL}  client_allowed_sans: [other]\n`);
  expect(await request()).toBe("disconnected");
  expect(await request()).toBe("disconnected");
});

test("a CA that is replaced leaves one response to a connection, and then lets the client in no more", async () => {
  await start(MUTUAL);
  expect(await request()).toBe("200 keep-alive");
  await apply(MUTUAL.replace("ca.crt", "other-ca.crt"));
  expect(await request()).toBe("200 close");
  expect(await request()).toBe("disconnected");
});

test("a session that was made before a CA was replaced cannot be resumed", async () => {
  await start(MUTUAL);
  const sessions = new Agent({ keepAlive: false, maxCachedSessions: 10 });
  const options = { usesTls: true, agent: sessions, ca: ca.cert, cert: client.cert, key: client.key };
  const { port = 0 } = running ?? {};
  expect((await get(port, options)).status).toBe(200);
  expect((await get(port, options)).status).toBe(200);
  await apply(MUTUAL.replace("ca.crt", "other-ca.crt"));
  await expect(get(port, options)).rejects.toThrow(/socket hang up|ECONNRESET/);
  sessions.destroy();
});

test("a user who is removed or has a new password is refused at the next request", async () => {
  const users = (name: string, password: string) => `basic_auth_users:\n  ${name}: ${quickHash(password)}\n`;
  await start(users("alice", "one"));
  const { port = 0 } = running ?? {};
  const statusOf = async (auth: string) => (await get(port, { auth })).status;
  expect(await statusOf("alice:one")).toBe(200);
  await apply(users("alice", "two"));
  expect(await statusOf("alice:one")).toBe(401);
  expect(await statusOf("alice:two")).toBe(200);
  await apply(users("bob", "two"));
  expect(await statusOf("alice:two")).toBe(401);
  await apply("");
  expect(await statusOf("alice:two")).toBe(200);
});

test("rate_limit lets a burst pass, and changes with the file", async () => {
  await start("rate_limit:\n  interval: 1h\n  burst: 3\n");
  const { port = 0 } = running ?? {};
  const statuses = async (count: number) => {
    const seen: (number | undefined)[] = [];
    for (let request = 0; request < count; request += 1) seen.push((await get(port)).status);
    return seen;
  };
  expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
  await apply("rate_limit:\n  interval: 1h\n  burst: 3\nbasic_auth_users: {}\n");
  expect(await statuses(1)).toEqual([429]);
  await apply("rate_limit:\n  interval: 1h\n  burst: 1\n");
  expect(await statuses(2)).toEqual([200, 429]);
  await apply("");
  expect(await statuses(3)).toEqual([200, 200, 200]);
});

test.each([
  ["", TLS, "TLS was turned on: restart the exporter"],
  [TLS, "", "TLS was turned off: restart the exporter"],
  [TLS, MUTUAL, "client_auth_type was changed from or to NoClientCert: restart the exporter"],
  [MUTUAL, TLS, "client_auth_type was changed from or to NoClientCert: restart the exporter"],
])(
  "changes that listening sockets cannot make need a restart, and change nothing",
  async (before, after, why) => {
    await start(before);
    expect(await apply(after)).toContain(why);
  },
);

test("--web.open-probes: probes need neither a password nor a token, other paths do", async () => {
  running = await serveWith(
    folder,
    `rate_limit:\n  interval: 1h\n  burst: 1\nbasic_auth_users:\n  alice: ${quickHash("one")}\n`,
    { hasOpenProbes: true },
  );
  const { port } = running;
  for (const path of ["/-/healthy", "/-/ready", "/-/healthy"])
    expect((await get(port, { path })).status).toBe(200);
  expect((await get(port, { path: "/metrics" })).status).toBe(401);
  expect((await get(port, { path: "/metrics", auth: "alice:one" })).status).toBe(429);
});

test("401 asks for basic authentication, and has the headers of the file", async () => {
  await start(
    `http_server_config:\n  headers:\n    X-Frame-Options: sameorigin\nbasic_auth_users:\n  a: ${quickHash("b")}\n`,
  );
  const { headers, body } = await get(running?.port ?? 0);
  expect(headers).toMatchObject({
    "www-authenticate": 'Basic realm="athena-session-exporter", charset="UTF-8"',
    "x-frame-options": "sameorigin",
    "x-content-type-options": "nosniff",
  });
  expect(body).toBe("A user and a password are needed.\n");
});

test.each([
  "Basic",
  "Basic ",
  "Basic !!!!",
  `Basic ${Buffer.from("alice").toString("base64")}`,
  `Bearer ${Buffer.from("alice:one").toString("base64")}`,
  `Basic ${Buffer.from("alice:one\0").toString("base64")}`,
  `Basic ${Buffer.from("alice\0:one").toString("base64")}`,
  `Basic ${Buffer.from("ALICE:one").toString("base64")}`,
  `Basic ${Buffer.from("__proto__:one").toString("base64")}`,
  `Basic ${Buffer.from("constructor:one").toString("base64")}`,
])("the Authorization header %j is refused", async (authorization) => {
  await start(`basic_auth_users:\n  alice: ${quickHash("one")}\n`);
  expect((await get(running?.port ?? 0, { headers: { authorization } })).status).toBe(401);
});

test("passwords with colons, spaces and any script are accepted, up to the 72 bytes that bcrypt uses", async () => {
  for (const password of ["a:b:c", " space ", "пароль 密码 🔑", "x".repeat(72)]) {
    await start(`basic_auth_users:\n  alice: ${quickHash(password)}\n`);
    const authorization = `Basic ${Buffer.from(`alice:${password}`).toString("base64")}`;
    expect((await get(running?.port ?? 0, { headers: { authorization } })).status).toBe(200);
    await running?.server.close(0);
  }
});
