import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCommandLine } from "../../../src/config/flags/command-line.ts";
import { CONFIG_CONTENT_VARIABLE } from "../../../src/config/flags/flag.ts";
import { execForm, readStages, textsOf } from "../../deploy/dockerfile.ts";
import { hasTools, runTool } from "../tools.ts";
import {
  CASES,
  dividedPolicy,
  MEMBER_ROLES,
  ORGANIZATIONS,
  statementsOf,
  type Policy,
  printedPolicy,
} from "./policies.ts";
import { type Parameters, resolveTemplate, templateFile, templateOf, TEMPLATES } from "./template.ts";

interface Role {
  /** As JSON text where keys have parameters. */
  readonly AssumeRolePolicyDocument: Policy | string;
  readonly Policies: readonly { readonly PolicyDocument: Policy }[];
}
interface StackSet {
  readonly TemplateBody: string;
  readonly Parameters: readonly { readonly ParameterKey: string; readonly ParameterValue: string }[];
  readonly StackInstancesGroup: unknown;
}
interface TaskDefinition {
  readonly ContainerDefinitions: readonly {
    readonly Command: readonly string[];
    readonly User: string;
    readonly ReadonlyRootFilesystem: boolean;
    readonly Secrets: readonly { readonly Name: string }[];
    readonly HealthCheck: { readonly Command: readonly string[] };
  }[];
}

/** The policies of a template's role. */
async function roleOf(name: string, parameters: Parameters) {
  const { Role, ...others } = await resolveTemplate(name, parameters);
  const { AssumeRolePolicyDocument, Policies } = Role as Role;
  const [policy] = Policies.map(({ PolicyDocument }) => PolicyDocument);
  if (policy === undefined) throw new Error("the role has no policy");
  const document = AssumeRolePolicyDocument;
  const trust = typeof document === "string" ? (JSON.parse(document) as Policy) : document;
  return { trust, policy, others: Object.keys(others) };
}

