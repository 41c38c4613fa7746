import { existsSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";
import { anchors, DOCUMENTS, linkTargets, readDocument, ROOT } from "./markdown.ts";

const isExternal = (target: string): boolean => /^[a-z]+:/.test(target);

test.each(DOCUMENTS)("every relative link in %s has a target", (document) => {
  const targets = linkTargets(readDocument(document)).filter((target) => !isExternal(target));
  const broken = targets.filter((target) => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? document : posix.join(posix.dirname(document), path);
    if (!existsSync(new URL(file, ROOT))) return true;
    return anchor !== undefined && !anchors(readDocument(file)).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test("the tests read the documents of the root and of docs", () => {
  expect(DOCUMENTS).toEqual(
    expect.arrayContaining([
      "README.md",
      "ARCHITECTURE.md",
      "CONTRIBUTING.md",
      "CHANGELOG.md",
      "docs/configuration.md",
      "docs/metrics.md",
    ]),
  );
});
