import { AwsError } from "./aws-error.ts";
import { isObject } from "./shape.ts";
import type { SignedRequest } from "./signature.ts";

const JSON_TYPE = "application/x-amz-json-1.1";
const FORM_TYPE = "application/x-www-form-urlencoded";
/** CloudTrail takes its name as the SDKs write it, and as boto3 does. */
const SERVICES_BY_TARGET: Readonly<Record<string, JsonService>> = {
  AmazonAthena: "athena",
  CloudTrail_20131101: "cloudtrail",
  "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101": "cloudtrail",
  ServiceQuotasV20190624: "servicequotas",
  AWSOrganizationsV20161128: "organizations",
};

/** A service with AWS JSON 1.1. */
export type JsonService = "athena" | "cloudtrail" | "servicequotas" | "organizations";

/** The fields of an Athena request that identify what it concerns, read before validation; empty where absent. */
interface Subject {
  readonly workgroup: string;
  readonly sessionId: string;
  readonly resourceArn: string;
  readonly stateFilter: string;
}

/** A request with its service and operation. */
export type DecodedRequest =
  | {
      readonly service: JsonService;
      readonly operation: string;
      readonly subject: Subject;
      /** The body's JSON, or a SerializationException to be thrown once the caller is authenticated. */
      readonly input: unknown;
    }
  | { readonly service: "sts"; readonly operation: string; readonly form: URLSearchParams };

/** Reads the service and operation; throws an AwsError for a wrong method, path, content type or target. */
export function decodeRequest(
  request: SignedRequest,
  operations: Readonly<Record<JsonService, object>>,
): DecodedRequest {
  if (request.method !== "POST")
    throw new AwsError("UnknownOperationException", "The method must be POST", 405);
  if (request.url !== "/") throw new AwsError("UnknownOperationException", "The path must be /", 404);
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim();
  const body = request.body.toString("utf8");
  const target = request.headers["x-amz-target"];
  if (target === undefined && type === FORM_TYPE) {
    const form = new URLSearchParams(body);
    return { service: "sts", operation: form.get("Action") ?? "Unknown", form };
  }
  const [, name = "", operation = ""] = /^(.*)\.([^.]+)$/.exec(target ?? "") ?? [];
  const service = Object.hasOwn(SERVICES_BY_TARGET, name) ? SERVICES_BY_TARGET[name] : undefined;
  if (service === undefined || !Object.hasOwn(operations[service], operation)) {
    throw new AwsError(
      "UnknownOperationException",
      "X-Amz-Target does not name an operation of AmazonAthena, CloudTrail, Service Quotas or Organizations",
    );
  }
  if (type !== JSON_TYPE) {
    throw new AwsError("UnsupportedMediaTypeException", `The Content-Type must be ${JSON_TYPE}`, 415);
  }
  const input = parseJson(body);
  return { service, operation, subject: readSubject(input), input };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body === "" ? "{}" : body);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new AwsError("SerializationException", `The body is not JSON: ${reason}`);
  }
}

function readSubject(input: unknown): Subject {
  const text = (name: string) => {
    const value = isObject(input) ? input[name] : undefined;
    return typeof value === "string" ? value : "";
  };
  return {
    workgroup: text("WorkGroup"),
    sessionId: text("SessionId"),
    resourceArn: text("ResourceARN"),
    stateFilter: text("StateFilter"),
  };
}
