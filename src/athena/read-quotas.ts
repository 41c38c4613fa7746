import { count, malformed, object, readPage, string, type Page } from "./read-json.ts";

/** A quota's name and value. */
export type Quota = readonly [name: string, value: number];

/** The operations of Service Quotas that list quotas: those that hold in the account, and AWS' defaults. */
export type QuotaOperation = "ListServiceQuotas" | "ListAWSDefaultServiceQuotas";

/** Reads a page of quotas. Throws ApiError malformed_response, also for a quota whose value is negative or absent. */
export function readQuotas(operation: string, body: Uint8Array): Page<Quota> {
  return readPage(operation, body, "Quotas", readQuota);
}

function readQuota(quota: unknown, operation: string): Quota {
  const { QuotaName, Value } = object(quota, "a quota", operation);
  const name = string(QuotaName, "QuotaName", operation) ?? "";
  const value = count(Value);
  if (value === undefined) throw malformed(operation, "the value of a quota is not a number from 0");
  return [name, value];
}
