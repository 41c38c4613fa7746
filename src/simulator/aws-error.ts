/** An answer of AWS that is an error: its name on the wire, its HTTP status and its words. */
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

export function invalidRequest(message: string): AwsError {
  return new AwsError("InvalidRequestException", message);
}
