import { z } from "zod";
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";
import { CONFIG_ROWS } from "../../src/config/file/config-file.ts";
import { keysOf } from "../../src/config/file/section.ts";
import type { KeySetting } from "../../src/config/setting.ts";
import { readDocument } from "./markdown.ts";

/** The chart, as a path below the root. */
export const CHART = "deploy/helm/athena-session-exporter/";

/** A value of the chart with a comment that begins with two dashes. */
export interface ChartValue {
  readonly path: string;
  readonly default: unknown;
  readonly help: string;
}

/** The documented values of values.yaml in the order of the file. */
export function chartValues(): readonly ChartValue[] {
  const { contents } = parseDocument(readDocument(`${CHART}values.yaml`));
  if (!isMap(contents)) throw new Error("values.yaml is no mapping");
  return valuesOf(contents, "");
}

function valuesOf(map: YAMLMap, prefix: string): readonly ChartValue[] {
  return map.items.flatMap((pair: Pair, index) => {
    const { key, value } = pair;
    if (!isScalar(key)) throw new Error(`a key below "${prefix}" is no text`);
    const path = `${prefix}${String(key.value)}`;
    // The comment before the first key of a mapping is attached to the mapping.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined);
    const help = / -- (.*)$/s.exec(comment ?? "")?.[1];
    if (help !== undefined) {
      return [
        { path, default: (value as { toJSON(): unknown }).toJSON(), help: help.replaceAll(/\n\s*/g, " ") },
      ];
    }
    if (!isMap(value)) throw new Error(`the value "${path}" has no comment that begins with two dashes`);
    return valuesOf(value, `${path}.`);
  });
}

/** The table of the values for docs/kubernetes.md. */
export function valuesTable(): string {
  const rows = chartValues().map(({ path, default: value, help }) => {
    const shown = value === "" ? "" : `\`${JSON.stringify(value).replaceAll(/^"|"$/g, "")}\``;
    return `| \`${path}\` | ${shown} | ${help.replaceAll("|", "\\|")} |`;
  });
  return ["| value | default | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The JSON schema of the value `config`: the keys of the configuration file and the types of their values. */
export function configSchema(section = ""): object {
  const properties = keysOf(CONFIG_ROWS, section).map(([name, row]) => [name, keySchema(row)]);
  return { type: "object", additionalProperties: false, properties: Object.fromEntries(properties) };
}

function keySchema({ key, kind }: KeySetting): object {
  if (kind === "section list") return { type: "array", items: configSchema(`${key}[]`) };
  if (typeof kind === "string") return configSchema(key);
  const { type = "string" } = z.toJSONSchema(kind, { io: "input", unrepresentable: "any" });
  // Items and values are texts. Helm would write the numbers of account ids as floating-point numbers.
  if (type === "array") return { type, items: { type: "string" } };
  return type === "object" ? { type, additionalProperties: { type: "string" } } : { type };
}
