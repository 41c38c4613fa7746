import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { CertificateFolder } from "../certificates.ts";
import { quickHash, serveWith } from "../http/access/client.ts";
import { serve } from "../http/harness.ts";

const SCRIPT = fileURLToPath(new URL("../../deploy/healthcheck.mjs", import.meta.url));

interface Outcome {
  readonly status: number;
  readonly stderr: string;
}

/** Runs the health check with the exporter's listen address in the environment, as in the image. */
function check(listenAddress: string, accessFile = ""): Promise<Outcome> {
  const env = {
    ATHENA_EXPORTER_WEB_LISTEN_ADDRESS: listenAddress,
    ATHENA_EXPORTER_WEB_CONFIG_FILE: accessFile,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [SCRIPT], { env }, (_error, _stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stderr }),
    );
  });
}

async function exporterPort(): Promise<number> {
  const { server, port } = await serve({ isReady: async () => false });
  onTestFinished(() => server.close(0));
  return port;
}

/** A server that responds with `status`. */
async function otherServer(status: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((_request, response) => {
    response.statusCode = status;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

test("an exporter that serves is healthy, even if it is not ready", async () => {
  expect(await check(`:${await exporterPort()}`)).toEqual({ status: 0, stderr: "" });
});

test.each(["127.0.0.1", "localhost", "0.0.0.0"])(
  "the health check uses the host %s of the listen address",
  async (host) => {
    expect(await check(`${host}:${await exporterPort()}`)).toEqual({ status: 0, stderr: "" });
  },
);

test("the health check uses the first of several listen addresses", async () => {
  expect(await check(`:${await exporterPort()}, 192.0.2.1:10284`)).toEqual({ status: 0, stderr: "" });
});

test("the health check fails with the reason if nothing listens", async () => {
  const { server, port } = await otherServer(200);
  await new Promise((resolve) => server.close(resolve));
  const { status, stderr } = await check(`:${port}`);
  expect(status).toBe(1);
  expect(stderr).toBe(`http://127.0.0.1:${port}/-/healthy: connect ECONNREFUSED 127.0.0.1:${port}\n`);
});

test("the health check fails for a status other than 200", async () => {
  const { port } = await otherServer(500);
  expect(await check(`:${port}`)).toEqual({
    status: 1,
    stderr: `http://127.0.0.1:${port}/-/healthy: status 500\n`,
  });
});

test.each([
  ["a password", (users: string) => users],
  ["TLS", () => "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"],
  [
    "TLS and a password",
    (users: string) => `tls_server_config: {cert_file: server.crt, key_file: server.key}\n${users}`,
  ],
  [
    "a client certificate",
    () =>
      "tls_server_config: {cert_file: server.crt, key_file: server.key, client_auth_type: RequireAndVerifyClientCert, client_ca_file: server.crt}\n",
  ],
])("an exporter that asks for %s is healthy, and not once it is closed", async (_what, yamlOf) => {
  const folder = new CertificateFolder();
  onTestFinished(() => folder.remove());
  folder.create("server");
  const { server, port } = await serveWith(folder, yamlOf(`basic_auth_users: {alice: ${quickHash("x")}}\n`));
  expect(await check(`:${port}`, folder.fileOf("web.yml"))).toEqual({ status: 0, stderr: "" });
  await server.close(0);
  const { status, stderr } = await check(`:${port}`, folder.fileOf("web.yml"));
  expect(status).toBe(1);
  expect(stderr).toContain(`https://127.0.0.1:${port}/-/healthy: connect ECONNREFUSED`);
});

test("the health check can use a Unix socket", async () => {
  const folder = new CertificateFolder();
  onTestFinished(() => folder.remove());
  const { server } = await serve();
  onTestFinished(() => server.close(0));
  const path = folder.fileOf("exporter.sock");
  await server.listen([{ path }]);
  expect(await check(`unix://${path}`)).toEqual({ status: 0, stderr: "" });
});
