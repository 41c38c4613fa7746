import type { AwsError } from "./aws-error.ts";

/** An HTTP response, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { "Content-Type": "application/x-amz-json-1.1" } as const;
const XML_TYPE = { "Content-Type": "text/xml" } as const;
const STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** STS speaks the Query protocol, which has names of its own for what other services call otherwise. */
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
const FORBIDDEN_IN_STS = new Set([
  "MissingAuthenticationToken",
  "SignatureDoesNotMatch",
  "InvalidClientTokenId",
  "ExpiredToken",
  "AccessDenied",
]);

export function jsonAnswer(output: object): Answer {
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(output) };
}

export function jsonError(error: AwsError): Answer {
  return {
    status: error.status,
    headers: { ...JSON_TYPE, ...error.headers },
    body: JSON.stringify({ __type: error.code, Message: error.message }),
  };
}

/** The answer of an STS action; `result` is text by element name, one level of nesting allowed. */
export function stsAnswer(action: string, result: StsResult, requestId: string): Answer {
  const inner = `<${action}Result>${elements(result)}</${action}Result>`;
  const meta = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const body = `<${action}Response xmlns="${STS_NAMESPACE}">${inner}${meta}</${action}Response>`;
  return { status: 200, headers: XML_TYPE, body };
}

export function stsError(error: AwsError, requestId: string): Answer {
  const code = STS_CODES[error.code] ?? error.code;
  const details = elements({ Type: "Sender", Code: code, Message: error.message });
  const body = `<ErrorResponse xmlns="${STS_NAMESPACE}"><Error>${details}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  const status = FORBIDDEN_IN_STS.has(code) ? 403 : error.status;
  return { status, headers: { ...XML_TYPE, ...error.headers }, body };
}

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
