import { parse } from "yaml";
import { parseCommandLine } from "../../../src/config/flags/command-line.ts";
import { CONFIG_CONTENT_VARIABLE } from "../../../src/config/flags/flag.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { iamPolicy } from "../../../src/commands/iam-policy.ts";

/** An IAM policy, or the trust policy of a role. */
export interface Policy {
  readonly Statement: readonly Statement[];
}

/** A statement of a policy. */
interface Statement {
  readonly Sid?: string;
  readonly Action: readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What `iam-policy` prints for the text of a configuration file. */
export async function printedPolicy(yaml: string): Promise<Policy> {
  const noFile = (): Promise<string> => Promise.reject(new Error("there is no file"));
  const environment = { [CONFIG_CONTENT_VARIABLE]: yaml };
  const loaded = await loadConfig(parseCommandLine(["iam-policy"], {}), environment, noFile);
  if ("problems" in loaded) throw new Error(`not a valid configuration: ${yaml}`);
  return parse(iamPolicy(loaded.config, {})) as Policy;
}

/** The statements of a policy for a comparison: one resource may be written as a text or as a list. */
export function statementsOf({ Statement }: Policy): readonly Statement[] {
  return Statement.map((statement) => ({ ...statement, Resource: [statement.Resource ?? []].flat() }));
}

/** Configurations, and what the role of the exporter needs to know of them. */
export const CASES = [
  { what: "the default", yaml: "", details: false, tags: false, owners: false, quotas: false },
  {
    what: "details and tags",
    yaml: "sessions: {details: true}\naccounts: [{discovery: {tag_labels: [team]}}]",
    details: true,
    tags: true,
    owners: false,
    quotas: false,
  },
  {
    what: "owners and quotas",
    yaml: "sessions: {owners: cloudtrail}\nquotas: true",
    details: false,
    tags: false,
    owners: true,
    quotas: true,
  },
] as const;

/** Organizations, and what the role of the exporter needs to know of them. */
export const ORGANIZATIONS = [
  { yaml: "organization: {}", units: false, tags: false },
  { yaml: "organization: {organizational_units: [r-root]}", units: true, tags: false },
  { yaml: "organization: {account_tags: {a: b}}", units: false, tags: true },
  { yaml: "organization: {organizational_units: [r-root], account_tags: {a: b}}", units: true, tags: true },
] as const;
/** The roles of an organization's accounts. */
export const MEMBER_ROLES = "arn:aws:iam::*:role/athena-session-exporter";

/** The policy of the exporter's own role and of a role in another account, which one configuration divides. */
export async function dividedPolicy(): Promise<{ readonly own: Policy; readonly member: Policy }> {
  const role = "arn:aws:iam::111111111111:role/athena-session-exporter";
  const { Statement } = await printedPolicy(
    `sessions: {details: true, owners: cloudtrail}\nquotas: true\naccounts: [{regions: [eu-west-1]}, {role_arn: "${role}", regions: [eu-west-1], workgroups: [etl]}]`,
  );
  const only = (prefix: string) => (statement: Statement) => ({
    ...statement,
    Resource: [statement.Resource ?? []].flat().filter((arn) => arn === "*" || arn.startsWith(prefix)),
  });
  const own = Statement.map((statement) =>
    statement.Sid === "AssumeRoles" ? statement : only("arn:aws:athena:eu-west-1:*")(statement),
  );
  const member = Statement.filter(({ Sid }) => Sid !== "AssumeRoles").map(
    only("arn:aws:athena:eu-west-1:111111111111"),
  );
  return { own: { Statement: own }, member: { Statement: member } };
}
