import {
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { expect, onTestFinished, test } from "vitest";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { KEY, REGION } from "./accounts.ts";
import { simulate } from "./harness.ts";
import { sendRaw } from "./raw-request.ts";

function clientOf({ url: endpoint }: Simulator): ServiceQuotasClient {
  const client = new ServiceQuotasClient({ endpoint, region: REGION, credentials: KEY, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
}

test("defaults are listed page by page, and values that are set by themselves", async () => {
  const simulator = await simulate({ settings: { appliedQuotas: { "On-Demand DPUs": 32 } } });
  const client = clientOf(simulator);
  const names: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page: {
      Quotas?: { QuotaName?: string | undefined }[] | undefined;
      NextToken?: string | undefined;
    } = await client.send(
      new ListAWSDefaultServiceQuotasCommand({
        ServiceCode: "athena",
        MaxResults: 1,
        ...(NextToken !== undefined && { NextToken }),
      }),
    );
    names.push(...(page.Quotas ?? []).map(({ QuotaName }) => QuotaName));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  expect(names).toContain("Apache Spark DPU concurrency");
  expect(new Set(names).size).toBe(names.length);
  const { Quotas } = await client.send(new ListServiceQuotasCommand({ ServiceCode: "athena" }));
  expect(Quotas).toMatchObject([{ QuotaName: "On-Demand DPUs", Value: 32 }]);
});

test.each([
  ["no service", {}, "InvalidRequestException"],
  ["another service", { ServiceCode: "glue" }, "NoSuchResourceException"],
  ["MaxResults 101", { ServiceCode: "athena", MaxResults: 101 }, "InvalidRequestException"],
  [
    "a token never issued",
    { ServiceCode: "athena", NextToken: "made.up" },
    "InvalidPaginationTokenException",
  ],
  ["an unknown member", { ServiceCode: "athena", Name: "x" }, "InvalidRequestException"],
])("a wrong request is refused: %s", async (_what, input, error) => {
  const { url } = await simulate();
  const target = "ServiceQuotasV20190624.ListServiceQuotas";
  const response = await sendRaw(url, { target, service: "servicequotas", body: JSON.stringify(input) });
  expect([response.status, response.type]).toEqual([400, error]);
});
