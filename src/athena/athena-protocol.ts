import { AwsJson1_1Protocol } from "@aws-sdk/core/protocols";
import type { HandlerExecutionContext, HttpResponse, MetadataBearer } from "@smithy/types";
import { RESPONSE_READERS, type ResponseReaders } from "./read-response.ts";

type Protocol = typeof AwsJson1_1Protocol;
type OperationSchema = Parameters<Protocol["prototype"]["deserializeResponse"]>[0];
type SerdeContext = Parameters<Protocol["prototype"]["deserializeResponse"]>[1];

/** The output of a successful call. */
export interface AthenaOutput<Value> extends MetadataBearer {
  readonly value: Value;
}

/**
 * The SDK's protocol of Athena, except that our own readers read successful responses: an output is an AthenaOutput. The SDK's
 * deserializer takes an empty body for a success without members, which would show as zero sessions.
 * @param nowMs gives Unix milliseconds of AWS' clock
 */
export function athenaProtocol(nowMs: () => number): Protocol {
  return class AthenaProtocol extends AwsJson1_1Protocol {
    override async deserializeResponse<Output extends MetadataBearer>(
      operation: OperationSchema,
      context: HandlerExecutionContext & SerdeContext,
      response: HttpResponse,
    ): Promise<Output> {
      if (response.statusCode >= 300) return super.deserializeResponse(operation, context, response);
      const read = RESPONSE_READERS[operation.name as keyof ResponseReaders];
      const output: AthenaOutput<unknown> = {
        value: read(response.body as Uint8Array, nowMs()),
        // The SDK adds the number of attempts to it.
        $metadata: {},
      };
      // The SDK types its output by the operation; ours holds the value that our own reader made of it.
      return output as unknown as Output;
    }
  };
}
