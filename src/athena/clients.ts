import { AthenaClient, type ListSessionsCommand } from "@aws-sdk/client-athena";
import { STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity } from "@smithy/types";
import type { EventQuery } from "../owners/session-event.ts";
import { MAX_ATTEMPTS, type ApiCalls, type ReadOutput, type SdkRequest, type Sender } from "./api-calls.ts";
import type { AttemptHandler } from "./attempt-handler.ts";
import { Credentials, type Role } from "./credentials.ts";
import type { OwnCredentials } from "./own-credentials.ts";
import { PreparedRequests } from "./prepared-requests.ts";
import type { OrganizationOperation } from "./read-organization.ts";
import type { QuotaOperation } from "./read-quotas.ts";
import { readOutput } from "./read-response.ts";

/** The clients of one set of credentials. */
export interface Clients {
  /** Omitted: the process' own credentials. */
  readonly role?: Role;
  readonly athena: Sender;
  readonly sts: STSClient;
  /** Loads CloudTrail's client at the first use, since most exporters need none. */
  readonly lookUpEvents: (query: EventQuery) => Promise<SdkRequest>;
  /** The same of Service Quotas: a request for a page of Athena's quotas. */
  readonly listQuotas: (operation: QuotaOperation, nextToken: string | undefined) => Promise<SdkRequest>;
  /** The same of Organizations: a request for a page of a listing; `id` is of the parent or resource. */
  readonly listOfOrganization: (
    operation: OrganizationOperation,
    id: string,
    nextToken: string | undefined,
  ) => Promise<SdkRequest>;
  /** The process' own credentials that are in use, and their account; empty while unknown, and for a role. */
  readonly owner: { accountId: string; credentials?: AwsCredentialIdentity };
}

export interface ClientsOptions {
  readonly region: string;
  readonly ownCredentials: OwnCredentials;
  /** Omitted: the process' own account. */
  readonly role?: Role;
  /** Of the exporter, for the user agent. */
  readonly version: string;
  readonly handler: AttemptHandler;
  readonly calls: ApiCalls;
  /** Unix milliseconds of AWS' clock. */
  readonly nowMs: () => number;
  /** Whether the account of the process' own credentials must be known before they are used. */
  readonly isIdentityNeeded: () => boolean;
}

/** Makes new clients, which request credentials anew. */
export function connectClients(options: ClientsOptions): Clients {
  const { region, role, version, ownCredentials, handler, calls, nowMs, isIdentityNeeded } = options;
  const owner: Clients["owner"] = { accountId: "" };
  const credentials = new Credentials(ownCredentials, region, handler, calls);
  const config = {
    region,
    credentials:
      role === undefined
        ? credentials.own(isIdentityNeeded, (identity, used) => {
            owner.accountId = identity?.accountId ?? "";
            owner.credentials = used;
          })
        : credentials.ofRole(role),
    requestHandler: handler,
    maxAttempts: MAX_ATTEMPTS,
    retryMode: "standard",
    customUserAgent: [["athena-session-exporter", version]] as [string, string][],
    cacheMiddleware: true,
  };
  const athena = new AthenaClient(config);
  const read: ReadOutput = (operation, body) => readOutput(operation, body, nowMs());
  const prepared = new PreparedRequests(athena, read);
  // A client of its own credentials could identify others than those in use for Athena.
  const shared = { ...config, credentials: () => athena.config.credentials() };
  const sts = new STSClient(shared);
  athena.middlewareStack.use(calls.middleware(read));
  sts.middlewareStack.use(calls.middleware());
  const cloudTrail = lazily(async () => {
    const { connectCloudTrail } = await import("./cloudtrail.ts");
    return connectCloudTrail(shared, calls);
  });
  const serviceQuotas = lazily(async () => {
    const { connectServiceQuotas } = await import("./service-quotas.ts");
    return connectServiceQuotas(shared, calls);
  });
  const organizations = lazily(async () => {
    const { connectOrganizations } = await import("./organizations.ts");
    return connectOrganizations(shared, calls);
  });
  return {
    athena: { send: async (command) => athena.send(command as ListSessionsCommand), prepared },
    sts,
    owner,
    lookUpEvents: async (query) => (await cloudTrail())(query),
    listQuotas: async (operation, nextToken) => (await serviceQuotas())(operation, nextToken),
    listOfOrganization: async (...request) => (await organizations())(...request),
    ...(role !== undefined && { role }),
  };
}

/** Loads a value at its first use, and again after a failure. */
function lazily<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loading: Promise<Value> | undefined;
  return async () => {
    loading ??= load();
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
}
