import type {
  ListedAccount,
  OrganizationItems,
  OrganizationOperation,
} from "../../src/athena/read-organization.ts";
import { ApiError } from "../../src/failure.ts";

/** An account of the organization, in the root or a unit. */
interface FakeMember extends ListedAccount {
  readonly parentId: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** An organization that tests change at any time. */
export class FakeOrganization {
  readonly members = new Map<string, FakeMember>();
  /** Parents of units by their ids. */
  readonly units = new Map<string, string>();

  setMember(id: string, member: Partial<Omit<FakeMember, "id">> = {}): void {
    this.members.set(id, { id, name: `account ${id}`, isActive: true, parentId: ROOT, tags: [], ...member });
  }

  list<Name extends OrganizationOperation>(operation: Name, id: string): readonly OrganizationItems[Name][] {
    const members = [...this.members.values()];
    const items: { readonly [Each in OrganizationOperation]: () => readonly OrganizationItems[Each][] } = {
      ListAccounts: () => members,
      ListAccountsForParent: () => members.filter(({ parentId }) => parentId === id),
      ListOrganizationalUnitsForParent: () =>
        [...this.units].filter(([, parentId]) => parentId === id).map(([unit]) => unit),
      ListTagsForResource: () => this.members.get(id)?.tags ?? [],
    };
    if (operation.endsWith("ForParent") && id !== ROOT && !this.units.has(id)) {
      throw new ApiError("not_found", operation, "ParentNotFoundException: there is none");
    }
    return items[operation]();
  }
}

export const ROOT = "r-root";
