import type { AwsError } from "./aws-error.ts";

/** A complete HTTP response of a simulated AWS service. */
export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { "Content-Type": "application/x-amz-json-1.1" } as const;
const XML_TYPE = { "Content-Type": "text/xml" } as const;
const STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** STS uses the Query protocol, whose error codes differ from those of the JSON protocol. */
const STS_CODES: Readonly<Record<string, string>> = {
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  IncompleteSignatureException: "IncompleteSignature",
  InvalidSignatureException: "SignatureDoesNotMatch",
  UnrecognizedClientException: "InvalidClientTokenId",
  ExpiredTokenException: "ExpiredToken",
  AccessDeniedException: "AccessDenied",
  ThrottlingException: "Throttling",
  InvalidRequestException: "ValidationError",
  SerializationException: "MalformedInput",
  UnknownOperationException: "InvalidAction",
  InternalServerException: "InternalFailure",
};
/** STS error codes that are sent with HTTP status 403. */
const STS_FORBIDDEN_CODES = new Set([
  "MissingAuthenticationToken",
  "SignatureDoesNotMatch",
  "InvalidClientTokenId",
  "ExpiredToken",
  "AccessDenied",
]);

/** A successful response in the AWS JSON 1.1 protocol. */
export function jsonResponse(output: object): AwsResponse {
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(output) };
}

/** An error response in the AWS JSON 1.1 protocol. */
export function jsonErrorResponse(error: AwsError): AwsResponse {
  return {
    status: error.status,
    headers: { ...JSON_TYPE, ...error.headers },
    body: JSON.stringify({ __type: error.code, Message: error.message }),
  };
}

/** A successful response of an STS action in the Query protocol. */
export function stsResponse(action: string, result: StsResult, requestId: string): AwsResponse {
  const inner = `<${action}Result>${elements(result)}</${action}Result>`;
  const meta = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const body = `<${action}Response xmlns="${STS_NAMESPACE}">${inner}${meta}</${action}Response>`;
  return { status: 200, headers: XML_TYPE, body };
}

/** An error response of STS in the Query protocol. */
export function stsErrorResponse(error: AwsError, requestId: string): AwsResponse {
  const code = STS_CODES[error.code] ?? error.code;
  const details = elements({ Type: "Sender", Code: code, Message: error.message });
  const body = `<ErrorResponse xmlns="${STS_NAMESPACE}"><Error>${details}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  const status = STS_FORBIDDEN_CODES.has(code) ? 403 : error.status;
  return { status, headers: { ...XML_TYPE, ...error.headers }, body };
}

/** The elements of an STS result: text by element name, at most one level nested. */
export type StsResult = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

function elements(values: StsResult): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        `<${name}>${typeof value === "string" ? escapeXml(value) : elements(value)}</${name}>`,
    )
    .join("");
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
