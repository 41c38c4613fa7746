import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import { parseConfigFile } from "../../src/config/file/parse-file.ts";
import { CHART, chartValues, configSchema, valuesTable } from "./chart.ts";
import { fencedCode, fillMarkers, readDocument, ROOT } from "./markdown.ts";

const pathOf = (document: string): string => fileURLToPath(new URL(document, ROOT));
const project = JSON.parse(readDocument("package.json")) as {
  readonly version: string;
  readonly homepage: string;
  readonly description: string;
};

test("docs/kubernetes.md has every value of the chart (`npm run docs` updates it)", async () => {
  const document = fillMarkers(readDocument("docs/kubernetes.md"), { values: valuesTable() });
  await expect(document).toMatchFileSnapshot(pathOf("docs/kubernetes.md"));
});

test("the chart's schema has every key of the configuration file (`npm run docs` updates it)", async () => {
  const path = `${CHART}values.schema.json`;
  const schema = JSON.parse(readDocument(path)) as { readonly properties: object };
  const filled = { ...schema, properties: { ...schema.properties, config: configSchema() } };
  await expect(`${JSON.stringify(filled, undefined, 2)}\n`).toMatchFileSnapshot(pathOf(path));
});

test("the chart has the version and the home of package.json (`npm run docs` updates it)", async () => {
  const chart = parseDocument(readDocument(`${CHART}Chart.yaml`));
  for (const key of ["version", "appVersion"]) chart.set(key, project.version);
  chart.set("home", project.homepage);
  chart.setIn(["sources", 0], project.homepage);
  await expect(chart.toString({ lineWidth: 0 })).toMatchFileSnapshot(pathOf(`${CHART}Chart.yaml`));
  const values = parseDocument(readDocument(`${CHART}values.yaml`));
  const image = project.homepage.replace("https://github.com/", "ghcr.io/");
  const text = readDocument(`${CHART}values.yaml`).replace(
    String(values.getIn(["image", "repository"])),
    image,
  );
  await expect(text).toMatchFileSnapshot(pathOf(`${CHART}values.yaml`));
});

test("the schema knows every value that values.yaml documents, and no other", () => {
  interface Schema {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly $ref?: string;
  }
  const root = JSON.parse(readDocument(`${CHART}values.schema.json`)) as Schema & {
    readonly definitions: Readonly<Record<string, Schema>>;
  };
  const resolve = (schema: Schema): Schema =>
    root.definitions[schema.$ref?.split("/").at(-1) ?? ""] ?? schema;
  const documented = chartValues().map(({ path }) => path);
  const pathsOf = (schema: Schema, prefix: string): readonly string[] =>
    Object.entries(resolve(schema).properties ?? {}).flatMap(([name, property]) => {
      const path = `${prefix}${name}`;
      return documented.includes(path) || resolve(property).properties === undefined
        ? [path]
        : pathsOf(property, `${path}.`);
    });
  const known = pathsOf(root, "").filter((path) => path !== "global");
  expect(known.toSorted()).toEqual(documented.toSorted());
});

test("the configuration in each example of values is valid", () => {
  const examples = fencedCode(readDocument("docs/kubernetes.md"), "yaml").map(
    (text) => parse(text) as { readonly config?: object },
  );
  const configs = examples.flatMap(({ config }) => (config === undefined ? [] : [config]));
  expect(configs.length).toBeGreaterThan(0);
  for (const config of configs) {
    expect(parseConfigFile("example", JSON.stringify(config))).toHaveProperty("file");
  }
});
