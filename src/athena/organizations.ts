import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
  type OrganizationsClientConfig,
} from "@aws-sdk/client-organizations";
import type { ApiCalls, SdkRequest } from "./api-calls.ts";
import { readOrganizationPage, type OrganizationOperation } from "./read-organization.ts";

/** The most that the API accepts. */
const ITEMS_PER_PAGE = 20;

type MakeCommand = (id: string, page: { readonly NextToken?: string }) => SdkRequest["command"];

const COMMANDS: Readonly<Record<OrganizationOperation, MakeCommand>> = {
  ListAccounts: (_id, page) => new ListAccountsCommand({ MaxResults: ITEMS_PER_PAGE, ...page }),
  ListAccountsForParent: (ParentId, page) =>
    new ListAccountsForParentCommand({ ParentId, MaxResults: ITEMS_PER_PAGE, ...page }),
  ListOrganizationalUnitsForParent: (ParentId, page) =>
    new ListOrganizationalUnitsForParentCommand({ ParentId, MaxResults: ITEMS_PER_PAGE, ...page }),
  ListTagsForResource: (ResourceId, page) => new ListTagsForResourceCommand({ ResourceId, ...page }),
};

/**
 * Makes a client of Organizations, whose endpoint is the same for all regions of a partition, and gives what makes a request for a page
 * of a listing. `id`: of the parent or resource.
 */
export function connectOrganizations(
  config: OrganizationsClientConfig,
  calls: ApiCalls,
): (operation: OrganizationOperation, id: string, nextToken: string | undefined) => SdkRequest {
  const client = new OrganizationsClient(config);
  client.middlewareStack.use(
    calls.middleware((operation, body) => ({
      value: readOrganizationPage(operation as OrganizationOperation, body),
      $metadata: {},
    })),
  );
  return (operation, id, nextToken) => ({
    sender: client,
    command: COMMANDS[operation](id, nextToken === undefined ? {} : { NextToken: nextToken }),
  });
}
