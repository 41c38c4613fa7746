import { AwsError } from "./aws-error.ts";
import type { Operation, OperationContext } from "./operation.ts";
import type { MemberOptions, Organization } from "./organization.ts";
import { integer, optional, required, string, structure, type Shape } from "./shape.ts";
import type { Cursor } from "./token.ts";

/** The most that the API accepts, and the default. */
const ITEMS_PER_PAGE = 20;

const NEXT_TOKEN = optional(string({ max: 100_000 }));
const MAX_RESULTS = optional(integer({ min: 1, max: ITEMS_PER_PAGE }));
const PARENT_ID = required(
  string({ max: 100, pattern: /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/ }),
);
const RESOURCE_ID = required(
  string({
    max: 130,
    pattern: /^(?:r-[0-9a-z]{4,32}|\d{12}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|p-[0-9a-zA-Z_]{8,128})$/,
  }),
);

interface PageRequest {
  readonly NextToken: string | undefined;
  readonly MaxResults: number | undefined;
}

export const listAccounts = operation(
  structure({ NextToken: NEXT_TOKEN, MaxResults: MAX_RESULTS }),
  (request, organization, context) => {
    const { items, NextToken } = page(["ListAccounts"], organization.members, request, context);
    return { Accounts: items.map((member) => summary(member, organization)), NextToken };
  },
);

/** Only those right below the parent. */
export const listAccountsForParent = operation(
  structure({ ParentId: PARENT_ID, NextToken: NEXT_TOKEN, MaxResults: MAX_RESULTS }),
  ({ ParentId, ...request }, organization, context) => {
    const members = below(organization, ParentId, organization.members);
    const { items, NextToken } = page(["ListAccountsForParent", ParentId], members, request, context);
    return { Accounts: items.map((member) => summary(member, organization)), NextToken };
  },
);

/** Only those right below the parent. */
export const listOrganizationalUnitsForParent = operation(
  structure({ ParentId: PARENT_ID, NextToken: NEXT_TOKEN, MaxResults: MAX_RESULTS }),
  ({ ParentId, ...request }, organization, context) => {
    const units = below(organization, ParentId, organization.units);
    const { items, NextToken } = page(
      ["ListOrganizationalUnitsForParent", ParentId],
      units,
      request,
      context,
    );
    const { managementAccountId, id: organizationId } = organization;
    return {
      OrganizationalUnits: items.map(({ id, name }) => ({
        Id: id,
        Arn: `arn:aws:organizations::${managementAccountId}:ou/${organizationId}/${id}`,
        Name: name,
      })),
      NextToken,
    };
  },
);

/** Tags of accounts; roots, units and policies have none here. */
export const listTagsForResource = operation(
  structure({ ResourceId: RESOURCE_ID, NextToken: NEXT_TOKEN }),
  ({ ResourceId, NextToken }, organization, context) => {
    if (!organization.hasParent(ResourceId) && !organization.hasMember(ResourceId)) {
      throw new AwsError("TargetNotFoundException", "You specified a target that doesn't exist.");
    }
    const member = organization.members.find(({ id }) => id === ResourceId);
    const tags = Object.entries(member?.tags ?? {}).map(([id, value]) => ({ id, value }));
    const request = { NextToken, MaxResults: undefined };
    const { items, ...rest } = page(["ListTagsForResource", ResourceId], tags, request, context);
    return { Tags: items.map(({ id, value }) => ({ Key: id, Value: value })), ...rest };
  },
);

/** An operation that only the management account and delegated administrators may call. */
function operation<T>(
  shape: Shape<T>,
  respond: (input: T, organization: Organization, context: OperationContext) => object,
): Operation {
  return {
    run(input, context) {
      const { organization, caller } = context;
      const isMember = organization?.hasMember(caller.accountId) === true;
      if (organization === undefined || !(isMember || organization.mayRead(caller.accountId))) {
        throw new AwsError(
          "AWSOrganizationsNotInUseException",
          "Your account is not a member of an organization.",
        );
      }
      if (!organization.mayRead(caller.accountId)) {
        throw new AwsError("AccessDeniedException", "You don't have permissions to access this resource.");
      }
      return respond(validated(shape, input), organization, context);
    },
  };
}

function validated<T>(shape: Shape<T>, input: unknown): T {
  return orInvalidInput(() => shape(input, ""));
}

/** Organizations calls a request that it does not accept invalid input. */
function orInvalidInput<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "InvalidRequestException") throw error;
    throw new AwsError("InvalidInputException", error.message);
  }
}

function below<Item extends { readonly parentId: string }>(
  organization: Organization,
  parentId: string,
  items: readonly Item[],
): readonly Item[] {
  if (!organization.hasParent(parentId)) {
    throw new AwsError("ParentNotFoundException", "You specified parent that doesn't exist.");
  }
  return items.filter((item) => item.parentId === parentId);
}

/** A page in the order of ids; it may be empty and still have a token. */
function page<Item extends { readonly id: string }>(
  request: readonly string[],
  all: readonly Item[],
  { NextToken, MaxResults }: PageRequest,
  { caller, tokens, settings, random }: OperationContext,
): { readonly items: readonly Item[]; readonly NextToken: string | undefined } {
  const scope = [...request, caller.accountId];
  const cursor: Cursor = NextToken === undefined ? {} : orInvalidInput(() => tokens.redeem(scope, NextToken));
  if (cursor.wasEmpty !== true && random() < settings.emptyPageShare) {
    return { items: [], NextToken: tokens.issue(scope, { ...cursor, wasEmpty: true }) };
  }
  const rest = all
    .filter(({ id }) => cursor.after === undefined || id > cursor.after.key)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const items = rest.slice(0, Math.min(MaxResults ?? ITEMS_PER_PAGE, settings.pageSize));
  const last = items.length < rest.length ? items.at(-1) : undefined;
  return { items, NextToken: last && tokens.issue(scope, { after: { startMs: 0, key: last.id } }) };
}

/** Without Status, which AWS retired on 2026-09-09 in favour of State. */
function summary({ id, name, state }: Required<MemberOptions>, organization: Organization): object {
  return {
    Id: id,
    Arn: `arn:aws:organizations::${organization.managementAccountId}:account/${organization.id}/${id}`,
    Email: `${id}@example.com`,
    Name: name,
    State: state,
    JoinedMethod: "CREATED",
    JoinedTimestamp: 1_700_000_000,
  };
}
