import { readDocument } from "./markdown.ts";

/** The badges of README.md, in one line; they follow from the home in package.json. */
export function badges(): string {
  const { name, license, homepage } = JSON.parse(readDocument("package.json")) as {
    readonly name: string;
    readonly license: string;
    readonly homepage: string;
  };
  const repository = homepage.replace("https://", "");
  const workflow = `${homepage}/actions/workflows/ci.yml`;
  const scorecard = `https://api.scorecard.dev/projects/${repository}/badge`;
  return [
    `[![CI](${workflow}/badge.svg)](${workflow})`,
    `[![npm](https://img.shields.io/npm/v/${name})](https://www.npmjs.com/package/${name})`,
    `[![License](https://img.shields.io/badge/license-${license.replaceAll("-", "--")}-blue)](LICENSE)`,
    `[![OpenSSF Scorecard](${scorecard})](https://scorecard.dev/viewer/?uri=${repository})`,
  ].join(" ");
}
