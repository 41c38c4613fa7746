import { expect, test } from "vitest";
import { configOf, problemsOf } from "../loading.ts";

test.each([
  [[], undefined, ""],
  [["--web.external-url=https://tools.example.net"], "https://tools.example.net", ""],
  [["--web.external-url=https://tools.example.net/a/b/"], "https://tools.example.net/a/b", "/a/b"],
  [
    ["--web.external-url=https://tools.example.net/athena", "--web.route-prefix=/"],
    "https://tools.example.net/athena",
    "",
  ],
  [["--web.route-prefix=athena"], undefined, "/athena"],
  [["--web.route-prefix=/tools/athena/"], undefined, "/tools/athena"],
])("%j is the external URL %j and the route prefix %j", async (argv, externalUrl, routePrefix) => {
  const { web } = await configOf({ argv });
  expect([web.externalUrl, web.routePrefix]).toEqual([externalUrl, routePrefix]);
});

test.each(["", "//", "/a//b", "/a?b", "/a b", "/<a>"])("the route prefix %j is refused", async (prefix) => {
  const [problem] = await problemsOf({ argv: [`--web.route-prefix=${prefix}`] });
  expect(problem).toContain("--web.route-prefix: expected a path such as /athena, or / for none");
});

test("an external URL without a scheme is refused", async () => {
  expect(await problemsOf({ argv: ["--web.external-url=tools.example.net"] })).toEqual([
    "--web.external-url: expected an http or https URL such as https://tools.example.net/athena, got something else; " +
      "it does not begin with http:// or https:// and a host",
  ]);
});
