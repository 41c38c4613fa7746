import { AwsError } from "./aws-error.ts";

/** The requests that a fault applies to; an absent field matches every request. */
export interface FaultFilter {
  readonly operation?: string;
  readonly workgroup?: string;
  /** The caller's account; for AssumeRole the account of the role. */
  readonly accountId?: string;
  readonly region?: string;
}

/** Responses that are AWS errors. */
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

/** A successful response whose body is corrupted; only "html" also changes the status. */
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

/** Incorrect pagination of ListSessions. */
type PageFault = {
  readonly kind: "repeated-token" | "endless-tokens" | "session-twice" | "page-fails";
};

/** A correct response that is not delivered correctly. */
type DeliveryFault =
  | { readonly kind: "hang" | "stall" | "reset" }
  | { readonly kind: "drip"; readonly intervalMs: number }
  | { readonly kind: "huge-body"; readonly maxBytes: number }
  | { readonly kind: "date-skew"; readonly skewMs: number };

/** A fault, the requests it applies to, and how often: to `times` requests, or until it is cleared. */
export type InjectedFault = FaultFilter & { readonly times?: number } & (
    | ErrorFault
    | BodyFault
    | PageFault
    | DeliveryFault
  );

/** The faults that are active now. Each request gets the first one that matches it. */
export class FaultInjector {
  #faults: { readonly fault: InjectedFault; remaining: number }[] = [];

  /** Adds a fault and returns the function that clears it. */
  add(fault: InjectedFault): () => void {
    const entry = { fault, remaining: fault.times ?? Infinity };
    this.#faults.push(entry);
    return () => {
      this.#faults = this.#faults.filter((other) => other !== entry);
    };
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault for this request, if any; counts as one of the fault's `times`. */
  take(request: Required<FaultFilter>): InjectedFault | undefined {
    const entry = this.#faults.find(({ fault }) => matches(fault, request));
    if (entry === undefined) return undefined;
    entry.remaining -= 1;
    if (entry.remaining <= 0) this.#faults = this.#faults.filter((other) => other !== entry);
    return entry.fault;
  }
}

function matches(fault: FaultFilter, request: Required<FaultFilter>): boolean {
  return (
    (fault.operation ?? request.operation) === request.operation &&
    (fault.workgroup ?? request.workgroup) === request.workgroup &&
    (fault.accountId ?? request.accountId) === request.accountId &&
    (fault.region ?? request.region) === request.region
  );
}

/** The faults that are AWS errors, except throttling. */
const ERRORS = new Map<InjectedFault["kind"], readonly [code: string, status: number, message: string]>([
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

/** The AWS error of a fault; undefined if the fault is not an AWS error. */
export function faultError(fault: InjectedFault): AwsError | undefined {
  if (fault.kind === "throttled") return throttled(fault.status ?? 400, fault.retryAfterSeconds);
  const error = ERRORS.get(fault.kind);
  return error && new AwsError(error[0], error[2], error[1]);
}

/** The throttling error of AWS, optionally with a Retry-After header. */
export function throttled(status: number, retryAfterSeconds?: number): AwsError {
  const headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  return new AwsError("ThrottlingException", "Rate exceeded", status, headers);
}
