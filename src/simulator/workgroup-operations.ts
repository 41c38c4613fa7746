import { AwsError, invalidRequest } from "./aws-error.ts";
import { type OperationContext, findWorkgroup } from "./operation.ts";
import { WORKGROUP_NAME } from "./request-members.ts";
import { operation } from "./operation.ts";
import { integer, optional, required, string, structure } from "./shape.ts";
import type { SimulatedWorkgroup } from "./workgroup.ts";

const TOKEN = optional(string({ min: 1, max: 1024 }));

export const listWorkGroups = operation(
  structure({ NextToken: TOKEN, MaxResults: optional(integer({ min: 1, max: 50 })) }),
  ({ NextToken, MaxResults }, { caller, fleet, settings, tokens }) => {
    const scope = ["ListWorkGroups", caller.accountId, caller.region];
    const after = NextToken === undefined ? "" : (tokens.redeem(scope, NextToken).after?.key ?? "");
    const all = [...fleet.workgroups(caller.accountId, caller.region).values()];
    const rest = all
      .filter(({ name }) => name > after)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    const page = rest.slice(0, Math.min(MaxResults ?? 50, settings.pageSize));
    const last = page.length < rest.length ? page.at(-1) : undefined;
    return {
      WorkGroups: page.map((workgroup) => summary(workgroup)),
      NextToken: last && tokens.issue(scope, { after: { startMs: 0, key: last.name } }),
    };
  },
);

export const getWorkGroup = operation(structure({ WorkGroup: WORKGROUP_NAME }), ({ WorkGroup }, context) => {
  const { EngineVersion, ...rest } = summary(findWorkgroup(context, WorkGroup));
  return { WorkGroup: { ...rest, Configuration: { EnforceWorkGroupConfiguration: true, EngineVersion } } };
});

export const listTagsForResource = operation(
  structure({
    ResourceARN: required(string({ min: 1, max: 1011 })),
    NextToken: TOKEN,
    MaxResults: optional(integer({ min: 75 })),
  }),
  ({ ResourceARN, NextToken }, context) => {
    // A resource has at most 50 tags, fewer than the smallest page, so no token is ever issued.
    if (NextToken !== undefined)
      throw invalidRequest("The NextToken is invalid or belongs to another request");
    const workgroup = workgroupOfArn(context, ResourceARN);
    return { Tags: Object.entries(workgroup.tags).map(([Key, Value]) => ({ Key, Value })) };
  },
);

/** The ARN of a workgroup. */
export function workgroupArn(region: string, accountId: string, name: string): string {
  return `arn:aws:athena:${region}:${accountId}:workgroup/${name}`;
}

function workgroupOfArn({ caller, fleet }: OperationContext, arn: string): SimulatedWorkgroup {
  if (!arn.startsWith("arn:aws")) throw invalidRequest(`Invalid resource ARN: ${arn}`);
  const workgroups = [...fleet.workgroups(caller.accountId, caller.region).values()];
  const found = workgroups.find(({ name }) => workgroupArn(caller.region, caller.accountId, name) === arn);
  if (found === undefined) throw new AwsError("ResourceNotFoundException", `Resource ${arn} is not found.`);
  return found;
}

function summary(workgroup: SimulatedWorkgroup) {
  const { name, state, description, createdMs } = workgroup;
  return {
    Name: name,
    State: state,
    Description: description ?? "",
    CreationTime: createdMs / 1000,
    EngineVersion: engineVersion(workgroup.engine),
  };
}

/** With AUTO there is no effective version until the workgroup has been used. */
function engineVersion(engine: string | undefined): object | undefined {
  if (engine === undefined) return undefined;
  return { SelectedEngineVersion: engine, EffectiveEngineVersion: engine === "AUTO" ? undefined : engine };
}
