import { type Answer, jsonAnswer, jsonError, stsAnswer, stsError } from "./answer.ts";
import { AwsError } from "./aws-error.ts";
import type { Context } from "./context.ts";
import { type Fault, type FaultBoard, faultError, throttled } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import type { Caller, Directory } from "./identity.ts";
import type { Operation } from "./operation.ts";
import { verifyPermission } from "./permission.ts";
import { type Random, seededRandom, uuid } from "./random.ts";
import type { RequestLog, ServedRequest } from "./request-log.ts";
import { decodeRequest, type DecodedRequest } from "./request.ts";
import {
  getSession,
  getSessionStatus,
  listSessions,
  startSession,
  terminateSession,
} from "./session-operations.ts";
import type { SimulatorSettings } from "./settings.ts";
import type { SignedRequest } from "./signature.ts";
import { spoilBody } from "./spoilt-body.ts";
import { accountOfRole, answerSts } from "./sts.ts";
import { TokenBuckets } from "./throttle.ts";
import { TokenMint } from "./token.ts";
import { getWorkGroup, listTagsForResource, listWorkGroups } from "./workgroup-operations.ts";

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ListSessions: listSessions,
  GetSession: getSession,
  GetSessionStatus: getSessionStatus,
  StartSession: startSession,
  TerminateSession: terminateSession,
  ListWorkGroups: listWorkGroups,
  GetWorkGroup: getWorkGroup,
  ListTagsForResource: listTagsForResource,
};

export interface HandlerParts {
  readonly fleet: Fleet;
  readonly directory: Directory;
  readonly settings: SimulatorSettings;
  readonly faults: FaultBoard;
  readonly requests: RequestLog;
  readonly seed: number;
}

/** The time by two clocks: Unix milliseconds, and milliseconds that never go back. */
export interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** An answer, and what is to go wrong on its way. */
export interface FaultyAnswer {
  readonly answer: Answer;
  readonly fault: Fault | undefined;
}

/** A request's line in the log while it is being written. */
type LogEntry = { -readonly [Name in keyof ServedRequest]: ServedRequest[Name] };

/** Gives each request its answer, as strictly as AWS: who calls, whether it may, whether the request is right. */
export class Handler {
  readonly #parts: HandlerParts;
  readonly #tokens: TokenMint;
  readonly #buckets = new TokenBuckets();
  readonly #random: Random;
  readonly #requestIds: Random;

  constructor(parts: HandlerParts) {
    this.#parts = parts;
    this.#tokens = new TokenMint(parts.seed);
    this.#random = seededRandom(parts.seed, "answers");
    this.#requestIds = seededRandom(parts.seed, "request ids");
  }

  /** Answers one request and logs it. Never throws an AwsError: that is an answer too. */
  answer(request: SignedRequest, instant: Instant): FaultyAnswer {
    const requestId = uuid(this.#requestIds);
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
    const faulty = this.#attempt(request, instant, requestId, entry);
    entry.status = faulty.answer.status;
    entry.fault = faulty.fault?.kind ?? "";
    this.#parts.requests.add(entry);
    return { ...faulty, answer: withRequestId(faulty.answer, requestId) };
  }

  #attempt(request: SignedRequest, instant: Instant, requestId: string, entry: LogEntry): FaultyAnswer {
    let fault: Fault | undefined;
    try {
      const decoded = decodeRequest(request, Object.keys(OPERATIONS));
      entry.service = decoded.service;
      entry.operation = decoded.operation;
      const caller = this.#authenticate(request, decoded, instant);
      describe(entry, decoded, caller, this.#parts.fleet);
      fault = this.#parts.faults.take(entry);
      const answer = this.#serve(decoded, caller, { fault, entry, requestId, instant });
      return { answer: fault === undefined ? answer : spoilBody(answer, fault), fault };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      entry.error = error.code;
      return { answer: entry.service === "sts" ? stsError(error, requestId) : jsonError(error), fault };
    }
  }

  #authenticate(request: SignedRequest, { service }: DecodedRequest, instant: Instant): Caller {
    const { directory, settings, fleet } = this.#parts;
    const nowMs = instant.wallMs + settings.dateSkewMs;
    const caller = directory.authenticate(request, service, nowMs, settings.maxSkewMs);
    if (service === "sts" || fleet.hasRegion(caller.region)) return caller;
    throw new AwsError("InvalidSignatureException", "Credential should be scoped to a valid region.");
  }

  #serve(
    decoded: DecodedRequest,
    caller: Caller,
    call: { fault: Fault | undefined; entry: ServedRequest; requestId: string; instant: Instant },
  ): Answer {
    const { fleet, settings, directory } = this.#parts;
    const refusal = call.fault && faultError(call.fault);
    if (refusal !== undefined) throw refusal;
    const nowMs = call.instant.wallMs;
    verifyPermission(call.entry, caller, settings.denials);
    if (decoded.service === "sts") {
      const result = answerSts(decoded.form, caller, directory, settings, nowMs);
      return stsAnswer(decoded.operation, result, call.requestId);
    }
    this.#throttle(caller, call.instant.monotonicMs);
    const context: Context = {
      caller,
      fleet,
      settings,
      tokens: this.#tokens,
      random: this.#random,
      nowMs,
      fault: call.fault,
    };
    if (decoded.input instanceof AwsError) throw decoded.input;
    const operation = OPERATIONS[decoded.operation];
    if (operation === undefined) throw new Error(`The handler has no operation ${decoded.operation}`);
    return jsonAnswer(operation.run(decoded.input, context));
  }

  #throttle(caller: Caller, monotonicMs: number): void {
    const { throttle } = this.#parts.settings;
    if (throttle === undefined) return;
    const key = `${caller.accountId}/${caller.region}`;
    if (!this.#buckets.take(key, throttle, monotonicMs)) throw throttled(throttle.status);
  }
}

/** Fills in whose request it is and about what. */
function describe(entry: LogEntry, decoded: DecodedRequest, caller: Caller, fleet: Fleet): void {
  entry.region = caller.region;
  entry.accountId = caller.accountId;
  if (decoded.service === "sts") {
    entry.accountId = accountOfRole(decoded.form.get("RoleArn")) ?? caller.accountId;
    return;
  }
  const { workgroup, sessionId, resourceArn, stateFilter } = decoded.subject;
  const session =
    sessionId === "" ? undefined : fleet.findSession(caller.accountId, caller.region, sessionId);
  entry.workgroup = workgroup || session?.workgroup.name || (resourceArn.split(":workgroup/")[1] ?? "");
  entry.stateFilter = stateFilter;
}

function withRequestId(answer: Answer, requestId: string): Answer {
  return { ...answer, headers: { ...answer.headers, "x-amzn-RequestId": requestId } };
}
