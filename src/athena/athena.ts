import {
  AthenaClient,
  GetSessionCommand,
  GetSessionStatusCommand,
  ListSessionsCommand,
  ListTagsForResourceCommand,
  ListWorkGroupsCommand,
} from "@aws-sdk/client-athena";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { workgroupArn } from "../config/aws-name.ts";
import type { Clock } from "../clock.ts";
import { AttemptHandler } from "./attempt-handler.ts";
import type { AttemptObserver } from "./attempt.ts";
import { AwsTime } from "./aws-time.ts";
import { Calls, MAX_ATTEMPTS, type CallContext, type CallTools } from "./aws-calls.ts";
import { Credentials, type Role } from "./credentials.ts";
import { AwsFailure } from "../failure.ts";
import { allPages } from "./pages.ts";
import { parseIdentity, type Identity } from "./identity.ts";
import {
  parseSessionDetails,
  parseSessionPage,
  parseSessionStatus,
  parseTagPage,
  parseWorkgroupPage,
  type SessionPage,
  type Tags,
  type WorkgroupSummary,
} from "./parse.ts";
import type { EndedState, LivingState, Session, SessionDetails } from "../sessions/session.ts";

const SESSIONS_PER_PAGE = 100;
const WORKGROUPS_PER_PAGE = 50;
/** At most 1,000 workgroups are allowed in an account's region, so a longer listing never ends. */
const MAX_WORKGROUP_PAGES = 100;
/** The least that may be asked for; a workgroup has at most 50. */
const TAGS_PER_PAGE = 75;
const MAX_TAG_PAGES = 10;

export interface AthenaOptions {
  readonly region: string;
  /** Omitted: the process' own credentials. */
  readonly role?: Role;
  /** The longest that one attempt of a call may take. */
  readonly timeoutMs: number;
  /** Ours, for the user agent. */
  readonly version: string;
  readonly clock: Clock;
  /** Told of every HTTP request that was sent to AWS. */
  readonly observer: AttemptObserver;
}

export interface ListSessionsRequest {
  readonly workgroup: string;
  readonly stateFilter?: LivingState | EndedState;
  readonly nextToken?: string;
}

/** Both use the same credentials at any time. */
interface Clients {
  readonly athena: AthenaClient;
  readonly sts: STSClient;
  /** Whose the process' own credentials are that are now used; empty while unknown, and for a role. */
  readonly owner: { accountId: string };
}

/** Athena in one account's region: one call to its answer. Every method rejects with AwsFailure only. */
export class Athena {
  readonly #options: AthenaOptions;
  readonly #tools: CallTools;
  readonly #handler: AttemptHandler;
  readonly #calls: Calls;
  #clients: Clients;
  #accountId = "";
  #attempts = 0;

