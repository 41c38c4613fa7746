import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../e2e/temporary-folder.ts";
import { hasTools, runPython } from "../tools.ts";
import {
  CASES,
  dividedPolicy,
  MEMBER_ROLES,
  ORGANIZATIONS,
  statementsOf,
  type Policy,
  printedPolicy,
} from "./policies.ts";

const EVALUATE = fileURLToPath(new URL("evaluate.py", import.meta.url));
const MODULE = "deploy/aws/terraform";
const PROVIDER = "arn:aws:iam::999999999999:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE";

interface Evaluated {
  readonly aws_iam_role: readonly { readonly assume_role_policy: string }[];
  readonly aws_iam_role_policy: readonly { readonly policy: string }[];
  readonly aws_iam_instance_profile?: readonly object[];
}

/** The policies of a module's role with the values of its variables. */
async function evaluate(module: string, variables: object) {
  const file = join(await temporaryFolder(), "test.tfvars.json");
  await writeFile(file, JSON.stringify(variables));
  const { status, stdout, stderr } = await runPython([EVALUATE, module, file]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const blocks = JSON.parse(stdout) as Evaluated;
  return {
    trust: JSON.parse(blocks.aws_iam_role[0]?.assume_role_policy ?? "") as Policy,
    policy: JSON.parse(blocks.aws_iam_role_policy[0]?.policy ?? "") as Policy,
    profiles: blocks.aws_iam_instance_profile?.length ?? 0,
  };
}

describe.skipIf(!hasTools)("the Terraform module", () => {
  test.each(CASES)("grants what iam-policy prints for $what", async ({ what: _what, yaml, ...variables }) => {
    const { policy } = await evaluate(MODULE, { runtime: "ecs", ...variables });
    expect(statementsOf(policy)).toEqual(statementsOf(await printedPolicy(yaml)));
  });

  test.each(ORGANIZATIONS)("grants what iam-policy prints for $yaml", async ({ yaml, units, tags }) => {
    const { policy } = await evaluate(MODULE, {
      runtime: "ecs",
      organization: true,
      organizational_units: units,
      account_tags: tags,
      assume_role_arns: [MEMBER_ROLES],
    });
    expect(statementsOf(policy)).toEqual(statementsOf(await printedPolicy(yaml)));
  });

  test("divides what iam-policy prints between the exporter's role and that of another account", async () => {
    const { own, member } = await dividedPolicy();
    const role = "arn:aws:iam::111111111111:role/athena-session-exporter";
    const common = { regions: ["eu-west-1"], details: true, owners: true, quotas: true };
    const exporter = await evaluate(MODULE, { ...common, runtime: "ecs", assume_role_arns: [role] });
    expect(statementsOf(exporter.policy)).toEqual(statementsOf(own));
    const variables = { ...common, account_id: "111111111111", workgroups: ["etl"], exporter_role_arn: role };
    expect(statementsOf((await evaluate(`${MODULE}/member`, variables)).policy)).toEqual(
      statementsOf(member),
    );
  });

  test.each([
    ["irsa", "Federated", PROVIDER, ["sts:AssumeRoleWithWebIdentity"], 0],
    ["pod-identity", "Service", "pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"], 0],
    ["ecs", "Service", "ecs-tasks.amazonaws.com", ["sts:AssumeRole"], 0],
    ["ec2", "Service", "ec2.amazonaws.com", ["sts:AssumeRole"], 1],
  ] as const)("trusts only what %s needs", async (runtime, kind, principal, actions, count) => {
    const { trust, profiles } = await evaluate(MODULE, { runtime, oidc_provider_arn: PROVIDER });
    expect(trust.Statement).toMatchObject([{ Principal: { [kind]: principal }, Action: actions }]);
    expect(profiles).toBe(count);
  });

  test("names the only service account that may use the role by IRSA", async () => {
    const { trust } = await evaluate(MODULE, { runtime: "irsa", oidc_provider_arn: PROVIDER });
    expect(trust.Statement[0]?.Condition?.["StringEquals"]).toEqual({
      "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:aud": "sts.amazonaws.com",
      "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub":
        "system:serviceaccount:monitoring:athena-session-exporter",
    });
  });

  test("requires the external id of the configuration in another account", async () => {
    const variables = { exporter_role_arn: "arn:aws:iam::999999999999:role/exporter", external_id: "agreed" };
    const { trust } = await evaluate(`${MODULE}/member`, variables);
    expect(trust.Statement).toMatchObject([
      {
        Action: ["sts:AssumeRole"],
        Condition: {
          StringEquals: { "sts:ExternalId": "agreed", "sts:RoleSessionName": "athena-session-exporter" },
        },
      },
    ]);
  });
});
