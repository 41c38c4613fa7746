import { parse } from "yaml";
import { readDocument } from "./markdown.ts";

/** An alert of the rule file. */
export interface Alert {
  readonly alert: string;
  readonly severity: string;
}

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert?: string; readonly labels?: { readonly severity: string } }[];
  }[];
}

const RULES = "deploy/prometheus/athena-session-exporter.rules.yaml";

/** All alerts of the rule file, in its order, without recording rules. */
export const ALERTS: readonly Alert[] = (parse(readDocument(RULES)) as RuleFile).groups
  .flatMap(({ rules }) => rules)
  .flatMap(({ alert, labels }) => (alert === undefined ? [] : [{ alert, severity: labels?.severity ?? "" }]));
