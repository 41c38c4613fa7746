import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type KubernetesObject,
  render,
  renderText,
  VALUE_SETS,
  workloadOf,
} from "../distribution/helm/chart.ts";
import { CHART } from "../distribution/tools.ts";
import { temporaryFolder } from "../e2e/temporary-folder.ts";
import { Cluster } from "./cluster.ts";
import { hasPrograms } from "./programs.ts";

/** Of the operators whose objects the chart renders; schemas.test.ts holds their fields. */
const CUSTOM_KINDS = [
  { group: "monitoring.coreos.com", version: "v1", kind: "ServiceMonitor" },
  { group: "monitoring.coreos.com", version: "v1", kind: "PodMonitor" },
  { group: "monitoring.coreos.com", version: "v1", kind: "PrometheusRule" },
  { group: "grafana.integreatly.org", version: "v1beta1", kind: "GrafanaDashboard" },
];
/** Every kind of object that the chart can render. */
const EVERYTHING = {
  config: { accounts: [{ regions: ["eu-west-1"] }] },
  configReload: true,
  podDisruptionBudget: { enabled: true },
  networkPolicy: { enabled: true },
  serviceMonitor: { enabled: true },
  prometheusRule: { enabled: true },
  dashboards: { configMaps: { enabled: true }, grafanaOperator: { enabled: true } },
};
const NAME = "exporter-athena-session-exporter";
const RESTRICTED = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};
const NAMESPACES = [...VALUE_SETS, "insecure", "applied", "helm"];

const cluster = new Cluster();

/** What kubectl prints; fails the test if it fails or warns. */
async function kubectl(args: readonly string[], input = ""): Promise<readonly string[]> {
  const { isSuccess, stdout, stderr } = await cluster.run("kubectl/kubectl", args, input);
  expect({ isSuccess, stderr }).toEqual({ isSuccess: true, stderr: "" });
  return stdout.split("\n").slice(0, -1);
}

/** Runs Helm; fails the test if it fails or warns. */
async function helm(args: readonly string[]): Promise<void> {
  const { isSuccess, stderr } = await cluster.run("helm/helm", [...args, "--namespace=helm"]);
  const warnings = stderr.replaceAll(/^.*found symbolic link.*\n/gm, "");
  expect({ isSuccess, warnings }).toEqual({ isSuccess: true, warnings: "" });
}

const apply = (namespace: string, text: string): Promise<readonly string[]> =>
  kubectl(["apply", "--server-side", `--namespace=${namespace}`, "--filename=-"], text);

const workloads = (namespace: string): Promise<readonly string[]> =>
  kubectl(["get", "deployments,statefulsets", `--namespace=${namespace}`, "--output=name"]);

const list = (items: readonly object[]): string => JSON.stringify({ apiVersion: "v1", kind: "List", items });

/** A pod as a controller makes it of the template. */
function podOf(objects: readonly KubernetesObject[]) {
  const { metadata, spec } = workloadOf(objects).spec.template;
  return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name: "exporter-0" }, spec };
}

function customResourceDefinition({ group, version, kind }: (typeof CUSTOM_KINDS)[number]): object {
  const singular = kind.toLowerCase();
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, singular, plural: `${singular}s` },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}

describe.skipIf(!hasPrograms)("a Kubernetes API server", () => {
  beforeAll(async () => {
    await cluster.start();
    const namespaces = NAMESPACES.map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels: RESTRICTED },
    }));
    await kubectl(
      ["create", "--filename=-"],
      list([...namespaces, ...CUSTOM_KINDS.map(customResourceDefinition)]),
    );
    await kubectl(["wait", "--for=condition=Established", "customresourcedefinitions", "--all"]);
  });
  afterAll(() => cluster.stop());

  test.each(VALUE_SETS)(
    "takes the objects of the values %s without a warning, and their pod",
    async (name) => {
      const objects = await render(name);
      const applied = await apply(name, await renderText(name));
      expect(applied.filter((line) => line.endsWith(" serverside-applied"))).toHaveLength(objects.length);
      await kubectl(
        ["create", "--dry-run=server", `--namespace=${name}`, "--filename=-"],
        JSON.stringify(podOf(objects)),
      );
    },
  );

  test('warns of a workload that is not "restricted", and refuses its pod', async () => {
    const objects = await render("defaults");
    const { spec, ...pod } = podOf(objects);
    const { securityContext: _, ...insecure } = spec;
    const { template, ...others } = workloadOf(objects).spec;
    const workload = {
      ...workloadOf(objects),
      spec: { ...others, template: { ...template, spec: insecure } },
    };
    const flags = ["create", "--namespace=insecure", "--filename=-"];
    const warned = await cluster.run("kubectl/kubectl", flags, JSON.stringify(workload));
    expect(warned.isSuccess).toBe(true);
    expect(warned.stderr).toContain('Warning: would violate PodSecurity "restricted');
    const refused = await cluster.run("kubectl/kubectl", flags, JSON.stringify({ ...pod, spec: insecure }));
    expect(refused.isSuccess).toBe(false);
    expect(refused.stderr).toContain('violates PodSecurity "restricted');
  });

  test("takes three shards over one by server-side apply, which leaves the Deployment to be deleted", async () => {
    await apply("applied", await renderText("defaults"));
    await apply("applied", await renderText("defaults", ["--set=shards=3"]));
    expect(await workloads("applied")).toEqual([`deployment.apps/${NAME}`, `statefulset.apps/${NAME}-of-3`]);
  });

  test("goes from one to three shards, back and away with Helm, which creates before it deletes", async () => {
    const values = join(await temporaryFolder(), "values.json");
    await writeFile(values, JSON.stringify(EVERYTHING));
    const flags = ["exporter", CHART, `--values=${values}`];
    let seen = 0;
    const changesSince = (): readonly string[] => {
      const changes = cluster.changes("helm").slice(seen);
      seen += changes.length;
      return changes;
    };

    await helm(["install", ...flags]);
    expect(await workloads("helm")).toEqual([`deployment.apps/${NAME}`]);
    changesSince();

    await helm(["upgrade", ...flags, "--set=shards=3"]);
    expect(await workloads("helm")).toEqual([`statefulset.apps/${NAME}-of-3`]);
    expect(changesSince()).toEqual([`create statefulsets/${NAME}-of-3`, `delete deployments/${NAME}`]);

    await helm(["rollback", "exporter", "1"]);
    expect(await workloads("helm")).toEqual([`deployment.apps/${NAME}`]);
    expect(changesSince()).toEqual([`create deployments/${NAME}`, `delete statefulsets/${NAME}-of-3`]);

    await helm(["uninstall", "exporter"]);
    const kinds = CUSTOM_KINDS.map(({ kind, group }) => `${kind.toLowerCase()}s.${group}`);
    const all = [
      "deployments",
      "statefulsets",
      "services",
      "configmaps",
      "serviceaccounts",
      "networkpolicies",
    ];
    const types = [...all, "poddisruptionbudgets", "secrets", ...kinds].join(",");
    expect(await kubectl(["get", types, "--namespace=helm", "--output=name"])).toEqual([]);
  });
});