describe.skipIf(!hasTools)("the CloudFormation templates", () => {
  test("pass cfn-lint", async () => {
    const files = TEMPLATES.map(templateFile);
    const args = ["--non-zero-exit-code", "informational", "--template", ...files];
    expect(await runTool("python/bin/cfn-lint", args)).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  test.each(CASES)("grant what iam-policy prints for $what", async ({ yaml, ...has }) => {
    const parameters = {
      Runtime: "ecs",
      Details: String(has.details),
      Tags: String(has.tags),
      Owners: String(has.owners),
      Quotas: String(has.quotas),
    };
    const { policy } = await roleOf("exporter-role", parameters);
    expect(statementsOf(policy)).toEqual(statementsOf(await printedPolicy(yaml)));
  });

  test.each(ORGANIZATIONS)("grant what iam-policy prints for $yaml", async ({ yaml, units, tags }) => {
    const { policy } = await roleOf("exporter-role", {
      Runtime: "ecs",
      Organization: "true",
      OrganizationalUnits: String(units),
      AccountTags: String(tags),
      AssumeRoleArns: MEMBER_ROLES,
    });
    expect(statementsOf(policy)).toEqual(statementsOf(await printedPolicy(yaml)));
  });

  test("create the member role in every account of an organization by a stack set", async () => {
    const parameters = {
      ExporterRoleArn: "arn:aws:iam::999999999999:role/exporter",
      OrganizationalUnitIds: "r-root,ou-root-data00001",
      WorkgroupArns: "arn:aws:athena:*:*:workgroup/a,arn:aws:athena:*:*:workgroup/b",
      Owners: "true",
    };
    const { StackSet } = await resolveTemplate("member-role-stack-set", parameters);
    const { TemplateBody, Parameters, StackInstancesGroup, ...set } = StackSet as StackSet;
    expect(TemplateBody).toBe(readFileSync(templateFile("member-role"), "utf8"));
    expect(set).toMatchObject({
      PermissionModel: "SERVICE_MANAGED",
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    expect(StackInstancesGroup).toMatchObject([
      { DeploymentTargets: { OrganizationalUnitIds: ["r-root", "ou-root-data00001"] } },
    ]);
    const member = await templateOf("member-role");
    expect(Parameters.map(({ ParameterKey }) => ParameterKey).sort()).toEqual(
      Object.keys(member.Parameters).sort(),
    );
    const values = Object.fromEntries(Parameters.map((one) => [one.ParameterKey, one.ParameterValue]));
    const defaults = Object.entries(member.Parameters).map(([name, one]) => [name, one.Default ?? ""]);
    const { OrganizationalUnitIds: _units, ...passed } = parameters;
    expect(values).toEqual({ ...Object.fromEntries(defaults), ...passed });
  });

  test("divide what iam-policy prints between the exporter's role and that of another account", async () => {
    const { own, member } = await dividedPolicy();
    const exporter = await roleOf("exporter-role", {
      Runtime: "pod-identity",
      Details: "true",
      Owners: "true",
      Quotas: "true",
      WorkgroupArns: "arn:aws:athena:eu-west-1:*:workgroup/*",
      AssumeRoleArns: "arn:aws:iam::111111111111:role/athena-session-exporter",
    });
    expect(statementsOf(exporter.policy)).toEqual(statementsOf(own));
    const other = await roleOf("member-role", {
      ExporterRoleArn: "arn:aws:iam::999999999999:role/exporter",
      Details: "true",
      Owners: "true",
      Quotas: "true",
      WorkgroupArns: "arn:aws:athena:eu-west-1:111111111111:workgroup/etl",
    });
    expect(statementsOf(other.policy)).toEqual(statementsOf(member));
  });

  test.each([
    ["pod-identity", "pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"], []],
    ["ecs", "ecs-tasks.amazonaws.com", ["sts:AssumeRole"], []],
    ["ec2", "ec2.amazonaws.com", ["sts:AssumeRole"], ["InstanceProfile"]],
  ])("trust only what %s needs", async (runtime, service, actions, others) => {
    const role = await roleOf("exporter-role", { Runtime: runtime });
    expect(role.trust.Statement).toMatchObject([{ Principal: { Service: service }, Action: actions }]);
    expect(role.others).toEqual(others);
  });

  test("name the only service account that may use the role by IRSA", async () => {
    const issuer = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE";
    const { trust, others } = await roleOf("exporter-role", { Runtime: "irsa", OidcIssuer: issuer });
    expect(trust.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: {
          Federated: `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:oidc-provider/${issuer}`,
        },
        Action: ["sts:AssumeRoleWithWebIdentity"],
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: "sts.amazonaws.com",
            [`${issuer}:sub`]: "system:serviceaccount:monitoring:athena-session-exporter",
          },
        },
      },
    ]);
    expect(others).toEqual([]);
  });

  test("require the external id and permit session tags in another account, where they are set", async () => {
    const ExporterRoleArn = "arn:aws:iam::999999999999:role/exporter";
    const plain = await roleOf("member-role", { ExporterRoleArn });
    expect(plain.trust.Statement.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { "sts:RoleSessionName": "athena-session-exporter" } },
    ]);
    const strict = await roleOf("member-role", {
      ExporterRoleArn,
      ExternalId: "agreed",
      SessionTags: "true",
    });
    expect(strict.trust.Statement[0]?.Condition?.["StringEquals"]).toHaveProperty("sts:ExternalId", "agreed");
    expect(strict.trust.Statement.map(({ Action }) => Action)).toEqual([
      ["sts:AssumeRole"],
      ["sts:TagSession"],
    ]);
  });

  test("run the image on Fargate with its own health check, its user and the exporter's variables", async () => {
    const { TaskDefinition } = await resolveTemplate("ecs-service", {});
    const [container, ...others] = (TaskDefinition as TaskDefinition).ContainerDefinitions;
    expect(others).toEqual([]);
    expect(parseCommandLine(container?.Command ?? [], {}).problems).toEqual([]);
    expect(container?.Secrets.map(({ Name }) => Name)).toEqual([CONFIG_CONTENT_VARIABLE]);
    expect(container?.ReadonlyRootFilesystem).toBe(true);
    const image = readStages().slice(-1);
    const [user] = image.flatMap((stage) => textsOf(stage, "USER"));
    expect(container?.User).toBe(user);
    const [check = ""] = image.flatMap((stage) => textsOf(stage, "HEALTHCHECK"));
    expect(container?.HealthCheck.Command).toEqual(["CMD", ...execForm(check)]);
  });
});
