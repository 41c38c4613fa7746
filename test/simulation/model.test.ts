import { describe, expect, test } from "vitest";
import type { FaultItem, Item, SessionItem, World, WorkgroupItem } from "./history.ts";
import { EPOCH_MS, Model } from "./model.ts";
import { ModelClient } from "./model-client.ts";
import type { Attempt } from "./model-requests.ts";
import { countsAt, degradedDuring, endedDuring, livedMsDuring, sightings, startedDuring } from "./truth.ts";
import { VirtualClock } from "./virtual-clock.ts";

const SECOND = 1000;
const ACCOUNT = "111111111111";
const REGION = "eu-west-1";
const WORKGROUP: WorkgroupItem = {
  kind: "workgroup",
  id: "etl 0",
  account: ACCOUNT,
  region: REGION,
  name: "etl",
  fromMs: -Infinity,
  untilMs: Infinity,
  engineVersion: "PySpark engine version 3",
  isSpark: true,
  tags: { team: "data" },
};

function session(id: string, steps: SessionItem["steps"], fields: Partial<SessionItem> = {}): SessionItem {
  return { kind: "session", workgroup: "etl 0", id, steps, omits: [], ...fields };
}

/** CREATING at its start, IDLE 10 s later, then `state` for good from 60 s on. */
function life(id: string, startMs: number, state: SessionItem["steps"][number]["state"]): SessionItem {
  return session(id, [
    { atMs: startMs, state: "CREATING" },
    { atMs: startMs + 10 * SECOND, state: "IDLE" },
    { atMs: startMs + 60 * SECOND, state },
  ]);
}

function world(items: readonly Item[], behaviour: Partial<World["behaviour"]> = {}): World {
  return {
    seed: 1,
    durationMs: 3_600_000,
    ownAccount: ACCOUNT,
    defaultRegion: REGION,
    shards: 1,
    settings: {},
    items: [WORKGROUP, ...items],
    behaviour: {
      listsDegraded: true,
      listsTerminating: true,
      lagMs: 0,
      pageSize: 100,
      shortPages: 0,
      repeats: 0,
      unknownIdReason: "invalid_request",
      remembersDeleted: true,
      latencyMs: [100, 100],
      ...behaviour,
    },
  };
}

class Refused extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** A client of a world, and its clock. */
function connect(items: readonly Item[], behaviour: Partial<World["behaviour"]> = {}) {
  const model = new Model(world(items, behaviour));
  const clock = new VirtualClock((nowMs) => model.wallClock.at(nowMs));
  const attempts: Attempt[] = [];
  const end = new AbortController();
  const client = new ModelClient({
    model,
    clock,
    region: REGION,
    timeoutMs: 10_000,
    awsTime: { learn: () => {}, at: (monotonicMs) => monotonicMs },
    observer: (attempt) => attempts.push(attempt),
    fail: (reason) => new Refused(reason),
  });
  const context = { signal: end.signal, permit: async () => {} };
  /** The outcome of a call that is made now, when it has one. */
  const settle = async <Value>(call: Promise<Value>): Promise<Value | string> => {
    let outcome: Value | string = "pending";
    void call.then(
      (value) => (outcome = value),
      (error: unknown) => (outcome = error instanceof Refused ? error.reason : String(error)),
    );
    await clock.runUntil(clock.monotonicMs() + 60_000);
    return outcome;
  };
  return { model, clock, client, context, attempts, end, settle };
}

const ids = (page: { sessions: readonly { id: string }[] }) => page.sessions.map(({ id }) => id);

