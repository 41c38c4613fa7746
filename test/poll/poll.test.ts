import { describe, expect, it } from "vitest";
import { ApiError } from "../../src/failure.ts";
import { poll, type PollResult, type SessionCalls } from "../../src/poll/poll.ts";
import type { Session } from "../../src/sessions/session.ts";
import { newTracker, type Tracker } from "../../src/sessions/tracker.ts";
import { VirtualClock } from "./virtual-clock.ts";

const session: Session = { id: "a", state: "IDLE", startMs: 1000, description: "", engineVersion: "" };
const details = { coordinatorDpus: 2, executionRole: "arn:r" };

/** API calls that return one idle session; every request takes a permit. */
function athenaWith(calls: Partial<SessionCalls>, clock: VirtualClock): SessionCalls {
  return {
    async listSessions({ stateFilter }, context) {
      await context.permit();
      return { sessions: stateFilter === undefined ? [session] : [] };
    },
    async getSessionStatus(_, context) {
      await context.permit();
      return session;
    },
    async getSession(_, context) {
      await context.permit();
      return { session, details };
    },
    nowMs: () => clock.wallMs(),
    ...calls,
  };
}

const emptyListing: SessionCalls["listSessions"] = async (_, context) => {
  await context.permit();
  return { sessions: [] };
};

function failWith(reason: ApiError["reason"], operation: string) {
  return async (): Promise<never> => {
    throw new ApiError(reason, operation, "no");
  };
}

async function pollWith(
  calls: Partial<SessionCalls>,
  {
    tracker = newTracker,
    maxDetailCalls = 0,
    clock = new VirtualClock(),
    signal = new AbortController().signal,
  } = {},
): Promise<PollResult> {
  const time = {
    nowMonotonicMs: clock.monotonicMs(),
    pollIntervalMs: 60_000,
    reconcileIntervalMs: 600_000,
    isScarce: false,
    phase: 0,
    maxDetailCalls,
  };
  const permits = { take: async () => {} };
  const limits = { clock, permits, deadlineMs: 10_000, signal, hasPermit: true };
  return poll("etl", tracker, time, athenaWith(calls, clock), limits);
}

function trackerOf({ outcome }: PollResult): Tracker {
  if ("failure" in outcome) throw new Error(outcome.failure.message);
  return outcome.findings.tracker;
}

describe("a poll", () => {
  it("succeeds with the sessions that the API returns, and the number of requests", async () => {
    const result = await pollWith({});
    expect([...trackerOf(result).active.keys()]).toEqual(["a"]);
    expect(result.requests).toBe(3);
  });

  it("counts all seconds since the last poll if its first request is retried for long", async () => {
    const clock = new VirtualClock();
    const tracker = trackerOf(await pollWith({}, { clock }));
    await clock.advance(60_000);
    const { listSessions } = athenaWith({}, clock);
    const retried: SessionCalls["listSessions"] = async (request, context) => {
      await context.permit();
      await clock.advance(30_000);
      return listSessions(request, context);
    };
    const { counters } = trackerOf(await pollWith({ listSessions: retried }, { tracker, clock }));
    expect(counters.sessionSeconds.IDLE).toBe(90);
  });

  it("fails if a request fails, with its reason and operation", async () => {
    const result = await pollWith({ listSessions: failWith("throttled", "ListSessions") });
    expect(result.outcome).toEqual({
      failure: { reason: "throttled", operation: "ListSessions", message: "no" },
    });
  });

  it("fails if GetSessionStatus is denied, so that the missing permission is reported", async () => {
    const tracker = trackerOf(await pollWith({}));
    const denied = {
      listSessions: emptyListing,
      getSessionStatus: failWith("access_denied", "GetSessionStatus"),
    };
    const result = await pollWith(denied, { tracker });
    expect(result.outcome).toMatchObject({
      failure: { reason: "access_denied", operation: "GetSessionStatus" },
    });
  });

  it.each(["not_found", "invalid_request"] as const)(
    "continues if GetSessionStatus fails with %s, which concerns only one session",
    async (reason) => {
      const tracker = trackerOf(await pollWith({}));
      const unknown = { listSessions: emptyListing, getSessionStatus: failWith(reason, "GetSessionStatus") };
      expect(trackerOf(await pollWith(unknown, { tracker })).active.get("a")?.notFoundPolls).toBe(1);
    },
  );

  it("reads details with GetSession", async () => {
    const result = await pollWith({}, { maxDetailCalls: 10 });
    expect(trackerOf(result).active.get("a")?.details).toEqual(details);
    expect(result.requests).toBe(4);
  });

  it.each(["access_denied", "server_error", "malformed_response"] as const)(
    "succeeds without details if GetSession fails with %s",
    async (reason) => {
      const result = await pollWith({ getSession: failWith(reason, "GetSession") }, { maxDetailCalls: 10 });
      expect(trackerOf(result).active.get("a")?.state).toBe("IDLE");
      expect(trackerOf(result).active.get("a")?.details).toBeUndefined();
    },
  );

  it("fails with the reason timeout at its deadline, even if only GetSession is slow", async () => {
    const clock = new VirtualClock();
    const getSession: SessionCalls["getSession"] = async (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(new ApiError("timeout", "GetSession", "too slow"));
        });
      });
    const result = pollWith({ getSession }, { clock, maxDetailCalls: 10 });
    await clock.advance(10_000);
    expect((await result).outcome).toMatchObject({ failure: { reason: "timeout", operation: "GetSession" } });
    expect((await result).durationMs).toBe(10_000);
    expect(clock.timers).toBe(0);
  });
});
