import {
  GetSessionCommand,
  GetSessionStatusCommand,
  ListSessionsCommand,
  ListTagsForResourceCommand,
  ListWorkGroupsCommand,
} from "@aws-sdk/client-athena";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { workgroupArn } from "../config/values/arn.ts";
import type { Clock } from "../clock.ts";
import { ApiError } from "../failure.ts";
import type { SessionPage, StateFilter } from "../sessions/call.ts";
import type { Session, SessionDetails } from "../sessions/session.ts";
import type { EventPage, EventQuery } from "../owners/session-event.ts";
import { ApiCalls, type Attempt, type CallContext, type Sender } from "./api-calls.ts";
import { AttemptHandler } from "./attempt-handler.ts";
import { AwsTime } from "./aws-time.ts";
import { connectClients, type Clients } from "./clients.ts";
import type { Role } from "./credentials.ts";
import { readIdentity, type Identity } from "./identity.ts";
import { listAll } from "./list-all.ts";
import type { OwnCredentials } from "./own-credentials.ts";
import type { Page } from "./read-json.ts";
import type { OrganizationItems, OrganizationOperation } from "./read-organization.ts";
import type { Quota, QuotaOperation } from "./read-quotas.ts";
import type { ApiOutput, ResponseReaders, WorkgroupSummary } from "./read-response.ts";

const SESSIONS_PER_PAGE = 100;
const WORKGROUPS_PER_PAGE = 50;
/** The least that the API accepts; a workgroup has at most 50 tags. */
const TAGS_PER_PAGE = 75;

export interface AthenaOptions {
  readonly region: string;
  readonly ownCredentials: OwnCredentials;
  /** Omitted: the process' own account. */
  readonly role?: Role;
  /** The longest time of one attempt of a call. */
  readonly timeoutMs: number;
  /** Of the exporter, for the user agent. */
  readonly version: string;
  readonly clock: Clock;
  /** Called after every HTTP request to AWS. */
  readonly observer: (attempt: Attempt) => void;
}

export interface ListSessionsRequest {
  readonly workgroup: string;
  readonly stateFilter?: StateFilter | undefined;
  readonly nextToken?: string | undefined;
}

/** Tags of a workgroup, values by keys. */
export type WorkgroupTags = ReadonlyMap<string, string>;

const COMMANDS = {
  ListSessions: ListSessionsCommand,
  GetSessionStatus: GetSessionStatusCommand,
  GetSession: GetSessionCommand,
  ListWorkGroups: ListWorkGroupsCommand,
  ListTagsForResource: ListTagsForResourceCommand,
} as const;

type OperationName = keyof typeof COMMANDS;
type InputOf<Name extends OperationName> = ConstructorParameters<(typeof COMMANDS)[Name]>[0];
type OutputOf<Name extends OperationName> = ReturnType<ResponseReaders[Name]>;

/** The API of Athena in one account and region. Every method rejects with ApiError only. */
export class Athena {
  #options: AthenaOptions;
  readonly #awsTime: AwsTime;
  readonly #handler: AttemptHandler;
  readonly #calls: ApiCalls;
  #clients: Clients;
  /** The account that the process' own credentials are expected to be of; empty while that is unknown, and for a role. */
  #accountId = "";
  #attempts = 0;

