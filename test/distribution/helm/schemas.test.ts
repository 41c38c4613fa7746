import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../e2e/temporary-folder.ts";
import { hasTools, runPython, TOOLS } from "../tools.ts";
import { render, renderText, VALUE_SETS } from "./chart.ts";

/** The oldest version of the chart's kubeVersion, and newer ones. */
const KUBERNETES_VERSIONS = ["1.25", "1.34", "1.36", "1.37"];
/** The kinds that the chart renders for operators, whose schemas are not Kubernetes' own. */
const OPERATORS = [
  {
    name: "Prometheus",
    module: "prometheus-operator",
    apiVersion: "monitoring.coreos.com/v1",
    kinds: ["PodMonitor", "PrometheusRule", "ServiceMonitor"],
  },
  {
    name: "Grafana",
    module: "grafana-operator",
    apiVersion: "grafana.integreatly.org/v1beta1",
    kinds: ["GrafanaDashboard"],
  },
];

interface Model {
  validate(): void;
}
type Models = Readonly<Record<string, new (object: object) => Model>>;

const isOfOperator = (text: string): boolean =>
  OPERATORS.some(({ apiVersion }) => text.includes(`apiVersion: ${apiVersion}\n`));

describe.skipIf(!hasTools)("the schemas", () => {
  test.each(KUBERNETES_VERSIONS)(
    "of Kubernetes %s accept the objects of every set of values",
    async (version) => {
      const folder = await temporaryFolder();
      const files = await Promise.all(
        VALUE_SETS.map(async (name) => {
          const documents = (await renderText(name)).split(/^---\n/m).filter((text) => !isOfOperator(text));
          const file = join(folder, `${name}.yaml`);
          await writeFile(file, documents.join("---\n"));
          return file;
        }),
      );
      const args = ["-m", "kubernetes_validate", "--kubernetes-version", version, "--strict", ...files];
      const { status, stdout, stderr } = await runPython(args);
      expect(`${stdout}${stderr}`.split("\n").filter((line) => !line.includes(" passed for "))).toEqual([""]);
      expect(status).toBe(0);
      expect(stdout.split("\n").length).toBeGreaterThan(VALUE_SETS.length * 2);
    },
  );

  test("of Kubernetes refuse an unknown field", async () => {
    const file = join(await temporaryFolder(), "wrong.yaml");
    const text = await renderText("defaults");
    await writeFile(file, text.replace("readOnlyRootFilesystem", "readOnlyRootFileSystem"));
    const { status } = await runPython(["-m", "kubernetes_validate", "--strict", file]);
    expect(status).toBe(1);
  });

  test.each(OPERATORS)("of the $name operator accept its objects", async ({ module, apiVersion, kinds }) => {
    const path = `node_modules/@kubernetes-models/${module}/${apiVersion}/index.js`;
    const models = (await import(pathToFileURL(join(TOOLS, path)).href)) as Models;
    const objects = (await Promise.all(VALUE_SETS.map((name) => render(name)))).flat();
    const ofOperator = objects.filter((object) => object.apiVersion === apiVersion);
    expect([...new Set(ofOperator.map(({ kind }) => kind))].toSorted()).toEqual(kinds);
    for (const object of ofOperator) {
      const Kind = models[object.kind];
      if (Kind === undefined) throw new Error(`the operator has no ${object.kind}`);
      expect(() => new Kind(object).validate()).not.toThrow();
      const labels = { ...object, metadata: { ...object.metadata, labels: { team: 1 } } };
      expect(() => new Kind(labels).validate()).toThrow("metadata/labels/team");
      expect(() => new Kind({ ...object, spec: [] }).validate()).toThrow("/spec");
    }
  });
});