describe("a listing", () => {
  const sessions = [
    life("old", 0, "BUSY"),
    life("new", 20 * SECOND, "TERMINATED"),
    life("bad", 10 * SECOND, "DEGRADED"),
  ];
  const [workgroup] = new Model(world(sessions)).workgroups;

  test("has active sessions, the newest start first", () => {
    expect(ids(workgroup?.list(30 * SECOND, undefined, undefined) ?? { sessions: [] })).toEqual([
      "new",
      "bad",
      "old",
    ]);
    expect(ids(workgroup?.list(90 * SECOND, undefined, undefined) ?? { sessions: [] })).toEqual([
      "bad",
      "old",
    ]);
  });

  test("has with a filter the sessions in that state, ended ones for ever", () => {
    expect(ids(workgroup?.list(90 * SECOND, "TERMINATED", undefined) ?? { sessions: [] })).toEqual(["new"]);
    expect(ids(workgroup?.list(1e10, "TERMINATED", undefined) ?? { sessions: [] })).toEqual(["new"]);
    expect(ids(workgroup?.list(90 * SECOND, "CREATING", undefined) ?? { sessions: [] })).toEqual([]);
  });

  test("leaves hidden states out unless they are asked for", () => {
    const [hiding] = new Model(world(sessions, { listsDegraded: false })).workgroups;
    expect(ids(hiding?.list(90 * SECOND, undefined, undefined) ?? { sessions: [] })).toEqual(["old"]);
    expect(ids(hiding?.list(90 * SECOND, "DEGRADED", undefined) ?? { sessions: [] })).toEqual(["bad"]);
  });

  test("is as old as the lag at most", () => {
    const [lagging] = new Model(world(sessions, { lagMs: 5 * SECOND })).workgroups;
    const shown = Array.from({ length: 50 }, () =>
      ids(lagging?.list(12 * SECOND, undefined, undefined) ?? { sessions: [] }),
    );
    expect(new Set(shown.map(String))).toEqual(new Set(["old", "bad,old"]));
    expect(ids(lagging?.list(15 * SECOND, undefined, undefined) ?? { sessions: [] })).toEqual(["bad", "old"]);
  });

  test("comes in pages, each with another token, of which some may be short or repeat a session", () => {
    const many = Array.from({ length: 20 }, (_, index) => life(`s${index}`, index, "IDLE"));
    const [paged] = new Model(world(many, { pageSize: 3, shortPages: 0.5, repeats: 0.5 })).workgroups;
    const seen: string[] = [];
    const tokens = new Set<string>();
    for (let token: string | undefined, pages = 0; pages < 100; pages += 1) {
      const page = paged?.list(30 * SECOND, undefined, token);
      seen.push(...ids(page ?? { sessions: [] }));
      token = page?.nextToken;
      if (token === undefined) break;
      expect(tokens).not.toContain(token);
      tokens.add(token);
    }
    expect([...new Set(seen)]).toEqual(many.map(({ id }) => id).reverse());
    expect(seen.length).toBeGreaterThan(20);
  });
});

describe("a session's life", () => {
  test("is cut short by a mass end and by its workgroup's deletion", () => {
    const massEnd = { kind: "mass end", workgroup: "etl 0", atMs: 30 * SECOND } as const;
    const [ended] = new Model(world([life("a", 0, "BUSY"), massEnd])).workgroups;
    expect(ended?.sessions[0]?.stateAt(29 * SECOND)).toBe("IDLE");
    expect(ended?.sessions[0]?.stateAt(31 * SECOND)).toBe("TERMINATING");
    expect(ended?.sessions[0]?.stateAt(120 * SECOND)).toBe("TERMINATED");
    const items = [
      { ...WORKGROUP, id: "gone", untilMs: 30 * SECOND },
      { ...life("b", 0, "BUSY"), workgroup: "gone" },
    ];
    const gone = new Model(world(items)).workgroups.find(({ item }) => item.id === "gone");
    expect(gone?.sessions[0]?.endMs).toBe(30 * SECOND);
  });

  test("is told by AWS' clock, without the fields that are omitted", () => {
    const step = { kind: "clock step", clock: "aws", atMs: 5 * SECOND, byMs: 3_600_000 } as const;
    const [workgroup] = new Model(world([{ ...life("a", 0, "FAILED"), omits: ["idleSince"] }, step]))
      .workgroups;
    const [first] = workgroup?.sessions ?? [];
    expect(first?.listed(0)).toMatchObject({
      state: "CREATING",
      startMs: EPOCH_MS,
      lastModifiedMs: EPOCH_MS,
    });
    expect(first?.listed(1)).toMatchObject({
      state: "IDLE",
      lastModifiedMs: EPOCH_MS + 10 * SECOND + 3_600_000,
    });
    expect(first?.listed(1)).not.toHaveProperty("idleSinceMs");
    expect(first?.lookedUp(2)).toMatchObject({
      state: "FAILED",
      endMs: EPOCH_MS + 60 * SECOND + 3_600_000,
      description: "",
    });
  });
});

