import type { Attempt, CallContext } from "../../src/athena/api-calls.ts";
import type { AthenaApi, Connect } from "../../src/app/poll-manager.ts";
import type { Clock } from "../../src/clock.ts";
import { ApiError, type FailureReason } from "../../src/failure.ts";
import type { EventPage, EventQuery, SessionEvent } from "../../src/owners/session-event.ts";
import { hasEnded, type Session, type SessionState } from "../../src/sessions/session.ts";
import { REGION } from "./config.ts";
import { FakeOrganization } from "./fake-organization.ts";

export const ACCOUNT_ID = "111111111111";
const SPARK = "PySpark engine version 3";
/** As the SDK sends of a call that the server fails. */
const ATTEMPTS = 3;
const EVENTS_PER_PAGE = 50;

interface FakeWorkgroup {
  readonly tags: ReadonlyMap<string, string>;
  readonly sessions: Map<string, Session>;
}

/** An event of CloudTrail, and when it is visible first. Those of other services have the names of Athena's. */
interface FakeEvent extends SessionEvent {
  readonly atMs: number;
  readonly visibleMs: number;
  readonly isOther?: true;
}

/** A request that was sent. */
interface FakeRequest {
  readonly operation: string;
  readonly region: string;
  /** Empty where the request is about none. */
  readonly workgroup: string;
  readonly atMs: number;
}

type RequestMatch = Partial<Omit<FakeRequest, "atMs">>;

/** Athena and STS on a virtual clock, without sockets: what the exporter's calls return, and how long they take. */
export class FakeAws {
  readonly requests: FakeRequest[] = [];
  /** How long each request takes. */
  latencyMs = 10;
  /** The account of the process' own credentials. */
  ownAccountId = ACCOUNT_ID;
  readonly organization = new FakeOrganization();
  /** The most requests about one workgroup that were in flight at a time. */
  mostInFlight = 0;
  /** CloudTrail's events of ACCOUNT_ID, in any order. */
  readonly events: FakeEvent[] = [];
  readonly #clock: Clock;
  readonly #accountRegions = new Map<string, Map<string, FakeWorkgroup>>();
  readonly #inFlight = new Map<string, number>();
  #faults: { readonly match: RequestMatch; readonly fault: FailureReason | "hang" }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The API of an account and region; without a role, of the own account. */
  readonly connect: Connect = (_config, { accountId, region }, observer) => {
    const request = async (operation: string, workgroup: string, context: CallContext) =>
      this.#request({ operation, region, workgroup }, context, observer);
    const workgroups = () => this.#workgroupsOf(accountId || this.ownAccountId, region);
    const find = (id: string, operation: string) => {
      for (const { sessions } of workgroups().values()) {
        const session = sessions.get(id);
        if (session !== undefined) return session;
      }
      throw new ApiError("not_found", operation, `there is no session ${id}`);
    };
    const api: AthenaApi = {
      getCallerIdentity: async (context) => {
        await request("GetCallerIdentity", "", context);
        return { accountId: accountId || this.ownAccountId, arn: "" };
      },
      listWorkgroups: async (context) => {
        await request("ListWorkGroups", "", context);
        return [...workgroups().keys()].map((name) => ({ name, engineVersion: SPARK }));
      },
      listTags: async (_accountId, workgroup, context) => {
        await request("ListTagsForResource", workgroup, context);
        return workgroups().get(workgroup)?.tags ?? new Map();
      },
      listSessions: async ({ workgroup, stateFilter }, context) => {
        await request("ListSessions", workgroup, context);
        const sessions = [...(workgroups().get(workgroup)?.sessions.values() ?? [])];
        return {
          sessions: sessions.filter(({ state }) =>
            stateFilter === undefined ? !hasEnded(state) : state === stateFilter,
          ),
        };
      },
      getSessionStatus: async (id, context) => {
        await request("GetSessionStatus", "", context);
        return find(id, "GetSessionStatus");
      },
      getSession: async (id, context) => {
        await request("GetSession", "", context);
        return { session: find(id, "GetSession"), details: { executionRole: "" } };
      },
      lookupEvents: async (query, context) => {
        await request("LookupEvents", "", context);
        return this.#eventsOf(query);
      },
      listQuotas: async (operation, context) => {
        await request(operation, "", context);
        return new Map(operation === "ListServiceQuotas" ? [] : [["On-Demand DPUs", 4]]);
      },
      listOfOrganization: async (operation, id, context) => {
        await request(operation, "", context);
        return this.organization.list(operation, id);
      },
      nowMs: () => this.#clock.wallMs(),
      expectAccount: () => undefined,
      applyConfig: () => undefined,
      close: () => undefined,
    };
    return api;
  };

