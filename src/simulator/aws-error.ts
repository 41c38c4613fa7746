/** An error response of AWS: `code` is the error's name, `status` the HTTP status. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

/** The error that Athena returns for a request it does not accept. */
export function invalidRequest(message: string): AwsError {
  return new AwsError("InvalidRequestException", message);
}
