import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CONFIG_KEYS } from "../../src/config/file/config-file.ts";
import { WEB_KEYS } from "../../src/config/web/web-file.ts";
import { iamPolicy } from "../../src/commands/iam-policy.ts";
import { parseCommandLine } from "../../src/config/flags/command-line.ts";
import { CONFIG_CONTENT_VARIABLE } from "../../src/config/flags/flag.ts";
import { loadConfig } from "../../src/config/load.ts";
import { metricsDocumentation } from "../../src/metrics/documentation.ts";
import { badges } from "./badges.ts";
import { fencedCode, fillMarkers, readDocument, ROOT } from "./markdown.ts";
import { commandTable, flagTable, keyTable } from "./tables.ts";

// `npm run docs` runs these tests with --update, which writes the generated parts of the documents.

const pathOf = (document: string): string => fileURLToPath(new URL(document, ROOT));

/** The output of `iam-policy` for the text of a configuration file, as a fenced block. */
async function policyOf(yaml: string): Promise<string> {
  const noFile = (): Promise<string> => Promise.reject(new Error("there is no file"));
  const environment = { [CONFIG_CONTENT_VARIABLE]: yaml };
  const loaded = await loadConfig(parseCommandLine(["iam-policy"], {}), environment, noFile);
  if ("problems" in loaded) throw new Error(`not a valid configuration: ${yaml}`);
  return `\`\`\`json\n${iamPolicy(loaded.config, {})}\`\`\``;
}

test("README.md has the badges of the home, and the commands and the policy of the code (`npm run docs` updates them)", async () => {
  const text = readDocument("README.md").replace(/^\[!\[CI\].*$/m, badges());
  expect(text).toContain(badges());
  const readme = fillMarkers(text, {
    commands: commandTable(),
    "iam policy": await policyOf(""),
  });
  await expect(readme).toMatchFileSnapshot(pathOf("README.md"));
});

test("docs/configuration.md has every key and flag of the code (`npm run docs` updates them)", async () => {
  const document = fillMarkers(readDocument("docs/configuration.md"), {
    keys: keyTable(CONFIG_KEYS),
    flags: flagTable(),
  });
  await expect(document).toMatchFileSnapshot(pathOf("docs/configuration.md"));
});

test("docs/security.md has every key of the code (`npm run docs` updates it)", async () => {
  const document = fillMarkers(readDocument("docs/security.md"), { "web keys": keyTable(WEB_KEYS) });
  await expect(document).toMatchFileSnapshot(pathOf("docs/security.md"));
});

test("docs/iam.md has the policy for its example configuration (`npm run docs` updates it)", async () => {
  const text = readDocument("docs/iam.md");
  const [example = ""] = fencedCode(text, "yaml");
  const document = fillMarkers(text, { "fleet policy": await policyOf(example) });
  await expect(document).toMatchFileSnapshot(pathOf("docs/iam.md"));
});

test("docs/metrics.md lists the metrics of the code (`npm run docs` updates it)", async () => {
  await expect(metricsDocumentation()).toMatchFileSnapshot(pathOf("docs/metrics.md"));
});
