import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { hasTools } from "../distribution/tools.ts";

const { env } = process;
const PINS = ["build.sh", "go.mod", "go.sum"];

/** The folder that build.sh fills with etcd and kube-apiserver; it is named after the pins. */
export const PROGRAMS = programsFolder();

/** Whether the programs are there, and Helm and kubectl too. Where these tests are asked for, they have to be. */
export const hasPrograms = hasTools && existsSync(join(PROGRAMS, "complete"));

if (!hasPrograms) {
  const advice = "run test/distribution/tools/install.sh and test/kubernetes/build.sh";
  if (env["KUBERNETES_TESTS"] !== undefined) throw new Error(`the API server is missing: ${advice}`);
  process.stderr.write(`skipping the tests against a Kubernetes API server: ${advice}\n`);
}

function programsFolder(): string {
  const hash = createHash("sha256");
  for (const name of PINS) hash.update(readFileSync(new URL(name, import.meta.url)));
  const cache = env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "athena-session-exporter", `kubernetes-${hash.digest("hex").slice(0, 12)}`);
}
