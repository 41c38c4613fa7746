import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { hashSync } from "bcryptjs";
import { expect, onTestFinished, test } from "vitest";
import { CertificateFolder, type KeyPair } from "../certificates.ts";
import { get } from "../http/access/client.ts";
import { runExporter, startExporter, type Exporter } from "./exporter.ts";
import { startPrometheus, valuesBy } from "./prometheus.ts";
import { environmentOf, startTestSimulator } from "./test-simulator.ts";
import { until } from "./until.ts";

/** A folder with a CA and a server's certificate, which is removed when the test ends. */
function certificates(): { folder: CertificateFolder; ca: KeyPair } {
  const folder = new CertificateFolder();
  onTestFinished(() => folder.remove());
  const ca = folder.create("ca", { isCa: true });
  folder.create("server", { issuer: ca, keyType: "rsa" });
  return { folder, ca };
}

const TLS = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";

async function startWith(folder: CertificateFolder, yaml: string, ...args: string[]): Promise<Exporter> {
  const simulator = await startTestSimulator();
  const file = folder.write("web.yml", yaml);
  return startExporter([`--web.config.file=${file}`, ...args], {
    environment: environmentOf(simulator),
    scheme: yaml.startsWith("tls") ? "https" : "http",
  });
}

test("Prometheus scrapes with TLS, a client certificate and a password, and fails where it should", async () => {
  const { folder, ca } = certificates();
  const client = folder.create("prometheus", { issuer: ca, sans: "DNS:prometheus" });
  const other = folder.create("other", { issuer: ca, sans: "DNS:other" });
  const self = folder.create("self", { sans: "DNS:prometheus" });
  const exporter = await startWith(
    folder,
    `${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n  client_allowed_sans: [prometheus]\nbasic_auth_users:\n  prometheus: ${hashSync("right", 10)}\n`,
  );
  const tls = ({ certFile, keyFile }: KeyPair) => ({
    tls_config: { ca_file: ca.certFile, cert_file: certFile, key_file: keyFile },
  });
  const password = { basic_auth: { username: "prometheus", password: "right" } };
  const job = (settings: object) => ({ url: exporter.url, settings: { scheme: "https", ...settings } });
  const prometheus = await startPrometheus({
    right: job({ ...tls(client), ...password }),
    noPassword: job(tls(client)),
    wrongPassword: job({ ...tls(client), basic_auth: { username: "prometheus", password: "wrong" } }),
    unknownUser: job({ ...tls(client), basic_auth: { username: "nobody", password: "right" } }),
    noCertificate: job({ tls_config: { ca_file: ca.certFile }, ...password }),
    wrongName: job({ ...tls(other), ...password }),
    selfSigned: job({ ...tls(self), ...password }),
    untrustedServer: job({
      ...password,
      tls_config: { cert_file: client.certFile, key_file: client.keyFile },
    }),
    plainHttp: { url: exporter.url, settings: password },
  });
  const up = async () => valuesBy("job", await prometheus.query("up"));
  await until("every job to be scraped", async () => {
    const values = await up();
    return Object.keys(values).length === 9 && values["right"] === 1;
  });
  expect(await up()).toEqual({
    right: 1,
    noPassword: 0,
    wrongPassword: 0,
    unknownUser: 0,
    noCertificate: 0,
    wrongName: 0,
    selfSigned: 0,
    untrustedServer: 0,
    plainHttp: 0,
  });
  expect(exporter.lines("a request could not be answered")).toEqual([]);
});

/** What openssl reports of a handshake: protocol and cipher, or "refused". */
function handshake(port: number, ...options: string[]): string {
  const { stdout } = spawnSync("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, ...options], {
    input: "",
    encoding: "utf8",
  });
  const [, protocol, cipher = ""] = /New, (\S+), Cipher is (\S+)/.exec(stdout) ?? [];
  return protocol === undefined || cipher === "(NONE)" ? "refused" : `${protocol} ${cipher}`;
}

test("openssl s_client: by default TLS 1.2 and 1.3 with authenticated ciphers and forward secrecy, and no others", async () => {
  const { folder } = certificates();
  const { port } = await startWith(folder, TLS);
  expect(handshake(port)).toMatch(/^TLSv1\.3 TLS_/);
  expect(handshake(port, "-tls1_2")).toMatch(/^TLSv1\.2 ECDHE-RSA-AES128-GCM-SHA256$/);
  const weak = ["-cipher", "ALL:@SECLEVEL=0"];
  expect(handshake(port, "-tls1_1", ...weak)).toBe("refused");
  expect(handshake(port, "-tls1", ...weak)).toBe("refused");
  const ciphers = execFileSync("openssl", ["ciphers", "-s", "-tls1_2", "ALL:@SECLEVEL=0"], {
    encoding: "utf8",
  });
  const accepted = ciphers
    .trim()
    .split(":")
    .filter((cipher) => handshake(port, "-tls1_2", "-cipher", `${cipher}:@SECLEVEL=0`) !== "refused");
  expect(accepted.sort()).toEqual([
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305",
  ]);
  // Without renegotiation and compression, and with HTTP/1.1 only.
  expect(handshake(port, "-alpn", "h2,http/1.1")).toMatch(/^TLSv1\.3/);
});

