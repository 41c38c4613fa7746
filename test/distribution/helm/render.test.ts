import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { CHART, hasTools, ROOT, runTool } from "../tools.ts";
import { type KubernetesObject, render, renderText, VALUE_SETS, valuesFile } from "./chart.ts";

// Run with --update, the tests write the folder `golden`.

const RULES = "deploy/prometheus/athena-session-exporter.rules.yaml";

interface Rule {
  readonly alert?: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
}
interface RuleGroups {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");
const ruleFile = parse(read(RULES)) as RuleGroups;

/** The text of a dashboard in an object, instead of which the golden files name the file. */
function shorten(object: KubernetesObject): unknown {
  const { data, spec } = object;
  const fileOf = (name: string) => `grafana/dashboards/${name}`;
  if (object.kind === "ConfigMap" && data !== undefined && !("exporter.yaml" in data)) {
    const named = Object.entries(data).map(([name, text]) => {
      expect(text).toBe(read(fileOf(name)));
      return [name, `<${fileOf(name)}>`];
    });
    return { ...object, data: Object.fromEntries(named) };
  }
  if (object.kind === "GrafanaDashboard") {
    const { uid } = JSON.parse(String(spec?.["json"])) as { readonly uid: string };
    expect(spec?.["json"]).toBe(read(fileOf(`${uid}.json`)));
    return { ...object, spec: { ...spec, json: `<${fileOf(`${uid}.json`)}>` } };
  }
  return object.kind === "PrometheusRule" ? { ...object, spec: { groups: `<${RULES}>` } } : object;
}

describe.skipIf(!hasTools).each(VALUE_SETS)("the values %s", (name) => {
  test("pass helm lint --strict", async () => {
    const { status, stdout } = await runTool("helm/helm", [
      "lint",
      "--strict",
      "-f",
      valuesFile(name),
      CHART,
    ]);
    expect(stdout).toContain("1 chart(s) linted, 0 chart(s) failed");
    expect(status).toBe(0);
  });

  test("render as the golden file says", async () => {
    const objects = (await render(name)).map((object) => stringify(shorten(object)));
    const golden = fileURLToPath(new URL(`golden/${name}.yaml`, import.meta.url));
    await expect(objects.join("---\n")).toMatchFileSnapshot(golden);
  });

  test("leave no blank line and no space at the end of a line", async () => {
    const lines = (await renderText(name)).split("\n").slice(0, -1);
    expect(lines.filter((line) => line.trimEnd() !== line || line === "")).toEqual([]);
  });
});

const rulesOf = ({ groups }: RuleGroups): readonly Rule[] => groups.flatMap(({ rules }) => rules);
const alertsOf = (rules: RuleGroups): readonly string[] =>
  rulesOf(rules).flatMap(({ alert }) => (alert === undefined ? [] : [alert]));

async function renderedRules(name: string): Promise<RuleGroups> {
  const isRule = (object: KubernetesObject): object is KubernetesObject & { readonly spec: RuleGroups } =>
    object.kind === "PrometheusRule";
  const rule = (await render(name)).find(isRule);
  if (rule === undefined) throw new Error(`there is no PrometheusRule with the values ${name}`);
  return rule.spec;
}

describe.skipIf(!hasTools)("the PrometheusRule", () => {
  test("has the groups of the rule file", async () => {
    expect(await renderedRules("grafana-operator")).toEqual(ruleFile);
  });

  test("has what the values change, and nothing else changed", async () => {
    const rules = await renderedRules("monitoring");
    const removed = alertsOf(ruleFile).filter((alert) => !alertsOf(rules).includes(alert));
    expect(removed.toSorted()).toEqual(["AthenaShardDoubled", "AthenaShardMissing"]);
    const expected = rulesOf(ruleFile)
      .filter(({ alert = "" }) => !removed.includes(alert))
      .map((rule) => {
        if (rule.alert === undefined) return rule;
        const labelled = { ...rule, labels: { ...rule.labels, team: "data" } };
        return rule.alert === "AthenaSessionTooOld"
          ? { ...labelled, for: "1h", labels: { severity: "info", team: "data" } }
          : labelled;
      });
    expect(rulesOf(rules)).toEqual(expected);
  });
});
