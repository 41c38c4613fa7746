import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { CertificateFolder, type KeyPair } from "../certificates.ts";
import { ROOT, TOOLS } from "../distribution/tools.ts";
import { freePort } from "../e2e/port.ts";
import { until } from "../e2e/until.ts";
import { PROGRAMS } from "./programs.ts";

const READY_DEADLINE_MS = 180_000;
const CREATED = 201;
const MAX_OUTPUT_BYTES = 10_000_000;
const TOKEN = "token-of-the-tests";
/** What was done to workloads, without bodies. */
const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    {
      level: "Metadata",
      verbs: ["create", "update", "patch", "delete"],
      resources: [{ group: "apps", resources: ["deployments", "statefulsets"] }],
    },
    { level: "None" },
  ],
};

/** A change of an object, as the API server logged it. */
interface AuditEvent {
  readonly verb: string;
  readonly objectRef: { readonly resource: string; readonly namespace: string; readonly name?: string };
  readonly responseStatus: { readonly code: number };
}

/** How a client ended, and what it printed. */
export interface ClientExit {
  readonly isSuccess: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** An API server with its etcd on 127.0.0.1. There are no controllers and no kubelets: objects stay as they were applied. */
export class Cluster {
  readonly #folder = new CertificateFolder();
  readonly #children: ChildProcess[] = [];

  async start(): Promise<void> {
    const [etcdUrl, server] = [
      await this.#startEtcd(),
      this.#folder.create("server", { sans: "IP:127.0.0.1" }),
    ];
    const url = await this.#startApiServer(etcdUrl, server);
    this.#folder.write("kubeconfig", JSON.stringify(kubeconfigOf(url, server)));
  }

  /** Runs a client, such as `helm/helm`, as an administrator in the repository's root. */
  async run(tool: string, args: readonly string[], input = ""): Promise<ClientExit> {
    const env = { KUBECONFIG: this.#folder.fileOf("kubeconfig"), HOME: this.#folder.path };
    const options = { cwd: ROOT.pathname, env, maxBuffer: MAX_OUTPUT_BYTES };
    return new Promise((resolve) => {
      const child = execFile(join(TOOLS, tool), args, options, (error, stdout, stderr) => {
        resolve({ isSuccess: error === null, stdout, stderr });
      });
      child.stdin?.end(input);
    });
  }

  /** What was done to the workloads of a namespace, in order, such as "create deployments/exporter". */
  changes(namespace: string): readonly string[] {
    return readFileSync(this.#folder.fileOf("audit.log"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as AuditEvent)
      .filter(({ objectRef }) => objectRef.namespace === namespace)
      .map(({ verb, objectRef: { resource, name = "" }, responseStatus: { code } }) => {
        // Server-side apply creates with a patch.
        return `${code === CREATED ? "create" : verb} ${resource}/${name}`;
      });
  }

  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      const exit = once(child, "exit");
      if (child.exitCode === null && child.kill("SIGKILL")) await exit;
    }
    this.#folder.remove();
  }

  async #startEtcd(): Promise<string> {
    const [client, peer] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
    this.#spawn("etcd", [
      `--data-dir=${this.#folder.fileOf("etcd")}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      "--unsafe-no-fsync",
      "--log-level=warn",
    ]);
    return client ?? "";
  }

  async #startApiServer(etcdUrl: string, server: KeyPair): Promise<string> {
    const port = await freePort();
    const accounts = this.#folder.create("service-accounts", { keyType: "rsa" });
    const child = this.#spawn("kube-apiserver", [
      `--etcd-servers=${etcdUrl}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--tls-cert-file=${server.certFile}`,
      `--tls-private-key-file=${server.keyFile}`,
      `--token-auth-file=${this.#folder.write("tokens.csv", `${TOKEN},admin,1,system:masters\n`)}`,
      "--authorization-mode=RBAC",
      "--service-account-issuer=https://127.0.0.1",
      `--service-account-key-file=${accounts.keyFile}`,
      `--service-account-signing-key-file=${accounts.keyFile}`,
      "--service-cluster-ip-range=10.0.0.0/24",
      // There is no controller that creates the default service account, and no endpoint but this process.
      "--disable-admission-plugins=ServiceAccount",
      "--endpoint-reconciler-type=none",
      `--audit-policy-file=${this.#folder.write("audit.json", JSON.stringify(AUDIT_POLICY))}`,
      `--audit-log-path=${this.#folder.fileOf("audit.log")}`,
    ]);
    const url = `https://127.0.0.1:${port}`;
    const isReady = () => {
      if (child.exitCode !== null) throw new Error(this.#output("kube-apiserver"));
      return respondsWithSuccess(`${url}/readyz`, server.cert);
    };
    await until("the API server to be ready", isReady, READY_DEADLINE_MS);
    return url;
  }

  #output(name: string): string {
    return readFileSync(this.#folder.fileOf(`${name}.log`), "utf8").slice(-4_000);
  }

  #spawn(name: string, args: readonly string[]): ChildProcess {
    const output = openSync(this.#folder.fileOf(`${name}.log`), "w");
    const child = spawn(join(PROGRAMS, name), args, { env: {}, stdio: ["ignore", output, output] });
    this.#children.push(child);
    return child;
  }
}

function respondsWithSuccess(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const request = get(url, { ca, headers }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("error", reject);
  });
}

function kubeconfigOf(server: string, { cert }: KeyPair): object {
  const data = Buffer.from(cert).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server, "certificate-authority-data": data } }],
    users: [{ name: "admin", user: { token: TOKEN } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    "current-context": "test",
  };
}
