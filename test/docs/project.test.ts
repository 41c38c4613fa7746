import { expect, test } from "vitest";
import { readDocument } from "./markdown.ts";

const project = JSON.parse(readDocument("package.json")) as {
  readonly version: string;
  readonly homepage: string;
  readonly bugs: string;
  readonly repository: { readonly url: string };
};

test("repository and bugs in package.json are at its home", () => {
  expect(project.repository.url).toBe(`git+${project.homepage}.git`);
  expect(project.bugs).toBe(`${project.homepage}/issues`);
});

test("the version in package.json is the latest of the changelog, or the first one that it announces", () => {
  const changelog = readDocument("CHANGELOG.md");
  const [, latest] =
    /^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$/m.exec(changelog) ??
    /^This will be (\d+\.\d+\.\d+), the first version\.$/m.exec(changelog) ??
    [];
  expect(latest).toBe(project.version);
});