  addWorkgroup(
    name: string,
    {
      accountId = ACCOUNT_ID,
      region = REGION,
      tags = {},
    }: {
      readonly accountId?: string;
      readonly region?: string;
      readonly tags?: Readonly<Record<string, string>>;
    } = {},
  ): void {
    this.#workgroupsOf(accountId, region).set(name, {
      tags: new Map(Object.entries(tags)),
      sessions: new Map(),
    });
  }

  /** Puts a session of ACCOUNT_ID into a state since `sinceMs`, by default now; it starts then if it is not there yet. */
  putSession(
    workgroup: string,
    id: string,
    state: SessionState,
    sinceMs: number = this.#clock.wallMs(),
  ): void {
    const sessions = this.#workgroupsOf(ACCOUNT_ID, REGION).get(workgroup)?.sessions;
    if (sessions === undefined) throw new Error(`there is no workgroup ${workgroup}`);
    sessions.set(id, {
      id,
      state,
      startMs: sessions.get(id)?.startMs ?? sinceMs,
      lastModifiedMs: sinceMs,
      ...(state === "IDLE" && { idleSinceMs: sinceMs }),
      ...(hasEnded(state) && { endMs: sinceMs }),
      description: "",
      engineVersion: SPARK,
    });
  }

  /** One page of events that happened in the window and are visible, latest first. */
  #eventsOf({ operation, fromMs, toMs, nextToken = "0" }: EventQuery): EventPage {
    const nowMs = this.#clock.wallMs();
    const matching = this.events
      .filter((event) => event.operation === operation && event.atMs >= fromMs && event.atMs <= toMs)
      .filter(({ visibleMs }) => visibleMs <= nowMs)
      .sort((a, b) => b.atMs - a.atMs);
    const start = Number(nextToken);
    const page = matching.slice(start, start + EVENTS_PER_PAGE);
    const end = start + page.length;
    const oldestMs = page.at(-1)?.atMs;
    return {
      events: page.filter(({ isOther }) => isOther !== true),
      ...(oldestMs !== undefined && { oldestMs }),
      ...(end < matching.length && { nextToken: String(end) }),
    };
  }

  /** Lets requests that match fail or hang from now on; the returned function ends that. */
  fault(match: RequestMatch, fault: FailureReason | "hang"): () => void {
    const entry = { match, fault };
    this.#faults.push(entry);
    return () => {
      this.#faults = this.#faults.filter((other) => other !== entry);
    };
  }

  /** When the requests that match were sent, in monotonic milliseconds. */
  sentMs(match: RequestMatch): number[] {
    return this.requests.filter((request) => matches(match, request)).map(({ atMs }) => atMs);
  }

  #workgroupsOf(accountId: string, region: string): Map<string, FakeWorkgroup> {
    const key = `${accountId} ${region}`;
    const workgroups = this.#accountRegions.get(key) ?? new Map<string, FakeWorkgroup>();
    this.#accountRegions.set(key, workgroups);
    return workgroups;
  }

  async #request(
    request: Omit<FakeRequest, "atMs">,
    context: CallContext,
    observer: (attempt: Attempt) => void,
  ): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await context.permit();
      const reason = await this.#attempt(request, context.signal);
      const { operation } = request;
      observer({ operation, durationMs: this.latencyMs, ...(reason !== undefined && { reason }) });
      if (reason === undefined) return;
      const isRetried = (reason === "throttled" || reason === "server_error") && attempt < ATTEMPTS;
      if (!isRetried) throw new ApiError(reason, operation, `${operation} failed`);
    }
  }

  /** Sends a request once; resolves with why it failed. */
  async #attempt(
    request: Omit<FakeRequest, "atMs">,
    signal: AbortSignal,
  ): Promise<FailureReason | undefined> {
    this.requests.push({ ...request, atMs: this.#clock.monotonicMs() });
    const fault = this.#faults.find(({ match }) => matches(match, request))?.fault;
    const key = `${request.region} ${request.workgroup}`;
    const inFlight = (this.#inFlight.get(key) ?? 0) + 1;
    this.#inFlight.set(key, inFlight);
    if (request.workgroup !== "") this.mostInFlight = Math.max(this.mostInFlight, inFlight);
    await this.#wait(fault === "hang" ? undefined : this.latencyMs, signal);
    this.#inFlight.set(key, (this.#inFlight.get(key) ?? 0) - 1);
    if (signal.aborted) return "timeout";
    return fault === "hang" ? "timeout" : fault;
  }

  /** Waits until the time has passed or the signal is aborted; without a time, only for the signal. */
  async #wait(ms: number | undefined, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = ms === undefined ? () => undefined : this.#clock.after(ms, resolve);
      const end = () => {
        cancel();
        resolve();
      };
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    });
  }
}

function matches(match: RequestMatch, request: Omit<FakeRequest, "atMs">): boolean {
  return (["operation", "region", "workgroup"] as const).every(
    (name) => match[name] === undefined || match[name] === request[name],
  );
}
