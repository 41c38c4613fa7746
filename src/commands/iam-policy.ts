import { roleOfName, workgroupArn } from "../config/values/arn.ts";
import type { AccountConfig, Config, OrganizationConfig } from "../config/config.ts";
import { listOperations } from "../app/organization-calls.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { accountRegionsOf } from "../targets/expand.ts";
import { namedWorkgroups, needsDiscovery, needsTags } from "../targets/select.ts";

interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

/** For an account, and for a region that is known only where the exporter runs. */
const ANY = "*";

/**
 * The minimum IAM policy that the configuration needs, as JSON. Actions and resource types are those of
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html; ListWorkGroups and the
 * actions of other services support no narrower resource than all.
 */
export function iamPolicy(
  config: Config,
  { AWS_REGION: region, AWS_DEFAULT_REGION: defaultRegion }: NodeJS.ProcessEnv,
): string {
  const { organization } = config;
  const anyRegion = region || defaultRegion || ANY;
  const members = organization === undefined ? [] : [memberOf(organization)];
  const accountRegions = accountRegionsOf([...config.accounts, ...members], anyRegion);
  const roles = rolesOf(accountRegions, organization, anyRegion);
  const tagged = accountRegions.filter(needsTags);
  const statements: PolicyStatement[] = [
    { Sid: "ListWorkgroups", Effect: "Allow", Action: ["athena:ListWorkGroups"], Resource: "*" },
    {
      Sid: "ReadSessions",
      Effect: "Allow",
      Action: [
        "athena:ListSessions",
        "athena:GetSessionStatus",
        ...(config.sessions.details ? ["athena:GetSession"] : []),
      ],
      Resource: [...new Set(accountRegions.flatMap(workgroupArns))],
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
  if (config.sessions.owners !== undefined) {
    statements.push({
      Sid: "LookUpOwners",
      Effect: "Allow",
      Action: ["cloudtrail:LookupEvents"],
      Resource: "*",
    });
  }
  if (config.quotas) {
    statements.push({
      Sid: "ReadQuotas",
      Effect: "Allow",
      Action: ["servicequotas:ListServiceQuotas", "servicequotas:ListAWSDefaultServiceQuotas"],
      Resource: "*",
    });
  }
  if (organization !== undefined) {
    statements.push({
      Sid: "ReadOrganization",
      Effect: "Allow",
      Action: listOperations(organization).map((name) => `organizations:${name}`),
      Resource: "*",
    });
  }
  if (roles.length > 0) {
    statements.push({ Sid: "AssumeRoles", Effect: "Allow", Action: ["sts:AssumeRole"], Resource: roles });
  }
  return `${JSON.stringify({ Version: "2012-10-17", Statement: statements }, undefined, 2)}\n`;
}

/** An account that only AWS knows, and whose regions are those of all accounts of the organization. */
function memberOf({ regions, discovery }: OrganizationConfig): AccountConfig {
  return { name: "", regions, discovery };
}

/** Every role to assume; of an organization, that in any account. */
function rolesOf(
  accountRegions: readonly AccountRegion[],
  organization: OrganizationConfig | undefined,
  anyRegion: string,
): readonly string[] {
  const roles = accountRegions.flatMap(({ role }) => (role === undefined ? [] : [role.arn]));
  if (organization !== undefined) {
    const { readerRoleArn, regions, roleName } = organization;
    roles.push(
      roleOfName(regions[0] ?? anyRegion, ANY, roleName),
      ...(readerRoleArn === undefined ? [] : [readerRoleArn]),
    );
  }
  return [...new Set(roles)];
}

function workgroupArns(configured: AccountRegion): string[] {
  const { region, accountId } = configured;
  const account = accountId === "" ? ANY : accountId;
  const names = needsDiscovery(configured) ? [ANY] : namedWorkgroups(configured);
  return names.map((name) => workgroupArn(region, account, name));
}
