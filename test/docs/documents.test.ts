import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { iamPolicy } from "../../src/commands/iam-policy.ts";
import { parseCommandLine } from "../../src/config/command-line.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { metricsDocumentation } from "../../src/metrics/documentation.ts";
import { fillMarkers, readDocument, ROOT } from "./markdown.ts";
import {
  accountMetricTable,
  commandTable,
  exporterMetricTable,
  flagTable,
  keyTable,
  sessionMetricTable,
  workgroupMetricTable,
} from "./tables.ts";

// These tests are the generator too: `npm run docs` runs them with --update, which writes the files.

const pathOf = (document: string): string => fileURLToPath(new URL(document, ROOT));

async function defaultConfig(): Promise<Config> {
  const noFile = (): Promise<string> => Promise.reject(new Error("there is no file"));
  const loaded = await loadConfig(parseCommandLine(["iam-policy"], {}), {}, noFile);
  if ("problems" in loaded) throw new Error("the defaults are not valid");
  return loaded.config;
}

test("README's tables and policy are those of the code; if not, `npm run docs` writes them", async () => {
  const readme = fillMarkers(readDocument("README.md"), {
    commands: commandTable(),
    flags: flagTable(),
    "metrics of sessions": sessionMetricTable(),
    "metrics of workgroups": workgroupMetricTable(),
    "metrics of accounts": accountMetricTable(),
    "metrics of the exporter": exporterMetricTable(),
    "iam policy": `\`\`\`json\n${iamPolicy(await defaultConfig())}\`\`\``,
  });
  await expect(readme).toMatchFileSnapshot(pathOf("README.md"));
});

test("docs/configuration.md has every key of the file; if not, `npm run docs` writes them", async () => {
  const document = fillMarkers(readDocument("docs/configuration.md"), { keys: keyTable() });
  await expect(document).toMatchFileSnapshot(pathOf("docs/configuration.md"));
});

test("docs/metrics.md is what the tables of metrics say; if not, `npm run docs` writes it", async () => {
  await expect(metricsDocumentation()).toMatchFileSnapshot(pathOf("docs/metrics.md"));
});
