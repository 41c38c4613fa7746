import { AwsError } from "./aws-error.ts";

/** Which requests a fault befalls; what is absent matches everything. */
export interface FaultMatch {
  readonly operation?: string;
  readonly workgroup?: string;
  /** The caller's account; for AssumeRole that of the role. */
  readonly accountId?: string;
  readonly region?: string;
}

/** Answers that are errors of AWS. */
type ErrorFault =
  | { readonly kind: "throttled"; readonly status?: 400 | 429; readonly retryAfterSeconds?: number }
  | {
      readonly kind:
        | "internal-error"
        | "unavailable"
        | "access-denied"
        | "expired-token"
        | "unrecognized-client"
        | "invalid-request"
        | "not-found";
    };

/** A right answer whose body is spoilt; the status stays, but for "html". */
type BodyFault =
  | { readonly kind: "html"; readonly status?: number }
  | {
      readonly kind:
        | "empty-body"
        | "null-body"
        | "array-body"
        | "truncated"
        | "not-json"
        | "wrong-type"
        | "null-entries"
        | "unknown-state"
        | "absent-fields"
        | "absurd-dates";
    };

/** A ListSessions that pages wrongly. */
type PageFault = {
  readonly kind: "repeated-token" | "endless-tokens" | "session-twice" | "page-fails";
};

/** A right answer that does not arrive as it should. */
type WireFault =
  | { readonly kind: "hang" | "stall" | "reset" }
  | { readonly kind: "drip"; readonly intervalMs: number }
  | { readonly kind: "huge-body"; readonly maxBytes: number }
  | { readonly kind: "date-skew"; readonly skewMs: number };

/** What goes wrong, for whom, and how often: `times` requests, or until it is cleared. */
export type Fault = FaultMatch & { readonly times?: number } & (
    | ErrorFault
    | BodyFault
    | PageFault
    | WireFault
  );

/** The faults that are set now. The first that matches a request befalls it. */
export class FaultBoard {
  #faults: { readonly fault: Fault; left: number }[] = [];

  /** Sets a fault; the returned function clears it. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? Infinity };
    this.#faults.push(entry);
    return () => {
      this.#faults = this.#faults.filter((other) => other !== entry);
    };
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that befalls this request, which counts as one of its times. */
  take(request: Required<FaultMatch>): Fault | undefined {
    const entry = this.#faults.find(({ fault }) => matches(fault, request));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#faults = this.#faults.filter((other) => other !== entry);
    return entry.fault;
  }
}

function matches(fault: FaultMatch, request: Required<FaultMatch>): boolean {
  return (
    (fault.operation ?? request.operation) === request.operation &&
    (fault.workgroup ?? request.workgroup) === request.workgroup &&
    (fault.accountId ?? request.accountId) === request.accountId &&
    (fault.region ?? request.region) === request.region
  );
}

/** Name, status and words of the faults that are errors of AWS. */
const ERRORS = new Map<Fault["kind"], readonly [code: string, status: number, message: string]>([
  ["internal-error", ["InternalServerException", 500, "Internal server error"]],
  ["unavailable", ["ServiceUnavailable", 503, "Service is unavailable"]],
  [
    "access-denied",
    ["AccessDeniedException", 400, "User is not authorized to perform this action (simulated)"],
  ],
  ["expired-token", ["ExpiredTokenException", 400, "The security token included in the request is expired"]],
  [
    "unrecognized-client",
    ["UnrecognizedClientException", 400, "The security token included in the request is invalid."],
  ],
  ["invalid-request", ["InvalidRequestException", 400, "The request is invalid (simulated)"]],
  ["not-found", ["ResourceNotFoundException", 400, "The resource does not exist (simulated)"]],
]);

/** The error that a fault stands for; undefined for one that is no error of AWS. */
export function faultError(fault: Fault): AwsError | undefined {
  if (fault.kind === "throttled") return throttled(fault.status ?? 400, fault.retryAfterSeconds);
  const error = ERRORS.get(fault.kind);
  return error && new AwsError(error[0], error[2], error[1]);
}

export function throttled(status: number, retryAfterSeconds?: number): AwsError {
  const headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  return new AwsError("ThrottlingException", "Rate exceeded", status, headers);
}