test("the truth counts what lives, starts, degrades and ends", () => {
  const anonymous = session("", [{ atMs: 0, state: "IDLE" }]);
  const model = new Model(world([life("a", 0, "DEGRADED"), life("b", 30 * SECOND, "FAILED"), anonymous]));
  const workgroup = model.workgroups[0];
  if (workgroup === undefined) throw new Error("there is no workgroup");
  expect(countsAt(workgroup, 65 * SECOND)).toMatchObject({ DEGRADED: 1, IDLE: 2, CREATING: 0 });
  expect(startedDuring(workgroup, 0, 100 * SECOND)).toBe(1);
  expect(degradedDuring(workgroup, 0, 100 * SECOND)).toBe(1);
  expect(endedDuring(workgroup, "FAILED", 0, 90 * SECOND)).toBe(1);
  expect(endedDuring(workgroup, "FAILED", 0, 89 * SECOND)).toBe(0);
  expect(livedMsDuring(workgroup, 20 * SECOND, 120 * SECOND)).toBe(100 * SECOND + 60 * SECOND);
  const seen = sightings(workgroup, 55 * SECOND, 65 * SECOND).find(({ session: { id } }) => id === "a");
  expect([...(seen?.states ?? [])]).toEqual(["IDLE", "DEGRADED"]);
  expect(
    sightings(workgroup, 89 * SECOND, 95 * SECOND).map(({ livesThroughout }) => livesThroughout),
  ).toEqual([false, true, true]);
});

describe("a call", () => {
  test("answers after its latency, and one attempt is reported", async () => {
    const { client, context, attempts, settle } = connect([life("a", 0, "BUSY")]);
    expect(await settle(client.listSessions({ workgroup: "etl" }, context))).toMatchObject({
      sessions: [{ id: "a", state: "CREATING" }],
    });
    expect(attempts).toEqual([{ operation: "ListSessions", durationMs: 100 }]);
  });

  test.each([
    ["throttled", "throttled", 3],
    ["server_error", "server_error", 3],
    ["network", "network", 3],
    ["hang", "timeout", 3],
    ["access_denied", "access_denied", 1],
    ["credentials", "credentials", 1],
    ["malformed_response", "malformed_response", 1],
  ] as const)("that meets the fault %s fails as %s after %i attempts", async (type, reason, count) => {
    const fault: FaultItem = {
      kind: "fault",
      type,
      fromMs: 0,
      untilMs: 1e9,
      share: 1,
      operation: "GetSessionStatus",
    };
    const { client, context, attempts, settle, model } = connect([life("a", 0, "BUSY"), fault]);
    expect(await settle(client.getSessionStatus("a", context))).toBe(reason);
    expect(attempts.map((attempt) => attempt.reason)).toEqual(Array.from({ length: count }, () => reason));
    expect(model.failedCalls).toMatchObject([{ operation: "GetSessionStatus", reason, account: ACCOUNT }]);
    expect(await settle(client.listSessions({ workgroup: "etl" }, context))).toHaveProperty("sessions");
  });

  test("of an unknown workgroup, a SQL one, or an unknown session is refused", async () => {
    const sql = {
      ...WORKGROUP,
      id: "sql 0",
      name: "sql",
      isSpark: false,
      engineVersion: "Athena engine version 3",
    };
    const { client, context, settle } = connect([sql], { unknownIdReason: "not_found" });
    expect(await settle(client.listSessions({ workgroup: "none" }, context))).toBe("invalid_request");
    expect(await settle(client.listSessions({ workgroup: "sql" }, context))).toBe("invalid_request");
    expect(await settle(client.getSessionStatus("none", context))).toBe("not_found");
    expect(await settle(client.listWorkgroups(context))).toHaveLength(2);
    expect(await settle(client.listTags(ACCOUNT, "etl", context))).toEqual(new Map([["team", "data"]]));
  });

  test("ends at once when it is aborted, and its attempt is reported", async () => {
    const hang: FaultItem = { kind: "fault", type: "hang", fromMs: 0, untilMs: 1e9, share: 1 };
    const { client, context, attempts, clock, end, settle } = connect([hang]);
    clock.after(2000, () => end.abort(new Error("stop")));
    expect(await settle(client.listSessions({ workgroup: "etl" }, context))).toBe("other");
    expect(attempts).toEqual([{ operation: "ListSessions", durationMs: 2000, reason: "other" }]);
  });

  test("by credentials of another account than the expected one is a failure", async () => {
    const rotation = { kind: "rotation", atMs: 30 * SECOND, account: "222222222222" } as const;
    const { client, context, settle } = connect([rotation]);
    expect(await settle(client.getCallerIdentity(context))).toMatchObject({ accountId: ACCOUNT });
    client.expectAccount(ACCOUNT);
    expect(await settle(client.listWorkgroups(context))).toBe("credentials");
    expect(await settle(client.getCallerIdentity(context))).toMatchObject({ accountId: "222222222222" });
  });
});
