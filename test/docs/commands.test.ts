import { expect, test } from "vitest";
import { FAILURE_REASONS } from "../../src/failure.ts";
import { parseCommandLine } from "../../src/config/command-line.ts";
import { DOCUMENTS, fencedCode, readDocument } from "./markdown.ts";

const packageJson = JSON.parse(readDocument("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The command lines that a document shows, in blocks and within sentences. */
function commandLines(document: string): string[] {
  const text = readDocument(document);
  const blocks = [...fencedCode(text, "sh"), ...fencedCode(text, "console")];
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...blocks.flatMap((block) => block.split("\n")), ...inline].map((line) => line.replace(/^\$ /, ""));
}

test.each(DOCUMENTS)("every command line of the exporter in %s is one that it takes", (document) => {
  const argvs = commandLines(document).flatMap((line) => {
    const [name, ...argv] = line.split(" ");
    return name === "athena-session-exporter" ? [argv] : [];
  });
  expect(argvs.flatMap((argv) => parseCommandLine(argv, {}).problems)).toEqual([]);
});

test.each(DOCUMENTS)("every npm script in %s is in package.json", (document) => {
  const lines = commandLines(document).join("\n");
  const scripts = [...lines.matchAll(/\bnpm run ([\w:]+)|\bnpm (test|start)\b/g)].map(
    ([, run, short]) => run ?? short ?? "",
  );
  expect(scripts.filter((script) => !Object.hasOwn(packageJson.scripts, script))).toEqual([]);
});

test("README has a row of advice for every reason that a metric can carry", () => {
  const readme = readDocument("README.md");
  expect(FAILURE_REASONS.filter((reason) => !readme.includes(`\n| \`${reason}\` | `))).toEqual([]);
});
