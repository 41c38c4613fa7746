import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { iamPolicy } from "../../src/commands/iam-policy.ts";
import { parseCommandLine } from "../../src/config/command-line.ts";
import { CONFIG_CONTENT_VARIABLE } from "../../src/config/flag.ts";
import { loadConfig } from "../../src/config/load.ts";
import { metricsDocumentation } from "../../src/metrics/documentation.ts";
import { fencedCode, fillMarkers, readDocument, ROOT } from "./markdown.ts";
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

/** What `iam-policy` prints for a configuration file's text, fenced. */
async function policyOf(yaml: string): Promise<string> {
  const noFile = (): Promise<string> => Promise.reject(new Error("there is no file"));
  const environment = { [CONFIG_CONTENT_VARIABLE]: yaml };
  const loaded = await loadConfig(parseCommandLine(["iam-policy"], {}), environment, noFile);
  if ("problems" in loaded) throw new Error(`not a valid configuration: ${yaml}`);
  return `\`\`\`json\n${iamPolicy(loaded.config)}\`\`\``;
}

test("README's tables and policy are those of the code; if not, `npm run docs` writes them", async () => {
  const readme = fillMarkers(readDocument("README.md"), {
    commands: commandTable(),
    flags: flagTable(),
    "metrics of sessions": sessionMetricTable(),
    "metrics of workgroups": workgroupMetricTable(),
    "metrics of accounts": accountMetricTable(),
    "metrics of the exporter": exporterMetricTable(),
    "iam policy": await policyOf(""),
  });
  await expect(readme).toMatchFileSnapshot(pathOf("README.md"));
});

test("docs/configuration.md has every key of the file; if not, `npm run docs` writes them", async () => {
  const document = fillMarkers(readDocument("docs/configuration.md"), { keys: keyTable() });
  await expect(document).toMatchFileSnapshot(pathOf("docs/configuration.md"));
});

test("docs/iam.md has the policy of its example; if not, `npm run docs` writes it", async () => {
  const text = readDocument("docs/iam.md");
  const [example = ""] = fencedCode(text, "yaml");
  const document = fillMarkers(text, { "fleet policy": await policyOf(example) });
  await expect(document).toMatchFileSnapshot(pathOf("docs/iam.md"));
});

test("docs/metrics.md is what the tables of metrics say; if not, `npm run docs` writes it", async () => {
  await expect(metricsDocumentation()).toMatchFileSnapshot(pathOf("docs/metrics.md"));
});
