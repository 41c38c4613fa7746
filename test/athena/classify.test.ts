import { describe, expect, it } from "vitest";
import { classify, describe as describeError } from "../../src/athena/classify.ts";
import { ApiError, type FailureReason } from "../../src/failure.ts";

function awsError(name: string, httpStatusCode?: number, message = "message"): Error {
  const error = new Error(message);
  error.name = name;
  return Object.assign(error, httpStatusCode === undefined ? {} : { $metadata: { httpStatusCode } });
}

function networkError(code: string): Error {
  return Object.assign(new Error("no"), { code });
}

describe("the failure reason", () => {
  const cases: readonly (readonly [Error, FailureReason])[] = [
    [awsError("ThrottlingException", 400), "throttled"],
    [awsError("TooManyRequestsException", 400), "throttled"],
    [awsError("Unknown", 429), "throttled"],
    [awsError("AccessDeniedException", 400), "access_denied"],
    [awsError("AccessDenied", 403), "access_denied"],
    [awsError("ExpiredTokenException", 400), "credentials"],
    [awsError("UnrecognizedClientException", 400), "credentials"],
    [awsError("InvalidClientTokenId", 403), "credentials"],
    [awsError("RequestExpired", 400), "credentials"],
    [awsError("CredentialsProviderError"), "credentials"],
    [awsError("ResourceNotFoundException", 400), "not_found"],
    [awsError("InvalidRequestException", 400), "invalid_request"],
    [awsError("InternalServerException", 500), "server_error"],
    [awsError("ServiceUnavailable", 503), "server_error"],
    [awsError("SyntaxError", 500), "server_error"],
    [awsError("Unknown", 502), "server_error"],
    [awsError("SyntaxError", 200), "malformed_response"],
    [awsError("TypeError", 200), "malformed_response"],
    [awsError("Unknown", 302), "malformed_response"],
    [awsError("TimeoutError"), "timeout"],
    [awsError("AbortError"), "timeout"],
    [networkError("ETIMEDOUT"), "timeout"],
    [networkError("ECONNRESET"), "network"],
    [networkError("ECONNREFUSED"), "network"],
    [networkError("ENOTFOUND"), "network"],
    [networkError("EAI_AGAIN"), "network"],
    [networkError("EHOSTUNREACH"), "network"],
    [networkError("DEPTH_ZERO_SELF_SIGNED_CERT"), "network"],
    [networkError("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "network"],
    [networkError("CERT_HAS_EXPIRED"), "network"],
    [networkError("ERR_TLS_CERT_ALTNAME_INVALID"), "network"],
    [networkError("HPE_INVALID_CONSTANT"), "network"],
    [new Error("socket hang up"), "network"],
    [awsError("SomethingNew", 400), "other"],
    [awsError("constructor", 400), "other"],
    [new ApiError("not_found", "ListSessions", "gone"), "not_found"],
  ];

  it.each(cases)("of %o is %s", (error, reason) => {
    expect(classify(error)).toBe(reason);
  });

  it("of a thrown value that is not an Error is other", () => {
    expect(classify("words")).toBe("other");
  });
});

describe("the description of an error", () => {
  it.each([
    [awsError("ThrottlingException", 400, "Rate exceeded"), "ThrottlingException: Rate exceeded"],
    [awsError("Unknown", 503), "HTTP 503"],
    [awsError("ExpiredTokenException", 400, "one line\nand another"), "ExpiredTokenException: one line"],
    [awsError("UnrecognizedClientException", 400, ""), "UnrecognizedClientException"],
    [new TypeError("x is undefined"), "TypeError: x is undefined"],
    [new ApiError("credentials", "AssumeRole", "cannot assume it"), "cannot assume it"],
    [
      Object.assign(new SyntaxError("Unexpected token"), { $metadata: { httpStatusCode: 503 } }),
      "HTTP 503: Unexpected token",
    ],
    [awsError("Odd\u001bException", 400, "forged\u202e"), "Odd\ufffdException: forged\ufffd"],
  ])("is one line of printable text for %o", (error, description) => {
    expect(describeError(error)).toBe(description);
  });

  it("is at most 500 characters", () => {
    expect(describeError(new Error("A".repeat(1000))).length).toBe(500);
  });
});
