/** Why a call failed, as bounded label values. AWS' own error names are for logs. */
export const FAILURE_REASONS = [
  "throttled",
  "access_denied",
  "credentials",
  "not_found",
  "invalid_request",
  "server_error",
  "network",
  "timeout",
  "malformed_response",
  "other",
] as const;

export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A call of Athena or STS that failed for good, retries included. */
export class AwsFailure extends Error {
  override readonly name = "AwsFailure";
  readonly reason: FailureReason;
  /** The API operation, for example "ListSessions". */
  readonly operation: string;

  constructor(reason: FailureReason, operation: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.operation = operation;
  }
}
