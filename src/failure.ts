/** Why an API call failed, as bounded label values. AWS' own error names are for logs. */
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

/** Why an API call failed, and with it the poll or discovery that needed it. */
export interface Failure {
  readonly reason: FailureReason;
  /** The API operation, for example "ListSessions"; empty where the failure is of no single operation. */
  readonly operation: string;
  /** One line for logs and the status page. */
  readonly message: string;
}

/** The error that API calls reject with, after the SDK's retries. */
export class ApiError extends Error implements Failure {
  override readonly name = "ApiError";
  readonly reason: FailureReason;
  readonly operation: string;

  constructor(reason: FailureReason, operation: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.operation = operation;
  }
}

/** The failure that an error stands for, without the error's stack and cause. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof ApiError)) return { reason: "other", operation: "", message: String(error) };
  const { reason, operation, message } = error;
  return { reason, operation, message };
}