test("openssl s_client: versions, ciphers and curves of the file hold", async () => {
  const { folder } = certificates();
  const { port } = await startWith(
    folder,
    `${TLS}  min_version: TLS11\n  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA]\n  curve_preferences: [CurveP384]\n`,
  );
  const weak = ["-cipher", "ALL:@SECLEVEL=0"];
  expect(handshake(port, "-tls1_1", ...weak)).toMatch(/ECDHE-RSA-AES256-SHA$/);
  expect(handshake(port, "-tls1_2")).toMatch(/ECDHE-RSA-AES256-SHA$/);
  expect(handshake(port, "-tls1_2", "-curves", "P-384")).toMatch(/ECDHE-RSA-AES256-SHA$/);
  expect(handshake(port, "-tls1_2", "-curves", "P-256")).toBe("refused");
  expect(handshake(port, "-tls1_3")).toBe("refused");
  expect(handshake(port, "-tls1", ...weak)).toBe("refused");
});

test("a client without a certificate cannot get in by resuming a session", async () => {
  const { folder, ca } = certificates();
  const client = folder.create("client", { issuer: ca, sans: "DNS:client" });
  const yaml = `${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n`;
  const { port } = await startWith(folder, yaml);
  const session = folder.fileOf("session.pem");
  const request = (...options: string[]) =>
    spawnSync("openssl", ["s_client", "-quiet", "-connect", `127.0.0.1:${port}`, ...options], {
      input: "GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      encoding: "utf8",
    }).stdout;
  expect(request("-cert", client.certFile, "-key", client.keyFile)).toContain("200 OK");
  for (const version of ["-tls1_2", "-tls1_3"]) {
    expect(request(version, "-sess_out", session)).not.toContain("200 OK");
    writeFileSync(session, "", { flag: "a" });
    expect(request(version, "-sess_in", session)).not.toContain("200 OK");
  }
});

test("probes need a password unless --web.open-probes is given", async () => {
  const { folder } = certificates();
  const yaml = `basic_auth_users:\n  alice: ${hashSync("right", 4)}\n`;
  const closed = await startWith(folder, yaml);
  expect(
    await Promise.all(["/-/healthy", "/-/ready", "/metrics", "/"].map((path) => closed.status(path))),
  ).toEqual([401, 401, 401, 401]);
  const open = await startWith(folder, yaml, "--web.open-probes");
  await until("readiness", async () => (await open.status("/-/ready")) === 200);
  const paths = ["/-/healthy", "/metrics", "/", "/-/healthy/", "//-/healthy", "/-/healthy?x", "/-/reload"];
  expect(await Promise.all(paths.map((path) => open.status(path)))).toEqual([
    200, 401, 401, 401, 401, 401, 401,
  ]);
});

test("--config.check reports errors with their lines, and warns of a key that everybody can read", async () => {
  const { folder } = certificates();
  const check = async (yaml: string) =>
    runExporter([
      "--config.check",
      `--web.config.file=${folder.write("web.yml", yaml)}`,
      "--aws.region=eu-west-1",
    ]);
  execFileSync("chmod", ["644", folder.fileOf("server.key")]);
  const warned = await check(TLS);
  expect([warned.status, warned.stdout]).toEqual([0, "the configuration is valid\n"]);
  expect(warned.stderr).toMatch(
    /^warning: .*web\.yml:3:13: tls_server_config\.key_file: every user of this machine can read ".*server\.key"; run chmod o-rwx on it\n$/,
  );
  execFileSync("chmod", ["600", folder.fileOf("server.key")]);
  expect((await check(TLS)).stderr).toBe("");
  const wrong = await check(`${TLS}  client_auth_type: Maybe\nbasic_auth_user: {}\n`);
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toMatch(
    /web\.yml:4:21: tls_server_config\.client_auth_type: expected one of .*, got "Maybe"\n/,
  );
  expect(wrong.stderr).toMatch(
    /web\.yml:5:1: basic_auth_user: unknown key; did you mean "basic_auth_users"\?\n/,
  );
});

/** Does what systemd does for a .socket unit: passes a TCP and a Unix socket as descriptors 3 and 4. */
const SOCKET_ACTIVATION = `
import os, socket, sys
tcp, unix = socket.socket(), socket.socket(socket.AF_UNIX)
tcp.bind(("127.0.0.1", 0)); tcp.listen()
unix.bind(sys.argv[1]); unix.listen()
for descriptor, passed in ((3, tcp), (4, unix)):
    os.dup2(passed.fileno(), descriptor + 10)
for descriptor in (3, 4):
    os.dup2(descriptor + 10, descriptor); os.set_inheritable(descriptor, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")
os.execvp(sys.argv[2], sys.argv[2:])
`;

test("--web.systemd-socket serves on the sockets that systemd passes, with the same protection", async () => {
  const { folder, ca } = certificates();
  const simulator = await startTestSimulator();
  const file = folder.write("web.yml", `${TLS}basic_auth_users:\n  alice: ${hashSync("right", 4)}\n`);
  const socketPath = folder.fileOf("exporter.sock");
  const exporter = await startExporter(["--web.systemd-socket", `--web.config.file=${file}`], {
    environment: environmentOf(simulator),
    prefix: ["python3", "-c", SOCKET_ACTIVATION, socketPath],
    scheme: "https",
  });
  const secure = { usesTls: true, ca: ca.cert, auth: "alice:right" };
  expect((await get(exporter.port, secure)).status).toBe(200);
  expect((await get(exporter.port, { ...secure, auth: "alice:wrong" })).status).toBe(401);
  expect((await get(0, { ...secure, socketPath })).status).toBe(200);
});

test("--web.systemd-socket without a socket is an error of one line", async () => {
  const { status, stderr } = await runExporter(["--web.systemd-socket", "--aws.region=eu-west-1"]);
  expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
  expect(stderr).toContain("--web.systemd-socket: systemd passed no socket to this process");
});
