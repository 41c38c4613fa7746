import { workgroupArn } from "../config/aws-name.ts";
import type { Config } from "../config/config.ts";
import { expand } from "../targets/expand.ts";
import { namedWorkgroups, needsDiscovery, needsTags } from "../targets/select.ts";
import type { Region } from "../targets/account-region.ts";

/** The call by which a poll looks up single sessions. */
export function lookUpOperation({ sessions }: Config): "GetSession" | "GetSessionStatus" {
  return sessions.details ? "GetSession" : "GetSessionStatus";
}

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

/** What stands for a region that only the environment of the running exporter knows. */
const ANY = "*";

/**
 * The least IAM policy that the configuration needs. Actions and resource types are those of
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html; ListWorkGroups knows no
 * narrower resource than all.
 */
export function iamPolicy(config: Config): string {
  const regions = expand(config.accounts, ANY);
  const roles = [...new Set(regions.flatMap(({ role }) => (role === undefined ? [] : [role.arn])))];
  const tagged = regions.filter(needsTags);
  const statements: Statement[] = [
    { Sid: "ListWorkgroups", Effect: "Allow", Action: ["athena:ListWorkGroups"], Resource: "*" },
    {
      Sid: "ReadSessions",
      Effect: "Allow",
      Action: ["athena:ListSessions", `athena:${lookUpOperation(config)}`],
      Resource: [...new Set(regions.flatMap(workgroupArns))],
    },
  ];
  if (tagged.length > 0) {
    statements.push({
      Sid: "ReadTags",
      Effect: "Allow",
      Action: ["athena:ListTagsForResource"],
      Resource: [...new Set(tagged.flatMap(workgroupArns))],
    });
  }
  if (roles.length > 0) {
    statements.push({ Sid: "AssumeRoles", Effect: "Allow", Action: ["sts:AssumeRole"], Resource: roles });
  }
  return `${JSON.stringify({ Version: "2012-10-17", Statement: statements }, undefined, 2)}\n`;
}

function workgroupArns(configured: Region): string[] {
  const { region, accountId } = configured;
  const account = accountId === "" ? ANY : accountId;
  const names = needsDiscovery(configured) ? [ANY] : namedWorkgroups(configured);
  return names.map((name) => workgroupArn(region, account, name));
}
