import { ApiError, type FailureReason } from "../failure.ts";
import { cleanText } from "./clean-text.ts";

/**
 * Error names of AWS, by https://docs.aws.amazon.com/athena/latest/APIReference/CommonErrors.html and the SDK's own. Only
 * names decide, since messages change.
 */
const NAMES_BY_REASON: Partial<Record<FailureReason, string>> = {
  throttled: `ThrottlingException Throttling ThrottledException TooManyRequestsException RequestLimitExceeded RequestThrottled
    RequestThrottledException SlowDown`,
  access_denied: "AccessDenied AccessDeniedException UnauthorizedOperation NotAuthorized OptInRequired",
  credentials: `ExpiredToken ExpiredTokenException UnrecognizedClientException InvalidClientTokenId InvalidAccessKeyId
    IncompleteSignature InvalidSignatureException SignatureDoesNotMatch MissingAuthenticationToken
    MissingAuthenticationTokenException RequestExpired CredentialsProviderError ProviderError TokenProviderError
    IDPCommunicationError IDPRejectedClaim InvalidIdentityToken`,
  not_found: `ResourceNotFoundException ParentNotFoundException TargetNotFoundException
    AWSOrganizationsNotInUseException`,
  invalid_request:
    "InvalidRequestException InvalidInputException ValidationException ValidationError SerializationException",
  server_error: `InternalServerException ServiceException InternalFailure InternalServerError ServiceUnavailable
    ServiceUnavailableException`,
  timeout: "TimeoutError AbortError RequestTimeout RequestTimeoutException",
};

const REASON_BY_NAME = new Map(
  Object.entries(NAMES_BY_REASON).flatMap(([reason, names]) =>
    names.split(/\s+/).map((name) => [name, reason as FailureReason] as const),
  ),
);

const CODE_IS_NETWORK =
  /^(E(CONN|HOST|NET|PIPE|AI_|PROTO|ADDR)|ENOTFOUND$|ERR_(TLS|SSL|SOCKET|HTTP)|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HPE_)/;

/** The reason of an error that a call rejected with. */
export function classify(error: unknown): FailureReason {
  if (error instanceof ApiError) return error.reason;
  if (!(error instanceof Error)) return "other";
  const code = "code" in error ? String(error.code) : "";
  // The SDK's HTTP handler calls a connection that was reset a TimeoutError, too.
  if (error.name === "TimeoutError" && CODE_IS_NETWORK.test(code)) return "network";
  const named = REASON_BY_NAME.get(error.name);
  if (named !== undefined) return named;
  if (code === "ETIMEDOUT") return "timeout";
  if (CODE_IS_NETWORK.test(code) || isIncompleteMessage(error)) return "network";
  return reasonOfStatus(httpStatus(error)) ?? "other";
}

const NO_CREDENTIALS =
  "they were looked for in the environment (AWS_ACCESS_KEY_ID), the profile in ~/.aws (AWS_PROFILE), SSO, a web identity " +
  "token, and the metadata of the container or instance; `athena-session-exporter demo` needs none";

const MAX_DESCRIPTION = 500;
/** AWS' longest name has half of this; it must not push the message away. */
const MAX_NAME = 100;

/** One line that describes an error: AWS' name of it and its message, cleaned and cut. */
export function describe(error: unknown): string {
  return cleanText(oneLine(error), MAX_DESCRIPTION);
}

function oneLine(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const firstLine = (error.message.split("\n", 1)[0] ?? "").trim();
  const status = httpStatus(error);
  // The SDK could not parse the response; the error's name does not describe that.
  if (status !== undefined && (error instanceof SyntaxError || error instanceof TypeError)) {
    return `HTTP ${status}: ${firstLine}`;
  }
  if (error.name === "CredentialsProviderError") return `${firstLine}: ${NO_CREDENTIALS}`;
  if (error.name === "Unknown" && status !== undefined) return `HTTP ${status}`;
  const name = error.name.slice(0, MAX_NAME);
  return firstLine === "" ? name : `${name}: ${firstLine}`;
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
  // A body that could not be parsed, or a redirect, which AWS APIs never send.
  return status < 400 ? "malformed_response" : "other";
}

/** The peer closed the connection in the middle of a response; Node gives these errors no code. */
function isIncompleteMessage(error: Error): boolean {
  return error.message === "aborted" || error.message === "socket hang up";
}
