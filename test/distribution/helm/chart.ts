import { readdirSync } from "node:fs";
import { expect } from "vitest";
import { parseAllDocuments } from "yaml";
import { CHART, ROOT, runTool } from "../tools.ts";

/** A Kubernetes object, as far as the tests read all kinds alike. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** A probe of a kubelet. */
export interface Probe {
  readonly httpGet?: { readonly path: string; readonly scheme: string };
  readonly tcpSocket?: { readonly port: string };
}

/** The pod of a Deployment or a StatefulSet. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly {
    readonly name: string;
    readonly configMap?: unknown;
    readonly secret?: unknown;
  }[];
}

/** A Deployment or a StatefulSet. */
export interface Workload extends KubernetesObject {
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: KubernetesObject["metadata"];
      readonly spec: PodSpec;
    };
  };
}

/** The sets of values in the chart's folder `ci`, by their names. */
export const VALUE_SETS: readonly string[] = readdirSync(new URL(`${CHART}ci/`, ROOT)).map((file) =>
  file.replace(/-values\.yaml$/, ""),
);

export const valuesFile = (name: string): string => `${CHART}ci/${name}-values.yaml`;

/** What was rendered by its arguments, since a render takes Helm half a second of CPU. */
const rendered = new Map<string, Promise<string>>();

/** What `helm template` prints for a set of values of `ci` and further flags. Fails the test if Helm does. */
export function renderText(name: string, flags: readonly string[] = []): Promise<string> {
  const args = [
    "template",
    "exporter",
    CHART,
    "--namespace=monitoring",
    "--values",
    valuesFile(name),
    ...flags,
  ];
  const key = args.join(" ");
  const text = rendered.get(key) ?? runTemplate(args);
  rendered.set(key, text);
  return text;
}

async function runTemplate(args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runTool("helm/helm", args);
  expect(stderr.replaceAll(/^.*found symbolic link.*\n/gm, "")).toBe("");
  expect(status).toBe(0);
  return stdout;
}

/** The objects that the chart makes of a set of values. */
export async function render(
  name: string,
  flags: readonly string[] = [],
): Promise<readonly KubernetesObject[]> {
  const documents = parseAllDocuments(await renderText(name, flags));
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  return documents.map((document) => document.toJS() as KubernetesObject);
}

/** The only Deployment or StatefulSet of the objects. */
export function workloadOf(objects: readonly KubernetesObject[]): Workload {
  const workloads = objects.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
  expect(workloads).toHaveLength(1);
  return workloads[0] as Workload;
}

/** The exporter's container of a workload. */
export function exporterOf({ spec }: Workload): Container {
  const container = spec.template.spec.containers.find(({ name }) => name === "exporter");
  if (container === undefined) throw new Error("the workload has no container of the exporter");
  return container;
}

/** What Helm says of values that the chart refuses. */
export async function refusal(flags: readonly string[]): Promise<string> {
  const { status, stderr } = await runTool("helm/helm", ["template", "exporter", CHART, ...flags]);
  expect(status).toBe(1);
  return stderr.replaceAll(/^.*found symbolic link.*\n/gm, "");
}
