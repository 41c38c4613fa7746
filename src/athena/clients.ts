import { AthenaClient } from "@aws-sdk/client-athena";
import { STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity } from "@smithy/types";
import type { EventQuery } from "../owners/session-event.ts";
import { MAX_ATTEMPTS, type ApiCalls, type SdkRequest } from "./api-calls.ts";
import type { AttemptHandler } from "./attempt-handler.ts";
import { Credentials, type Role } from "./credentials.ts";
import { keepSigner } from "./keep-signer.ts";
import type { OwnCredentials } from "./own-credentials.ts";
import type { QuotaOperation } from "./read-quotas.ts";
import { readOutput } from "./read-response.ts";
import type { connectServiceQuotas } from "./service-quotas.ts";

/** The clients of one set of credentials. */
export interface Clients {
  /** Omitted: the process' own credentials. */
  readonly role?: Role;
  readonly athena: AthenaClient;
  readonly sts: STSClient;
  /** Loads CloudTrail's client at the first use, since most exporters need none. */
  readonly lookUpEvents: (query: EventQuery) => Promise<SdkRequest>;
  /** The same of Service Quotas: a request for a page of Athena's quotas. */
  readonly listQuotas: (operation: QuotaOperation, nextToken: string | undefined) => Promise<SdkRequest>;
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
  keepSigner(athena);
  // A client of its own credentials could identify others than those in use for Athena.
  const shared = { ...config, credentials: () => athena.config.credentials() };
  const sts = new STSClient(shared);
  athena.middlewareStack.use(calls.middleware((operation, body) => readOutput(operation, body, nowMs())));
  sts.middlewareStack.use(calls.middleware());
  let serviceQuotas: Promise<ReturnType<typeof connectServiceQuotas>> | undefined;
  let cloudTrail: Promise<(query: EventQuery) => SdkRequest> | undefined;
  return {
    athena,
    sts,
    owner,
    async lookUpEvents(query) {
      cloudTrail ??= import("./cloudtrail.ts").then(({ connectCloudTrail }) =>
        connectCloudTrail(shared, calls),
      );
      return (await cloudTrail)(query);
    },
    async listQuotas(operation, nextToken) {
      serviceQuotas ??= import("./service-quotas.ts").then((module) =>
        module.connectServiceQuotas(shared, calls),
      );
      return (await serviceQuotas)(operation, nextToken);
    },
    ...(role !== undefined && { role }),
  };
}
