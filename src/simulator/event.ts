import type { Fleet } from "./fleet.ts";
import { starterOf, type EventIdentity } from "./identity.ts";
import { randomInteger, randomUuid, randomWaitMs, seededRandom } from "./random.ts";
import type { SimulatedSession } from "./session.ts";
import type { SimulatorSettings } from "./settings.ts";
import type { SimulatedWorkgroup } from "./workgroup.ts";

/** A call that CloudTrail has recorded. */
export interface CloudTrailEvent {
  readonly id: string;
  readonly name: string;
  readonly source: "athena.amazonaws.com" | "ssm.amazonaws.com";
  /** Unix milliseconds, in whole seconds, as CloudTrail has them. */
  readonly atMs: number;
  readonly identity: EventIdentity;
  readonly requestParameters: object;
  /** Absent for a call that failed. */
  readonly responseElements?: object;
  readonly errorCode?: string;
}

/** An account and region, and a span of time in Unix milliseconds, both ends included. */
export interface EventScope {
  readonly accountId: string;
  readonly region: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;

/** The events of an account and region that are visible at `nowMs`, newest first. */
export function visibleEvents(
  scope: EventScope,
  fleet: Fleet,
  settings: SimulatorSettings,
  nowMs: number,
): readonly CloudTrailEvent[] {
  const workgroups = [...fleet.workgroups(scope.accountId, scope.region).values()];
  for (const workgroup of workgroups) workgroup.advance(nowMs);
  const all = [
    ...workgroups.flatMap((workgroup) => sessionEvents(workgroup, scope)),
    ...otherEvents(scope, settings.otherEventsPerHour),
  ];
  return all
    .filter((event) => event.atMs + delayMs(event, settings) <= nowMs)
    .flatMap((event) => copies(event, settings))
    .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1));
}

/** CloudTrail shows some events sooner than others. */
function delayMs({ id }: CloudTrailEvent, { eventDelayMs }: SimulatorSettings): number {
  return eventDelayMs * (1 / 3 + (2 / 3) * seededRandom(id, "delay")());
}

/** None for an event that is missing, two for one that is recorded twice. */
function copies(
  event: CloudTrailEvent,
  { missingEventShare, duplicateEventShare }: SimulatorSettings,
): readonly CloudTrailEvent[] {
  const draw = seededRandom(event.id, "copies")();
  if (draw < missingEventShare) return [];
  return draw < missingEventShare + duplicateEventShare ? [event, event] : [event];
}

function sessionEvents(workgroup: SimulatedWorkgroup, scope: EventScope): readonly CloudTrailEvent[] {
  return workgroup.sessions.flatMap((session) => [
    ...(isWithin(session.startMs, scope) ? [startEvent(workgroup.name, session, scope.accountId)] : []),
    ...endEvents(session, scope),
  ]);
}

function isWithin(ms: number, { fromMs, toMs }: EventScope): boolean {
  const atMs = wholeSeconds(ms);
  return atMs >= fromMs && atMs <= toMs;
}

function startEvent(workgroup: string, session: SimulatedSession, accountId: string): CloudTrailEvent {
  const { id, description, startedBy, maxDpus } = session.traits;
  return {
    id: randomUuid(seededRandom(id, "StartSession")),
    name: "StartSession",
    source: "athena.amazonaws.com",
    atMs: wholeSeconds(session.startMs),
    identity: startedBy ?? starterOf(id, description, accountId),
    requestParameters: { workGroup: workgroup, engineConfiguration: { maxConcurrentDpus: maxDpus } },
    responseElements: { sessionId: id, state: "CREATING" },
  };
}

/** The calls of TerminateSession, none for an idle timeout. */
function endEvents(session: SimulatedSession, scope: EventScope): readonly CloudTrailEvent[] {
  const { id, description, startedBy } = session.traits;
  return session.changesUntil(scope.toMs + 1000).flatMap(({ atMs, terminatedBy }) => {
    if (terminatedBy === undefined || !isWithin(atMs, scope)) return [];
    const owner = startedBy ?? starterOf(id, description, scope.accountId);
    return [
      {
        id: randomUuid(seededRandom(id, "TerminateSession", atMs)),
        name: "TerminateSession",
        source: "athena.amazonaws.com" as const,
        atMs: wholeSeconds(atMs),
        identity: terminatedBy === "owner" ? owner : terminatedBy,
        requestParameters: { sessionId: id },
        responseElements: { state: "TERMINATING" },
      },
    ];
  });
}

/** Sessions of Systems Manager, whose operations have the same names, and starts that Athena has refused. */
function otherEvents(
  { accountId, region, fromMs, toMs }: EventScope,
  perHour: number,
): readonly CloudTrailEvent[] {
  const events: CloudTrailEvent[] = [];
  if (perHour <= 0) return events;
  for (let hour = Math.floor(fromMs / HOUR_MS); hour * HOUR_MS <= toMs; hour += 1) {
    const random = seededRandom(accountId, region, "other events", hour);
    for (let atMs = hour * HOUR_MS; ;) {
      atMs += randomWaitMs(random, perHour);
      if (atMs >= (hour + 1) * HOUR_MS) break;
      const id = randomUuid(random);
      const kind = randomInteger(random, { min: 0, max: 3 });
      if (atMs >= fromMs && atMs <= toMs) events.push(otherEvent(id, kind, atMs, accountId));
    }
  }
  return events;
}

function otherEvent(id: string, kind: number, atMs: number, accountId: string): CloudTrailEvent {
  const common = { id, atMs: wholeSeconds(atMs), identity: starterOf(id, undefined, accountId) };
  if (kind === 0) {
    return {
      ...common,
      name: "StartSession",
      source: "athena.amazonaws.com",
      requestParameters: { workGroup: "primary" },
      errorCode: "InvalidRequestException",
    };
  }
  const sessionId = `ops-${id.slice(0, 17)}`;
  return {
    ...common,
    name: kind === 1 ? "TerminateSession" : "StartSession",
    source: "ssm.amazonaws.com",
    requestParameters: kind === 1 ? { sessionId } : { target: "i-0123456789abcdef0" },
    responseElements: { sessionId, streamUrl: "wss://ssmmessages.example/v1/data-channel" },
  };
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