  constructor(options: AthenaOptions) {
    this.#options = options;
    this.#awsTime = new AwsTime(options.clock.wallMs() - options.clock.monotonicMs());
    this.#handler = new AttemptHandler(options.clock, options.timeoutMs);
    this.#calls = new ApiCalls(options.clock, this.#awsTime, this.#handler, (attempt) => {
      this.#attempts += 1;
      options.observer(attempt);
    });
    this.#clients = this.#connect();
  }

  /** Unix milliseconds of AWS' clock, as estimated from its responses. */
  nowMs(): number {
    return this.#awsTime.at(this.#options.clock.monotonicMs());
  }

  /** One page of a workgroup's sessions. */
  async listSessions(
    { workgroup, stateFilter, nextToken }: ListSessionsRequest,
    context: CallContext,
  ): Promise<SessionPage> {
    const input = {
      WorkGroup: workgroup,
      MaxResults: SESSIONS_PER_PAGE,
      StateFilter: stateFilter,
      NextToken: nextToken,
    };
    const page = await this.#call("ListSessions", input, context);
    return { sessions: page.items, nextToken: page.nextToken };
  }

  /** One session by its id, without its description and engine version. */
  async getSessionStatus(sessionId: string, context: CallContext): Promise<Session> {
    const session = await this.#call("GetSessionStatus", { SessionId: sessionId }, context);
    verifyId(session, sessionId, "GetSessionStatus");
    return session;
  }

  /** One session by its id, with what only GetSession returns. */
  async getSession(
    sessionId: string,
    context: CallContext,
  ): Promise<{ readonly session: Session; readonly details: SessionDetails }> {
    const output = await this.#call("GetSession", { SessionId: sessionId }, context);
    verifyId(output.session, sessionId, "GetSession");
    return output;
  }

  /** Every workgroup, of any engine. */
  async listWorkgroups(context: CallContext): Promise<readonly WorkgroupSummary[]> {
    return this.#listAll("ListWorkGroups", { MaxResults: WORKGROUPS_PER_PAGE }, context);
  }

  /** The tags of a workgroup. `accountId`: of its account, because tags are requested by ARN. */
  async listTags(accountId: string, workgroup: string, context: CallContext): Promise<WorkgroupTags> {
    const arn = workgroupArn(this.#options.region, accountId, workgroup);
    const input = { ResourceARN: arn, MaxResults: TAGS_PER_PAGE };
    return new Map(await this.#listAll("ListTagsForResource", input, context));
  }

  /** The identity of the credentials in use: of the role where there is one. */
  async getCallerIdentity(context: CallContext): Promise<Identity> {
    const clients = this.#clients;
    const command = new GetCallerIdentityCommand({});
    const output = await this.#send(clients, clients.sts, command, "GetCallerIdentity", context);
    const identity = readIdentity(output);
    if (clients.role === undefined) clients.owner.accountId = identity.accountId;
    return identity;
  }

  /** One page of CloudTrail's events of an operation, newest first. */
  async lookupEvents(query: EventQuery, context: CallContext): Promise<EventPage> {
    const clients = this.#clients;
    const { sender, command } = await clients.lookUpEvents(query);
    const output = await this.#sendAsOwner(clients, sender, command, "LookupEvents", context);
    return (output as ApiOutput<EventPage>).value;
  }

  /** Athena's quotas in Service Quotas, values by names. */
  async listQuotas(operation: QuotaOperation, context: CallContext): Promise<ReadonlyMap<string, number>> {
    const clients = this.#clients;
    const quotas = await listAll(operation, async (nextToken) => {
      const { sender, command } = await clients.listQuotas(operation, nextToken);
      const output = await this.#sendAsOwner(clients, sender, command, operation, context);
      return (output as ApiOutput<Page<Quota>>).value;
    });
    return new Map(quotas);
  }

  /** What Organizations lists by an operation. `id`: of the parent or resource; empty for ListAccounts. */
  async listOfOrganization<Name extends OrganizationOperation>(
    operation: Name,
    id: string,
    context: CallContext,
  ): Promise<readonly OrganizationItems[Name][]> {
    const clients = this.#clients;
    return listAll(operation, async (nextToken) => {
      const { sender, command } = await clients.listOfOrganization(operation, id, nextToken);
      const output = await this.#send(clients, sender, command, operation, context);
      return (output as ApiOutput<Page<OrganizationItems[Name]>>).value;
    });
  }

  /** From now on, responses to the process' own credentials of another account are failures. */
  expectAccount(accountId: string): void {
    this.#accountId = accountId;
  }

  /** Follows a changed configuration; a changed role is assumed for the next call. */
  applyConfig(config: Pick<AthenaOptions, "timeoutMs" | "role">): void {
    const { role: former, ...options } = this.#options;
    this.#options = { ...options, ...config };
    this.#handler.timeoutMs = config.timeoutMs;
    if (config.role?.arn !== former?.arn || config.role?.externalId !== former?.externalId) {
      this.#clients = this.#connect();
    }
  }

  close(): void {
    this.#handler.destroy();
  }

  async #listAll<Name extends "ListWorkGroups" | "ListTagsForResource">(
    operation: Name,
    input: InputOf<Name>,
    context: CallContext,
  ): Promise<OutputOf<Name>["items"][number][]> {
    return listAll<OutputOf<Name>["items"][number]>(operation, async (nextToken) => {
      const next = nextToken === undefined ? {} : { NextToken: nextToken };
      return this.#call(operation, { ...input, ...next }, context);
    });
  }

  async #call<Name extends OperationName>(
    operation: Name,
    input: InputOf<Name>,
    context: CallContext,
  ): Promise<OutputOf<Name>> {
    const clients = this.#clients;
    const Command = COMMANDS[operation] as new (input: InputOf<Name>) => { readonly input: object };
    const command = new Command(input);
    const output = await this.#sendAsOwner(clients, clients.athena, command, operation, context);
    return (output as ApiOutput<OutputOf<Name>>).value;
  }

  /** Rejects as well where the response, be it an error, was given to another account than the expected one. */
  async #sendAsOwner(
    clients: Clients,
    sender: Sender,
    command: { readonly input: object },
    operation: string,
    context: CallContext,
  ): Promise<unknown> {
    try {
      return await this.#send(clients, sender, command, operation, context);
    } finally {
      this.#verifyOwner(clients, operation);
    }
  }

  async #send(
    clients: Clients,
    sender: Sender,
    command: { readonly input: object },
    operation: string,
    context: CallContext,
  ): Promise<unknown> {
    const attemptsBefore = this.#attempts;
    try {
      return await this.#calls.send(sender, command, operation, context);
    } catch (error) {
      const sentNothing = this.#attempts === attemptsBefore;
      const isRefused = error instanceof ApiError && error.reason === "credentials";
      if (isRefused && clients.owner.credentials !== undefined) {
        this.#options.ownCredentials.refuse(clients.owner.credentials);
      }
      if (isRefused || sentNothing) this.#renew(clients);
      throw error;
    }
  }

  /**
   * Replaces the clients, because new ones request credentials again: refused ones would be used until they expire, and a provider that
   * hangs would block every later call. Calls in progress keep their clients.
   */
  #renew(clients: Clients): void {
    if (this.#clients === clients) this.#clients = this.#connect();
  }

  /** Credentials can be replaced by those of another account at any time, whose responses must not be attributed to the expected account. */
  #verifyOwner({ role, owner: { accountId } }: Clients, operation: string): void {
    if (this.#accountId === "" || role !== undefined || accountId === this.#accountId) return;
    const message = `the credentials are now those of the account ${accountId}, no longer of ${this.#accountId}`;
    throw new ApiError("credentials", operation, message);
  }

  #connect(): Clients {
    return connectClients({
      ...this.#options,
      handler: this.#handler,
      calls: this.#calls,
      nowMs: () => this.nowMs(),
      isIdentityNeeded: () => this.#accountId !== "",
    });
  }
}

function verifyId({ id }: Session, sessionId: string, operation: string): void {
  if (id === sessionId) return;
  throw new ApiError("malformed_response", operation, "the response is about another session");
}
