import { describe, expect, test } from "vitest";
import { hasTools } from "../tools.ts";
import { refusal, VALUE_SETS } from "./chart.ts";

test("there are ten sets of values", () => {
  expect(VALUE_SETS).toHaveLength(10);
});

describe.skipIf(!hasTools)("the chart refuses", () => {
  test.each([
    ["an unknown value", ["--set=replicas=3"], "additional properties 'replicas' not allowed"],
    ["a value of the wrong type", ["--set-string=shards=3"], "at '/shards': got string, want integer"],
    ["no shards", ["--set=shards=0"], "at '/shards': minimum: got 0, want 1"],
    [
      "an unknown key of the configuration",
      ["--set=config.pol.interval=1m"],
      "at '/config': additional properties 'pol' not allowed",
    ],
    [
      "account ids that are numbers",
      ["--set=config.accounts[0].account_ids.dev=111111111111"],
      "got number, want string",
    ],
    ["flags that are none", ["--set=extraArgs={poll.interval}"], "at '/extraArgs/0'"],
    [
      "an unknown severity",
      ["--set=prometheusRule.severities.AthenaSessionTooOld=urgent"],
      "at '/prometheusRule/severities/AthenaSessionTooOld'",
    ],
    [
      "an unknown alert",
      ["--set=prometheusRule.enabled=true,prometheusRule.disabled={AthenaFoo}"],
      'prometheusRule names "AthenaFoo", which is no alert of this chart',
    ],
    [
      "two places of the configuration",
      ["--set=config.poll.interval=1m,existingSecret=x"],
      "config, existingConfigMap and existingSecret are three places",
    ],
    ["a demo with shards", ["--set=demo=true,shards=2"], "demo: true polls a simulated Athena"],
    ["a reload of nothing", ["--set=configReload=true"], "configReload: true needs a configuration file"],
    [
      "a reload behind a password",
      ["--set=configReload=true,existingSecret=x,web.existingSecret=y"],
      "configReload: true cannot be combined",
    ],
    ["TLS without its file", ["--set=web.tls=true"], "describe the file in web.existingSecret"],
    [
      "client certificates without TLS",
      ["--set=web.existingSecret=x,web.clientCertificates=true"],
      "needs web.tls: true",
    ],
    [
      "two monitors",
      ["--set=serviceMonitor.enabled=true,podMonitor.enabled=true"],
      "would scrape each pod twice",
    ],
  ])("%s", async (_what, flags, message) => {
    expect(await refusal(flags)).toContain(message);
  });
});
