import { AwsError } from "./aws-error.ts";
import { operation, type OperationContext } from "./operation.ts";
import { integer, oneOf, optional, required, string, structure } from "./shape.ts";
import type { Cursor } from "./token.ts";

interface SimulatedQuota {
  readonly code: string;
  readonly name: string;
  readonly value: number;
}

/** Quotas of Athena, with AWS' defaults. Codes of those on DPUs are made up, except for the first. */
const DEFAULTS: readonly SimulatedQuota[] = [
  { code: "L-3CE0BBA0", name: "Active DDL queries", value: 20 },
  { code: "L-5A8D5237", name: "Apache Spark DPU concurrency", value: 160 },
  { code: "L-5A8D5238", name: "Apache Spark session DPU concurrency", value: 60 },
  { code: "L-5A8D5239", name: "On-Demand DPUs", value: 4 },
];

const SERVICE_CODE = required(string({ max: 63, pattern: /^[a-zA-Z][a-zA-Z0-9-]{1,62}$/ }));
const MAX_RESULTS = optional(integer({ min: 1, max: 100 }));
const NEXT_TOKEN = optional(string({ max: 2048, pattern: /^[a-zA-Z0-9/+=._-]*$/ }));

/** The quotas that hold in the account, as far as Service Quotas has a value of its own for them. */
export const listServiceQuotas = operation(
  structure({
    ServiceCode: SERVICE_CODE,
    NextToken: NEXT_TOKEN,
    MaxResults: MAX_RESULTS,
    QuotaCode: optional(string({ min: 1, max: 128, pattern: /^[a-zA-Z][a-zA-Z0-9-]{1,128}$/ })),
    QuotaAppliedAtLevel: optional(oneOf(["ACCOUNT", "RESOURCE", "ALL"])),
  }),
  ({ QuotaCode, ...request }, context) => {
    const applied = DEFAULTS.flatMap((quota) => {
      const value = context.settings.appliedQuotas[quota.name];
      return value === undefined ? [] : [{ ...quota, value }];
    });
    const wanted = applied.filter(({ code }) => QuotaCode === undefined || code === QuotaCode);
    return quotaPage("ListServiceQuotas", wanted, request, context);
  },
);

export const listAwsDefaultServiceQuotas = operation(
  structure({ ServiceCode: SERVICE_CODE, NextToken: NEXT_TOKEN, MaxResults: MAX_RESULTS }),
  (request, context) => quotaPage("ListAWSDefaultServiceQuotas", DEFAULTS, request, context),
);

function quotaPage(
  name: string,
  quotas: readonly SimulatedQuota[],
  {
    ServiceCode,
    NextToken,
    MaxResults,
  }: {
    readonly ServiceCode: string;
    readonly NextToken: string | undefined;
    readonly MaxResults: number | undefined;
  },
  { caller, tokens, settings }: OperationContext,
): object {
  if (ServiceCode !== "athena") {
    throw new AwsError(
      "NoSuchResourceException",
      `The request failed because the service ${ServiceCode} is unknown.`,
    );
  }
  const scope = [name, caller.accountId, caller.region, ServiceCode];
  const { after } = NextToken === undefined ? {} : redeem(tokens, scope, NextToken);
  const rest = quotas.filter(({ code }) => after === undefined || code > after.key);
  const page = rest.slice(0, Math.min(MaxResults ?? 100, settings.pageSize));
  const last = page.at(-1);
  const hasMore = rest.length > page.length && last !== undefined;
  return {
    Quotas: page.map(({ code, name: quotaName, value }) => ({
      ServiceCode,
      ServiceName: "Amazon Athena",
      QuotaArn: `arn:aws:servicequotas:${caller.region}:${caller.accountId}:athena/${code}`,
      QuotaCode: code,
      QuotaName: quotaName,
      Value: value,
      Unit: "None",
      Adjustable: false,
      GlobalQuota: false,
    })),
    NextToken: hasMore ? tokens.issue(scope, { after: { startMs: 0, key: last.code } }) : undefined,
  };
}

function redeem(tokens: OperationContext["tokens"], scope: readonly string[], token: string): Cursor {
  try {
    return tokens.redeem(scope, token);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError("InvalidPaginationTokenException", error.message);
  }
}
