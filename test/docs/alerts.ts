import { parse } from "yaml";
import { readDocument } from "./markdown.ts";

/** An alert of the rules that come with the exporter. */
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

/** All of them, as the file has them; recording rules are left out. */
export const ALERTS: readonly Alert[] = (parse(readDocument(RULES)) as RuleFile).groups
  .flatMap(({ rules }) => rules)
  .flatMap(({ alert, labels }) => (alert === undefined ? [] : [{ alert, severity: labels?.severity ?? "" }]));
