import { expect, test } from "vitest";
import { configOf, problemsOf } from "../loading.ts";

const EXPECTED = "expected an http or https URL such as https://grafana.example.net, got something else";

test.each([
  ["https://grafana.example.net", "https://grafana.example.net"],
  ["https://grafana.example.net/", "https://grafana.example.net"],
  ["http://127.0.0.1:3000", "http://127.0.0.1:3000"],
  ["HTTPS://Tools.Example.net/grafana//", "https://tools.example.net/grafana"],
  ["https://[::1]:3000/a/b", "https://[::1]:3000/a/b"],
])("%s is accepted as Grafana's URL", async (text, wanted) => {
  for (const command of ["run", "demo"]) {
    const config = await configOf({ argv: [command, `--web.grafana-url=${text}`] });
    expect(config.web.grafanaUrl).toBe(wanted);
  }
});

test("Grafana's URL has no default, and can be set by an environment variable", async () => {
  expect(await configOf({})).not.toHaveProperty("web.grafanaUrl");
  const config = await configOf({ env: { ATHENA_EXPORTER_WEB_GRAFANA_URL: "http://grafana:3000/" } });
  expect(config.web.grafanaUrl).toBe("http://grafana:3000");
});

test.each([
  ["grafana.example.net", "it does not begin with http:// or https:// and a host"],
  ["grafana:3000", "it does not begin with http:// or https:// and a host"],
  ["/grafana", "it does not begin with http:// or https:// and a host"],
  ["https://", "it does not begin with http:// or https:// and a host"],
  ["https:///grafana", "it does not begin with http:// or https:// and a host"],
  ["javascript://%0aalert(1)", "it does not begin with http:// or https:// and a host"],
  ["https://grafana.example.net?orgId=1", "it has a query or a fragment; leave that out"],
  ["https://grafana.example.net/#", "it has a query or a fragment; leave that out"],
  ["https://grafana.example.net/ x", "it has blanks or control characters"],
  ["https://grafana.example.net:99999", "it is no URL"],
  [`https://g.example.net/${"x".repeat(2000)}`, "it is longer than 2000 characters"],
])("%s is rejected with what is expected and what is wrong", async (text, fault) => {
  expect(await problemsOf({ argv: [`--web.grafana-url=${text}`] })).toEqual([
    `--web.grafana-url: ${EXPECTED}; ${fault}`,
  ]);
});

test("a URL with a user and a password is rejected, and the problem does not contain them", async () => {
  const problems = await problemsOf({ argv: ["--web.grafana-url=https://admin:hush@grafana.example.net"] });
  expect(problems).toEqual([`--web.grafana-url: ${EXPECTED}; it has a user or a password; leave them out`]);
});
