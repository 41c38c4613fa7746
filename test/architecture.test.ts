import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";

interface Layer {
  /** A folder of src, or a single file of it. */
  readonly name: string;
  /** The packages and modules of Node.js that it may import. */
  readonly packages: readonly string[];
}

/** Modules that every folder may import; they import nothing of src themselves. */
const LEAVES: readonly Layer[] = [
  { name: "clock.ts", packages: [] },
  { name: "duration.ts", packages: [] },
  { name: "failure.ts", packages: [] },
  { name: "heap.ts", packages: ["node:v8", "node:worker_threads"] },
  { name: "project.ts", packages: ["node:fs"] },
  { name: "version.ts", packages: ["node:fs"] },
];

/** In the order of the data flow: a folder may import only the folders before it. */
const LAYERS: readonly Layer[] = [
  {
    name: "config",
    packages: [
      "fastest-levenshtein",
      "node:crypto",
      "node:fs/promises",
      "node:net",
      "node:os",
      "node:path",
      "node:tls",
      "node:util",
      "yaml",
      "zod",
    ],
  },
  { name: "targets", packages: [] },
  { name: "sessions", packages: [] },
  { name: "owners", packages: ["node:crypto"] },
  {
    name: "athena",
    packages: [
      "@aws-sdk/client-athena",
      "@aws-sdk/client-cloudtrail",
      "@aws-sdk/client-organizations",
      "@aws-sdk/client-service-quotas",
      "@aws-sdk/client-sts",
      "@aws-sdk/credential-providers",
      "@aws-sdk/ec2-metadata-service",
      "@smithy/core/config",
      "@smithy/core/protocols",
      "@smithy/types",
      "node:child_process",
      "node:http",
      "node:https",
      "proxy-agent",
    ],
  },
  { name: "poll", packages: ["node:events", "p-limit"] },
  { name: "snapshot", packages: ["node:util"] },
  {
    name: "metrics",
    packages: ["prom-client"],
  },
  { name: "exposition", packages: ["node:timers/promises", "node:zlib"] },
  {
    name: "http",
    packages: [
      "bcryptjs",
      "birpc",
      "express",
      "node:crypto",
      "node:events",
      "node:fs",
      "node:fs/promises",
      "node:http",
      "node:https",
      "node:net",
      "node:os",
      "node:stream",
      "node:stream/promises",
      "node:tls",
      "node:util",
      "node:worker_threads",
    ],
  },
  { name: "app", packages: ["node:fs", "node:util", "pino", "pino-pretty"] },
  { name: "rules", packages: ["yaml"] },
  { name: "simulator", packages: ["node:crypto", "node:http", "node:net"] },
  {
    name: "commands",
    packages: ["cli-truncate", "csv-stringify/sync", "node:fs/promises", "node:util", "string-width"],
  },
  { name: "cli.ts", packages: [] },
  { name: "main.ts", packages: ["node:fs/promises", "node:os"] },
];

/** The simulator replaces AWS: it imports no other folder, and only the demo imports it. */
const SIMULATOR_IMPORTER = "commands/demo.ts";

const SRC = path.resolve("src");
const sourceFiles = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) =>
  /\.m?[jt]s$/.test(file),
);

const layerOf = (file: string): string => file.split(path.sep)[0] ?? "";

function importsOf(file: string): string[] {
  const { module } = parseSync(file, readFileSync(path.join(SRC, file), "utf8"));
  const exported = module.staticExports.flatMap(({ entries }) => entries.map((entry) => entry.moduleRequest));
  return [...module.staticImports.map((one) => one.moduleRequest), ...exported].flatMap((request) =>
    request === null ? [] : [request.value],
  );
}

function isAllowed(file: string, specifier: string): boolean {
  const layers = [...LEAVES, ...LAYERS];
  const own = layers.findIndex(({ name }) => name === layerOf(file));
  if (!specifier.startsWith(".")) return layers[own]?.packages.includes(specifier) ?? false;
  const target = path.relative(SRC, path.resolve(SRC, path.dirname(file), specifier));
  const imported = layers.findIndex(({ name }) => name === layerOf(target));
  if (own === imported) return own >= LEAVES.length;
  if (imported === -1 || imported > own || own < LEAVES.length) return false;
  if (layerOf(target) === "simulator") return file === SIMULATOR_IMPORTER;
  return layerOf(file) !== "simulator" || imported < LEAVES.length;
}

test("a folder of src imports only the folders before it and the packages that are listed for it", () => {
  const refused = sourceFiles.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => !isAllowed(file, specifier))
      .map((specifier) => `${file} imports ${specifier}`),
  );
  expect(refused).toEqual([]);
});

test("every listed package is imported, and every file belongs to a listed folder", () => {
  const layers = [...LEAVES, ...LAYERS];
  const unused = layers.flatMap(({ name, packages }) => {
    const used = new Set(sourceFiles.filter((file) => layerOf(file) === name).flatMap(importsOf));
    return packages.filter((one) => !used.has(one)).map((one) => `${name} does not import ${one}`);
  });
  expect(unused).toEqual([]);
  expect(sourceFiles.map(layerOf).filter((layer) => !layers.some(({ name }) => name === layer))).toEqual([]);
});
