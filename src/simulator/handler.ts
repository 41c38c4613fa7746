import {
  type AwsResponse,
  jsonResponse,
  jsonErrorResponse,
  stsResponse,
  stsErrorResponse,
} from "./aws-response.ts";
import { AwsError } from "./aws-error.ts";
import { lookupEvents } from "./event-operations.ts";
import type { OperationContext } from "./operation.ts";
import type { Organization } from "./organization.ts";
import { type InjectedFault, type FaultInjector, faultError, throttled } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import type { Caller, IamDirectory } from "./iam.ts";
import type { Operation } from "./operation.ts";
import {
  listAccounts,
  listAccountsForParent,
  listOrganizationalUnitsForParent,
  listTagsForResource as listTagsOfAccount,
} from "./organization-operations.ts";
import { verifyPermission } from "./permission.ts";
import { type Random, seededRandom, randomUuid } from "./random.ts";
import type { RequestLog, ServedRequest } from "./request-log.ts";
import { decodeRequest, type DecodedRequest, type JsonService } from "./request.ts";
import {
  getSession,
  getSessionStatus,
  listCalculationExecutions,
  listSessions,
  startSession,
  terminateSession,
} from "./session-operations.ts";
import { listAwsDefaultServiceQuotas, listServiceQuotas } from "./quota-operations.ts";
import type { SimulatorSettings, Throttle } from "./settings.ts";
import type { SignedRequest } from "./signature.ts";
import { corruptBody } from "./corrupt-body.ts";
import { accountIdOfRole, runStsAction } from "./sts.ts";
import { PaginationTokens } from "./token.ts";
import { TokenBuckets } from "./token-bucket.ts";
import { getWorkGroup, listTagsForResource, listWorkGroups } from "./workgroup-operations.ts";

const OPERATIONS: Readonly<Record<JsonService, Readonly<Record<string, Operation>>>> = {
  athena: {
    ListSessions: listSessions,
    GetSession: getSession,
    GetSessionStatus: getSessionStatus,
    ListCalculationExecutions: listCalculationExecutions,
    StartSession: startSession,
    TerminateSession: terminateSession,
    ListWorkGroups: listWorkGroups,
    GetWorkGroup: getWorkGroup,
    ListTagsForResource: listTagsForResource,
  },
  cloudtrail: { LookupEvents: lookupEvents },
  servicequotas: {
    ListServiceQuotas: listServiceQuotas,
    ListAWSDefaultServiceQuotas: listAwsDefaultServiceQuotas,
  },
  organizations: {
    ListAccounts: listAccounts,
    ListAccountsForParent: listAccountsForParent,
    ListOrganizationalUnitsForParent: listOrganizationalUnitsForParent,
    ListTagsForResource: listTagsOfAccount,
  },
};

/** The parts of the simulator that a request can read or change. */
export interface HandlerParts {
  readonly fleet: Fleet;
  readonly organization: Organization | undefined;
  readonly directory: IamDirectory;
  readonly settings: SimulatorSettings;
  readonly faults: FaultInjector;
  readonly requests: RequestLog;
  readonly seed: number;
}

/** One moment on the wall clock (Unix milliseconds) and on the monotonic clock. */
export interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** A response and the fault to apply when it is sent. */
export interface ResponseWithFault {
  readonly response: AwsResponse;
  readonly fault: InjectedFault | undefined;
}

/** The log entry of a request while it is being filled in. */
type LogEntry = { -readonly [Name in keyof ServedRequest]: ServedRequest[Name] };

/** Handles requests as strictly as AWS does: authentication, then authorization, then validation. */
export class Handler {
  readonly #parts: HandlerParts;
  readonly #tokens: PaginationTokens;
  readonly #buckets = new TokenBuckets();
  readonly #random: Random;
  readonly #requestIds: Random;

  constructor(parts: HandlerParts) {
    this.#parts = parts;
    this.#tokens = new PaginationTokens(parts.seed);
    this.#random = seededRandom(parts.seed, "answers");
    this.#requestIds = seededRandom(parts.seed, "request ids");
  }

