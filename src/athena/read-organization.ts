import { identifier, malformed, object, readPage, string, text, type Page } from "./read-json.ts";
import { readTag, type Tag } from "./read-response.ts";

/** An account as Organizations lists it. */
export interface ListedAccount {
  readonly id: string;
  readonly name: string;
  /** Whether it can be used: not closed, being closed, suspended, or still without activation. */
  readonly isActive: boolean;
}

/** What each operation of Organizations lists. */
export interface OrganizationItems {
  readonly ListAccounts: ListedAccount;
  readonly ListAccountsForParent: ListedAccount;
  /** Ids of units. */
  readonly ListOrganizationalUnitsForParent: string;
  readonly ListTagsForResource: Tag;
}

export type OrganizationOperation = keyof OrganizationItems;

/** Tokens are long: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html */
const MAX_TOKEN = 100_000;
const INACTIVE = new Set(["PENDING_ACTIVATION", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"]);

const ITEMS: {
  readonly [Name in OrganizationOperation]: readonly [
    member: string,
    read: (item: unknown, operation: string) => OrganizationItems[Name],
  ];
} = {
  ListAccounts: ["Accounts", readAccount],
  ListAccountsForParent: ["Accounts", readAccount],
  ListOrganizationalUnitsForParent: ["OrganizationalUnits", readUnit],
  ListTagsForResource: ["Tags", readTag],
};

/** Reads a page of a listing. Throws ApiError malformed_response. */
export function readOrganizationPage<Name extends OrganizationOperation>(
  operation: Name,
  body: Uint8Array,
): Page<OrganizationItems[Name]> {
  const [member, read] = ITEMS[operation];
  return readPage(operation, body, member, read, MAX_TOKEN);
}

/** AWS retires Status in favour of State on 2026-09-09; not every partition may have followed. */
function readAccount(account: unknown, operation: string): ListedAccount {
  const { Id, Name, State, Status } = object(account, "an account", operation);
  const id = string(Id, "Id", operation);
  if (id === undefined || !/^\d{12}$/.test(id))
    throw malformed(operation, "an account has no id of 12 digits");
  const state = string(State, "State", operation) ?? string(Status, "Status", operation) ?? "";
  return { id, name: text(Name, "Name", operation) ?? "", isActive: !INACTIVE.has(state) };
}

function readUnit(unit: unknown, operation: string): string {
  const id = identifier(object(unit, "a unit", operation)["Id"], "Id", operation);
  if (id === undefined || id === "") throw malformed(operation, "a unit has no id");
  return id;
}
