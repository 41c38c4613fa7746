/** AWS' states of an account in its organization. */
type AccountState = "PENDING_ACTIVATION" | "ACTIVE" | "SUSPENDED" | "PENDING_CLOSURE" | "CLOSED";

/** An account of an organization. Whether it is also one of the simulator's accounts does not matter to Organizations. */
export interface MemberOptions {
  /** 12 digits. */
  readonly id: string;
  readonly name: string;
  /** ACTIVE if absent. */
  readonly state?: AccountState;
  /** The root or the organizational unit that it is in; the root if absent. */
  readonly parentId?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** An organizational unit. */
interface UnitOptions {
  readonly id: string;
  readonly name: string;
  /** The root if absent. */
  readonly parentId?: string;
}

/** A simulated organization. */
export interface OrganizationOptions {
  readonly rootId: string;
  readonly managementAccountId: string;
  /** Members that may call the API as the management account may. */
  readonly delegatedAccountIds?: readonly string[];
  readonly units?: readonly UnitOptions[];
  readonly members: readonly MemberOptions[];
}

/** An organization whose members may change while the simulator runs. */
export class Organization {
  readonly id = "o-simulated1";
  readonly managementAccountId: string;
  readonly units: readonly Required<UnitOptions>[];
  readonly #rootId: string;
  readonly #delegatedAccountIds: ReadonlySet<string>;
  readonly #members = new Map<string, Required<MemberOptions>>();

  constructor({
    rootId,
    managementAccountId,
    delegatedAccountIds = [],
    units = [],
    members,
  }: OrganizationOptions) {
    this.#rootId = rootId;
    this.managementAccountId = managementAccountId;
    this.#delegatedAccountIds = new Set(delegatedAccountIds);
    this.units = units.map((unit) => ({ parentId: rootId, ...unit }));
    for (const member of members) this.setMember(member);
  }

  get members(): readonly Required<MemberOptions>[] {
    return [...this.#members.values()];
  }

  /** Adds an account, or replaces what is known of it. */
  setMember(member: MemberOptions): void {
    this.#members.set(member.id, { state: "ACTIVE", parentId: this.#rootId, tags: {}, ...member });
  }

  /** Takes an account out, as when it leaves or is closed for good. */
  removeMember(id: string): void {
    this.#members.delete(id);
  }

  hasMember(id: string): boolean {
    return this.#members.has(id);
  }

  /** Whether it is the root or an organizational unit. */
  hasParent(id: string): boolean {
    return id === this.#rootId || this.units.some((unit) => unit.id === id);
  }

  /** Whether the account may list what is in the organization. */
  mayRead(accountId: string): boolean {
    return accountId === this.managementAccountId || this.#delegatedAccountIds.has(accountId);
  }
}
