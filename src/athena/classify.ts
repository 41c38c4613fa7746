import { AwsFailure, type FailureReason } from "../failure.ts";

/**
 * Error names of AWS, by https://docs.aws.amazon.com/athena/latest/APIReference/CommonErrors.html and the SDK's own. Only
 * names decide, since messages change.
 */
const REASON_BY_NAME: Readonly<Record<string, FailureReason>> = {
  ThrottlingException: "throttled",
  Throttling: "throttled",
  ThrottledException: "throttled",
  TooManyRequestsException: "throttled",
  RequestLimitExceeded: "throttled",
  RequestThrottled: "throttled",
  RequestThrottledException: "throttled",
  SlowDown: "throttled",
  AccessDenied: "access_denied",
  AccessDeniedException: "access_denied",
  UnauthorizedOperation: "access_denied",
  NotAuthorized: "access_denied",
  OptInRequired: "access_denied",
  ExpiredToken: "credentials",
  ExpiredTokenException: "credentials",
  UnrecognizedClientException: "credentials",
  InvalidClientTokenId: "credentials",
  InvalidAccessKeyId: "credentials",
  IncompleteSignature: "credentials",
  InvalidSignatureException: "credentials",
  SignatureDoesNotMatch: "credentials",
  MissingAuthenticationToken: "credentials",
  MissingAuthenticationTokenException: "credentials",
  RequestExpired: "credentials",
  CredentialsProviderError: "credentials",
  ProviderError: "credentials",
  TokenProviderError: "credentials",
  IDPCommunicationError: "credentials",
  IDPRejectedClaim: "credentials",
  InvalidIdentityToken: "credentials",
  ResourceNotFoundException: "not_found",
  InvalidRequestException: "invalid_request",
  ValidationException: "invalid_request",
  ValidationError: "invalid_request",
  SerializationException: "invalid_request",
  InternalServerException: "server_error",
  InternalFailure: "server_error",
  InternalServerError: "server_error",
  ServiceUnavailable: "server_error",
  ServiceUnavailableException: "server_error",
  TimeoutError: "timeout",
  AbortError: "timeout",
  RequestTimeout: "timeout",
  RequestTimeoutException: "timeout",
};

const CODE_IS_NETWORK =
  /^(E(CONN|HOST|NET|PIPE|AI_|PROTO|ADDR)|ENOTFOUND$|ERR_(TLS|SSL|SOCKET|HTTP)|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HPE_)/;

/** The bounded reason of whatever a call was rejected with. */
export function classify(error: unknown): FailureReason {
  if (error instanceof AwsFailure) return error.reason;
  if (!(error instanceof Error)) return "other";
  const code = "code" in error ? String(error.code) : "";
  // The SDK's HTTP handler calls a connection that was reset a TimeoutError, too.
  if (error.name === "TimeoutError" && CODE_IS_NETWORK.test(code)) return "network";
  const named = Object.hasOwn(REASON_BY_NAME, error.name) ? REASON_BY_NAME[error.name] : undefined;
  if (named !== undefined) return named;
  if (code === "ETIMEDOUT") return "timeout";
  if (CODE_IS_NETWORK.test(code) || isIncompleteMessage(error)) return "network";
  return reasonOfStatus(httpStatus(error)) ?? "other";
}

const NO_CREDENTIALS =
  "they were looked for in the environment (AWS_ACCESS_KEY_ID), the profile in ~/.aws (AWS_PROFILE), SSO, a web identity " +
  "token, and the metadata of the container or instance; `athena-session-exporter demo` needs none";

/** One line for people: AWS' own name of the error, and its message. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const firstLine = (error.message.split("\n", 1)[0] ?? "").trim();
  const status = httpStatus(error);
  if (error instanceof SyntaxError || error instanceof TypeError) return `HTTP ${status}: ${firstLine}`;
  if (error.name === "CredentialsProviderError") return `${firstLine}: ${NO_CREDENTIALS}`;
  if (error.name === "Unknown" && status !== undefined) return `HTTP ${status}`;
  return firstLine === "" ? error.name : `${error.name}: ${firstLine}`;
}

function httpStatus(error: Error): number | undefined {
  if (!("$metadata" in error) || typeof error.$metadata !== "object" || error.$metadata === null)
    return undefined;
  const metadata: { httpStatusCode?: unknown } = error.$metadata;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}

function reasonOfStatus(status: number | undefined): FailureReason | undefined {
  if (status === undefined) return undefined;
  if (status === 429) return "throttled";
  if (status >= 500) return "server_error";
  if (status === 403) return "access_denied";
  // A body that does not parse, or a redirect, which no API of AWS answers with.
  return status < 400 ? "malformed_response" : "other";
}

/** The peer closed the connection in the middle of a response; Node gives that no code of the network's. */
function isIncompleteMessage(error: Error): boolean {
  return error.message === "aborted" || error.message === "socket hang up";
}