  /** Handles one request and logs it. An AwsError becomes an error response. */
  handle(request: SignedRequest, instant: Instant): ResponseWithFault {
    const requestId = randomUuid(this.#requestIds);
    const entry: LogEntry = {
      service: "athena",
      operation: "Unknown",
      accountId: "",
      region: "",
      workgroup: "",
      stateFilter: "",
      status: 200,
      error: "",
      fault: "",
      atMs: instant.wallMs,
    };
    const { response, fault } = this.#respond(request, instant, requestId, entry);
    entry.status = response.status;
    entry.fault = fault?.kind ?? "";
    this.#parts.requests.add(entry);
    return { response: withRequestId(response, requestId), fault };
  }

  #respond(request: SignedRequest, instant: Instant, requestId: string, entry: LogEntry): ResponseWithFault {
    let fault: InjectedFault | undefined;
    try {
      const decoded = decodeRequest(request, OPERATIONS);
      entry.service = decoded.service;
      entry.operation = decoded.operation;
      const caller = this.#authenticate(request, decoded, instant);
      setSubject(entry, decoded, caller, this.#parts.fleet);
      fault = this.#parts.faults.take(entry);
      const response = this.#run(decoded, caller, { fault, entry, requestId, instant });
      return { response: fault === undefined ? response : corruptBody(response, fault), fault };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      entry.error = error.code;
      return {
        response: entry.service === "sts" ? stsErrorResponse(error, requestId) : jsonErrorResponse(error),
        fault,
      };
    }
  }

  #authenticate(request: SignedRequest, { service }: DecodedRequest, instant: Instant): Caller {
    const { directory, settings, fleet } = this.#parts;
    const nowMs = instant.wallMs + settings.dateSkewMs;
    const caller = directory.authenticate(request, service, nowMs, settings.maxSkewMs);
    if (service === "sts" || fleet.hasRegion(caller.region)) return caller;
    throw new AwsError("InvalidSignatureException", "Credential should be scoped to a valid region.");
  }

  #run(
    decoded: DecodedRequest,
    caller: Caller,
    call: { fault: InjectedFault | undefined; entry: ServedRequest; requestId: string; instant: Instant },
  ): AwsResponse {
    const { fleet, organization, settings, directory } = this.#parts;
    const injected = call.fault && faultError(call.fault);
    if (injected !== undefined) throw injected;
    const nowMs = call.instant.wallMs;
    verifyPermission(call.entry, caller, settings.denials);
    if (decoded.service === "sts") {
      const result = runStsAction(decoded.form, caller, directory, settings, nowMs);
      return stsResponse(decoded.operation, result, call.requestId);
    }
    this.#throttle(decoded, caller, call.instant.monotonicMs);
    const context: OperationContext = {
      caller,
      fleet,
      organization,
      settings,
      tokens: this.#tokens,
      random: this.#random,
      nowMs,
      fault: call.fault,
    };
    if (decoded.input instanceof AwsError) throw decoded.input;
    const operation = OPERATIONS[decoded.service][decoded.operation];
    if (operation === undefined) throw new Error(`The handler has no operation ${decoded.operation}`);
    return jsonResponse(operation.run(decoded.input, context));
  }

  #throttle(
    { service, operation }: { readonly service: JsonService; readonly operation: string },
    caller: Caller,
    monotonicMs: number,
  ): void {
    const { settings } = this.#parts;
    const throttles: Readonly<Record<JsonService, Throttle | undefined>> = {
      athena: settings.throttle,
      cloudtrail: settings.lookupThrottle,
      servicequotas: undefined,
      organizations: settings.organizationsThrottle,
    };
    const throttle = throttles[service];
    if (throttle === undefined) return;
    const isGlobal = service === "organizations";
    const key = isGlobal ? `${service}/${operation}` : `${service}/${caller.accountId}/${caller.region}`;
    if (this.#buckets.take(key, throttle, monotonicMs)) return;
    throw isGlobal ? tooManyRequests(throttle.status) : throttled(throttle.status);
  }
}

/** The throttling error of Organizations. */
function tooManyRequests(status: number): AwsError {
  const message =
    "AWS Organizations can't complete your request because another request is already in progress. Try again later.";
  return new AwsError("TooManyRequestsException", message, status);
}

/** Sets the account, region and workgroup that the request concerns. */
function setSubject(entry: LogEntry, decoded: DecodedRequest, caller: Caller, fleet: Fleet): void {
  entry.region = caller.region;
  entry.accountId = caller.accountId;
  if (decoded.service === "sts") {
    entry.accountId = accountIdOfRole(decoded.form.get("RoleArn")) ?? caller.accountId;
    return;
  }
  const { workgroup, sessionId, resourceArn, stateFilter } = decoded.subject;
  const session =
    sessionId === "" ? undefined : fleet.findSession(caller.accountId, caller.region, sessionId);
  entry.workgroup = workgroup || session?.workgroup.name || (resourceArn.split(":workgroup/")[1] ?? "");
  entry.stateFilter = stateFilter;
}

function withRequestId(response: AwsResponse, requestId: string): AwsResponse {
  return { ...response, headers: { ...response.headers, "x-amzn-RequestId": requestId } };
}
