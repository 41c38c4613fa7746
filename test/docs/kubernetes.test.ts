import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseCommandLine } from "../../src/config/flags/command-line.ts";
import { parseConfigFile } from "../../src/config/file/parse-file.ts";
import { fencedCode, readDocument } from "./markdown.ts";

interface ConfigMap {
  readonly kind: "ConfigMap";
  readonly data: Readonly<Record<string, string>>;
}
interface StatefulSet {
  readonly kind: "StatefulSet";
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly args: string[] }[] } };
  };
}
type Resource = ConfigMap | StatefulSet | { readonly kind: "Service" | "ServiceAccount" };

const [manifest = ""] = fencedCode(readDocument("docs/kubernetes.md"), "yaml");
const documents = parseAllDocuments(manifest);
const resources = documents.map((document) => document.toJS() as Resource);

test("the manifest is valid YAML and has the resources that the text describes", () => {
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  expect(resources.map(({ kind }) => kind)).toEqual([
    "ServiceAccount",
    "ConfigMap",
    "Service",
    "StatefulSet",
  ]);
});

test("the file in the ConfigMap is a valid configuration", () => {
  const files = resources.flatMap((resource) =>
    resource.kind === "ConfigMap" ? Object.entries(resource.data) : [],
  );
  expect(files).toHaveLength(1);
  for (const [name, text] of files) expect(parseConfigFile(name, text)).toHaveProperty("file");
});

test("the replicas of the StatefulSet equal its --shard.total", () => {
  const sets = resources.flatMap((resource) => (resource.kind === "StatefulSet" ? [resource.spec] : []));
  expect(sets).toHaveLength(1);
  for (const { replicas, template } of sets) {
    const { flags, problems } = parseCommandLine(template.spec.containers[0]?.args ?? [], {});
    expect(problems).toEqual([]);
    expect(flags["shard.ordinal"]).toBe("pod");
    expect(flags["shard.total"]).toBe(replicas);
  }
});
