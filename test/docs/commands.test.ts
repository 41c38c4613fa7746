import { expect, test } from "vitest";
import { FAILURE_REASONS } from "../../src/failure.ts";
import { parseCommandLine } from "../../src/config/flags/command-line.ts";
import { DOCUMENTS, fencedCode, readDocument } from "./markdown.ts";

const packageJson = JSON.parse(readDocument("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The command lines of a document, in code blocks and inline. */
function commandLines(document: string): string[] {
  const text = readDocument(document);
  const blocks = [...fencedCode(text, "sh"), ...fencedCode(text, "console")];
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...blocks.flatMap((block) => block.split("\n")), ...inline].map((line) => line.replace(/^\$ /, ""));
}

test.each(DOCUMENTS)("the exporter accepts every command line in %s", (document) => {
  const argvs = commandLines(document).flatMap((line) => {
    const [name, ...argv] = (line.split(" | ")[0] ?? "").split(" ");
    return name === "athena-session-exporter" ? [argv] : [];
  });
  expect(argvs.flatMap((argv) => parseCommandLine(argv, {}).problems)).toEqual([]);
});

test.each(DOCUMENTS)("package.json has every npm script in %s", (document) => {
  const lines = commandLines(document).join("\n");
  const scripts = [...lines.matchAll(/\bnpm run ([\w:]+)|\bnpm (test|start)\b/g)].map(
    ([, run, short]) => run ?? short ?? "",
  );
  expect(scripts.filter((script) => !Object.hasOwn(packageJson.scripts, script))).toEqual([]);
});

test("docs/troubleshooting.md explains every failure reason", () => {
  const text = readDocument("docs/troubleshooting.md");
  expect(FAILURE_REASONS.filter((reason) => !text.includes(`\n| \`${reason}\` | `))).toEqual([]);
});
