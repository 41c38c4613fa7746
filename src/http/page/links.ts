import type { ThresholdName } from "../../config/thresholds.ts";
import { RUNBOOKS_URL } from "../../project.ts";
import type { SessionRow } from "../../snapshot/snapshot.ts";

const ALERTS: Readonly<Record<ThresholdName, string>> = {
  degraded: "AthenaSessionDegraded",
  creating: "AthenaSessionStuckCreating",
  terminating: "AthenaSessionStuckTerminating",
  idle: "AthenaSessionIdleTooLong",
  busy: "AthenaSessionBusyTooLong",
  age: "AthenaSessionTooOld",
};

/** The runbook for the first threshold that a session has reached; undefined if it has reached none. */
export function runbookUrl({ reached }: SessionRow): string | undefined {
  const [first] = reached;
  return first && `${RUNBOOKS_URL}/${ALERTS[first]}.md`;
}

/** Athena's workgroups in the AWS console; undefined for a region that is none, as it comes from AWS. */
export function consoleUrl(region: string): string | undefined {
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)) return undefined;
  return `https://${consoleHost(region)}/athena/home?region=${region}#/workgroups`;
}

function consoleHost(region: string): string {
  if (region.startsWith("cn-")) return "console.amazonaws.cn";
  if (region.startsWith("us-gov-")) return "console.amazonaws-us-gov.com";
  return `${region}.console.aws.amazon.com`;
}
