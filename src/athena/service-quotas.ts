import {
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  ServiceQuotasClient,
  type ServiceQuotasClientConfig,
} from "@aws-sdk/client-service-quotas";
import type { ApiCalls, SdkRequest } from "./api-calls.ts";
import { readQuotas, type QuotaOperation } from "./read-quotas.ts";

const SERVICE_CODE = "athena";
/** The most that the API accepts. */
const QUOTAS_PER_PAGE = 100;
const COMMANDS = {
  ListServiceQuotas: ListServiceQuotasCommand,
  ListAWSDefaultServiceQuotas: ListAWSDefaultServiceQuotasCommand,
} as const;

/** Makes a client of Service Quotas, and gives what makes a request for a page of Athena's quotas. */
export function connectServiceQuotas(
  config: ServiceQuotasClientConfig,
  calls: ApiCalls,
): (operation: QuotaOperation, nextToken: string | undefined) => SdkRequest {
  const client = new ServiceQuotasClient(config);
  client.middlewareStack.use(
    calls.middleware((operation, body) => ({ value: readQuotas(operation, body), $metadata: {} })),
  );
  return (operation, nextToken) => ({
    sender: client,
    command: new COMMANDS[operation]({
      ServiceCode: SERVICE_CODE,
      MaxResults: QUOTAS_PER_PAGE,
      ...(nextToken !== undefined && { NextToken: nextToken }),
    }),
  });
}
