import { expect, test } from "vitest";
import { validateText } from "../../src/config/file/validate.ts";
import { WEB_ROWS, webFileSchema } from "../../src/config/web/web-file.ts";
import { fencedCode, readDocument } from "./markdown.ts";

const examples = fencedCode(readDocument("docs/security.md"), "yaml").filter((text) =>
  text.startsWith("# web.yaml"),
);

test("docs/security.md has examples of the file of --web.config.file, and all are valid", () => {
  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) {
    expect(validateText("web.yaml", example, webFileSchema, WEB_ROWS).problems).toEqual([]);
  }
});
