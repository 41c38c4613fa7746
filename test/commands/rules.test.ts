import { expect, test } from "vitest";
import { parse } from "yaml";
import { ALERTING_RULES, RULES_PATH } from "../deploy/rules.ts";
import { readDocument } from "../docs/markdown.ts";
import { runCommand } from "./run-command.ts";

interface Printed {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: Printed;
  readonly groups?: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

const run = (...argv: readonly string[]) => runCommand({ environment: {} }, ["rules", ...argv]);
const alertsOf = ({ groups = [] }: Printed) =>
  groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);

test("rules prints the rule file of this repository", async () => {
  const { stdout, exitCode } = await run();
  expect(exitCode).toBe(0);
  expect(stdout).toBe(readDocument(RULES_PATH));
});

test("rules adds labels and links to every alert, and leaves out what it is told to", async () => {
  const { stdout } = await run(
    "--label=team=data",
    "--label=tier=2",
    "--web.grafana-url=https://grafana.example.net/g/",
    "--runbooks-url=https://wiki.example.net/athena",
    "--without=AthenaShardDoubled",
  );
  const alerts = alertsOf(parse(stdout) as Printed);
  expect(alerts).toHaveLength(ALERTING_RULES.length - 1);
  for (const { alert = "", labels, annotations } of alerts) {
    expect(labels).toMatchObject({ team: "data", tier: "2", severity: expect.any(String) as string });
    expect(annotations?.["runbook_url"]).toBe(`https://wiki.example.net/athena/${alert}.md`);
    expect(annotations?.["dashboard_url"]).toMatch(/^https:\/\/grafana\.example\.net\/g\/d\/athena-/);
  }
});

test("rules --format=operator prints a PrometheusRule with the same rules", async () => {
  const { stdout } = await run("--format=operator", "--metadata-label=release=prometheus");
  const { metadata, spec } = parse(stdout) as Printed;
  expect(metadata).toEqual({ name: "athena-session-exporter", labels: { release: "prometheus" } });
  expect(spec).toEqual(parse(readDocument(RULES_PATH)));
});

test.each([
  [["--without=AthenaShardDouble"], '--without: unknown alert; did you mean "AthenaShardDoubled"?'],
  [["--metadata-label=a=b"], "--metadata-label: only a PrometheusRule has metadata; add --format=operator"],
  [
    ["--label=severity=page"],
    'expected a label such as team=data, other than alertname and severity, got "severity=page"',
  ],
  [["--label=a=b", "--label=a=c"], "the label a is given twice; remove one"],
])("rules %s is refused", async (argv, message) => {
  const { exitCode, stderr, stdout } = await run(...argv);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
});