  constructor(options: AthenaOptions) {
    this.#options = options;
    this.#handler = new AttemptHandler(options.clock, options.timeoutMs);
    this.#tools = {
      clock: options.clock,
      awsTime: new AwsTime(),
      observer: (attempt) => {
        this.#attempts += 1;
        options.observer(attempt);
      },
    };
    this.#calls = new Calls(this.#tools, this.#handler);
    this.#clients = this.#connect();
  }

  /** Unix milliseconds by AWS' clock, as its answers told it. */
  nowMs(): number {
    return this.#tools.awsTime.at(this.#options.clock.wallMs());
  }

  /** One page of a workgroup's sessions, and when it was asked for by AWS' clock. */
  async listSessions(
    { workgroup, stateFilter, nextToken }: ListSessionsRequest,
    context: CallContext,
  ): Promise<SessionPage & { readonly requestedAtMs: number }> {
    const command = new ListSessionsCommand({
      WorkGroup: workgroup,
      MaxResults: SESSIONS_PER_PAGE,
      ...(stateFilter !== undefined && { StateFilter: stateFilter }),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    });
    let requestedWallMs = 0;
    const timed: CallContext = {
      signal: context.signal,
      permit: async () => {
        await context.permit();
        requestedWallMs = this.#options.clock.wallMs();
      },
    };
    const page = await this.#ask("athena", command, "ListSessions", timed, (output) =>
      parseSessionPage(output, this.nowMs()),
    );
    return { ...page, requestedAtMs: this.#tools.awsTime.at(requestedWallMs) };
  }

  /** One session by its id; its description and engine are not told. */
  async getSessionStatus(sessionId: string, context: CallContext): Promise<Session> {
    return this.#ask(
      "athena",
      new GetSessionStatusCommand({ SessionId: sessionId }),
      "GetSessionStatus",
      context,
      (output) => parseSessionStatus(output, sessionId, this.nowMs()),
    );
  }

  /** One session by its id, with what listings don't tell. */
  async getSession(
    sessionId: string,
    context: CallContext,
  ): Promise<{ readonly session: Session; readonly details: SessionDetails }> {
    const command = new GetSessionCommand({ SessionId: sessionId });
    return this.#ask("athena", command, "GetSession", context, (output) =>
      parseSessionDetails(output, sessionId, this.nowMs()),
    );
  }

  /** Every workgroup, of whatever engine. */
  async listWorkgroups(context: CallContext): Promise<readonly WorkgroupSummary[]> {
    const pages = await allPages("ListWorkGroups", MAX_WORKGROUP_PAGES, (nextToken) => {
      const command = new ListWorkGroupsCommand({
        MaxResults: WORKGROUPS_PER_PAGE,
        ...(nextToken !== undefined && { NextToken: nextToken }),
      });
      return this.#ask("athena", command, "ListWorkGroups", context, parseWorkgroupPage);
    });
    return pages.flatMap(({ workgroups }) => workgroups);
  }

  /** The tags of a workgroup. `accountId`: whose it is, since tags are asked for by ARN. */
  async listTags(accountId: string, workgroup: string, context: CallContext): Promise<Tags> {
    const operation = "ListTagsForResource";
    const arn = workgroupArn(this.#options.region, accountId, workgroup);
    const pages = await allPages(operation, MAX_TAG_PAGES, (nextToken) => {
      const command = new ListTagsForResourceCommand({
        ResourceARN: arn,
        MaxResults: TAGS_PER_PAGE,
        ...(nextToken !== undefined && { NextToken: nextToken }),
      });
      return this.#ask("athena", command, operation, context, parseTagPage);
    });
    return new Map(pages.flatMap(({ tags }) => tags));
  }

  /** Whose the credentials are; with a role, those of the role. */
  async getCallerIdentity(context: CallContext): Promise<Identity> {
    const { owner } = this.#clients;
    const command = new GetCallerIdentityCommand({});
    const identity = await this.#ask("sts", command, "GetCallerIdentity", context, parseIdentity);
    if (this.#options.role === undefined) owner.accountId = identity.accountId;
    return identity;
  }

  /** The account that the process' own credentials are expected to be of; empty while that is unknown, and for a role. */
  get accountId(): string {
    return this.#accountId;
  }

  /** From now on, answers that were got by the process' own credentials of another account are failures. */
  expectAccount(accountId: string): void {
    this.#accountId = accountId;
  }

  close(): void {
    this.#handler.destroy();
  }

  async #ask<Answer>(
    service: "athena" | "sts",
    command: { readonly input: object },
    operation: string,
    context: CallContext,
    read: (output: object) => Answer,
  ): Promise<Answer> {
    const clients = this.#clients;
    const { owner } = clients;
    const attemptsBefore = this.#attempts;
    const sender = {
      send: clients[service].send.bind(clients[service]) as (command: object) => Promise<unknown>,
    };
    try {
      const answer = await this.#calls.send(sender, command, operation, context, read);
      if (service === "athena") this.#verifyOwner(owner, operation);
      return answer;
    } catch (error) {
      const sentNothing = this.#attempts === attemptsBefore;
      if (error instanceof AwsFailure && (error.reason === "credentials" || sentNothing))
        this.#renew(clients);
      throw error;
    }
  }

  /**
   * New clients ask their provider for credentials anew. A refused credential would be used until it ends, and a provider
   * that hangs would be waited for by every later call. Calls under way keep the clients they have.
   */
  #renew(clients: Clients): void {
    if (this.#clients === clients) this.#clients = this.#connect();
  }

  /** Credentials can be replaced by those of another account at any time: nothing of that is taken for the expected one's. */
  #verifyOwner({ accountId }: Clients["owner"], operation: string): void {
    if (this.#accountId === "" || this.#options.role !== undefined || accountId === this.#accountId) return;
    const message = `the credentials are now those of the account ${accountId}, no longer of ${this.#accountId}`;
    throw new AwsFailure("credentials", operation, message);
  }

  #connect(): Clients {
    const { region, role, version } = this.#options;
    const owner = { accountId: "" };
    const credentials = new Credentials(region, this.#handler, this.#tools);
    const config = {
      region,
      credentials:
        role === undefined
          ? credentials.own(
              () => this.#accountId !== "",
              (identity) => (owner.accountId = identity?.accountId ?? ""),
            )
          : credentials.ofRole(role),
      requestHandler: this.#handler,
      maxAttempts: MAX_ATTEMPTS,
      retryMode: "standard",
      customUserAgent: [["athena-session-exporter", version]] as [string, string][],
      cacheMiddleware: true,
    };
    const athena = new AthenaClient(config);
    // Each client would keep credentials of its own otherwise, and could tell of others than are used for Athena.
    const sts = new STSClient({ ...config, credentials: () => athena.config.credentials() });
    athena.middlewareStack.use(this.#calls.middleware());
    sts.middlewareStack.use(this.#calls.middleware());
    return { athena, sts, owner };
  }
}
