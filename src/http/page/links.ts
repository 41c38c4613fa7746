import type { SessionRow } from "../../snapshot/snapshot.ts";

const RUNBOOKS = "https://github.com/athena-session-exporter/athena-session-exporter/blob/main/docs/runbooks";

/** The runbook for a session that needs action; undefined for another one. */
export function runbookUrl({ state, isStuck }: SessionRow): string | undefined {
  if (state === "DEGRADED") return `${RUNBOOKS}/AthenaSessionDegraded.md`;
  if (state === "IDLE") return `${RUNBOOKS}/AthenaSessionIdleTooLong.md`;
  return isStuck && state === "CREATING" ? `${RUNBOOKS}/AthenaSessionStuckCreating.md` : undefined;
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
