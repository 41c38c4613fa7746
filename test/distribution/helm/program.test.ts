import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { readShard } from "../../../src/config/values/shard.ts";
import { CertificateFolder } from "../../certificates.ts";
import { runExporter, startExporter } from "../../e2e/exporter.ts";
import { quickHash } from "../../http/access/client.ts";
import { hasTools } from "../tools.ts";
import { exporterOf, type KubernetesObject, type Probe, render, VALUE_SETS, workloadOf } from "./chart.ts";

// What the chart renders is given to the program itself, so that they cannot drift apart.

/** For sets in which somebody else writes the configuration. */
const OTHER_CONFIG = "accounts: [{regions: [eu-west-1]}]\n";
const UNREACHABLE = { AWS_ENDPOINT_URL: "http://127.0.0.1:9" };

/** A pod's files in a temporary folder, and the arguments of its exporter with the folder in place of `/etc`. */
interface Pod {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly scheme: "http" | "https";
  readonly probes: readonly Probe[];
  readonly objects: readonly KubernetesObject[];
}

async function podOf(name: string): Promise<Pod> {
  const objects = await render(name);
  const workload = workloadOf(objects);
  const { args = [], env = [], livenessProbe = {}, readinessProbe = {} } = exporterOf(workload);
  const config = objects.flatMap(({ data }) => data?.["exporter.yaml"] ?? []);
  const folder = writeFiles(name, config[0] ?? OTHER_CONFIG);
  const isHttps = args.some((arg) => arg.startsWith("--web.config.file="));
  return {
    args: args
      .map((arg) => arg.replace(/\/etc\/athena-session-exporter(-web)?\//, `${folder.path}/`))
      .map((arg) => (arg === "--shard.ordinal=pod" ? "--shard.ordinal=0" : arg)),
    environment: {
      AWS_REGION: "eu-west-1",
      ...UNREACHABLE,
      ...Object.fromEntries(env.map((variable) => [variable.name, variable.value])),
    },
    scheme: isHttps ? "https" : "http",
    probes: [livenessProbe, readinessProbe],
    objects,
  };
}

/** The files of all Secrets and ConfigMaps that the sets mount. */
function writeFiles(name: string, config: string): CertificateFolder {
  const folder = new CertificateFolder();
  onTestFinished(() => folder.remove());
  folder.create("server");
  folder.write("exporter.yaml", config);
  const tls = { cert_file: "server.crt", key_file: "server.key" };
  const web =
    name === "client-certificates"
      ? {
          tls_server_config: {
            ...tls,
            client_auth_type: "RequireAndVerifyClientCert",
            client_ca_file: "server.crt",
          },
        }
      : { tls_server_config: tls, basic_auth_users: { prometheus: quickHash("secret") } };
  folder.write("web.yaml", JSON.stringify(web));
  return folder;
}

/** The status of a response, whatever its certificate, as a kubelet sees it. */
function statusOf(url: string, method = "GET"): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const request = send(url, { method, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject).end();
  });
}

/** Does what a kubelet does. Without AWS, the exporter is not ready for a minute, which is an answer too. */
async function probe({ httpGet, tcpSocket }: Probe, port: number): Promise<void> {
  if (httpGet !== undefined) {
    const url = `${httpGet.scheme.toLowerCase()}://127.0.0.1:${port}${httpGet.path}`;
    expect(httpGet.path === "/-/healthy" ? [200] : [200, 503]).toContain(await statusOf(url));
    return;
  }
  expect(tcpSocket?.port).toBe("metrics");
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(void socket.destroy()));
    socket.on("error", reject);
  });
}

describe.skipIf(!hasTools)("the chart and the program", () => {
  test.each(VALUE_SETS.filter((name) => name !== "demo"))(
    "agree on flags and configuration of the values %s",
    async (name) => {
      const { args, environment } = await podOf(name);
      const { status, stdout, stderr } = await runExporter([...args, "--config.check"], { environment });
      expect(stderr.replaceAll(/^warning: .*\n/gm, "")).toBe("");
      expect(stdout).toBe("the configuration is valid\n");
      expect(status).toBe(0);
    },
  );

  test.each(VALUE_SETS)("agree on the probes of the values %s", async (name) => {
    const { args, environment, scheme, probes } = await podOf(name);
    const others = args.filter((arg) => !arg.startsWith("--web.listen-address="));
    expect(args).toContain("--web.listen-address=:10284");
    const { port } = await startExporter(others, { environment, scheme });
    for (const one of probes) await probe(one, port);
  });

  test("agree on the URL that reloads the configuration", async () => {
    const { args, environment, objects } = await podOf("reload");
    const { containers } = workloadOf(objects).spec.template.spec;
    const reloader = containers.find((container) => container.name === "reloader");
    const [url = ""] = (reloader?.args ?? []).flatMap((arg) => /^--reload-url=(.*)$/.exec(arg)?.[1] ?? []);
    const others = args.filter((arg) => !arg.startsWith("--web.listen-address="));
    const { port } = await startExporter(others, { environment });
    expect(await statusOf(url.replace(":10284", `:${port}`), "POST")).toBe(200);
  });

  test.each(["shards", "client-certificates"])("agree on the shards of the values %s", async (name) => {
    const { metadata, spec } = workloadOf(await render(name));
    expect(exporterOf(workloadOf(await render(name))).args).toContain(`--shard.total=${spec.replicas}`);
    for (let ordinal = 0; ordinal < spec.replicas; ordinal += 1) {
      const podName = `${metadata.name}-${ordinal}`;
      expect(readShard("pod", spec.replicas, podName)).toEqual({ ordinal, total: spec.replicas });
    }
  });
});
