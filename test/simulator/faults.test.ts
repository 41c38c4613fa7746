import { setImmediate } from "node:timers/promises";
import { ListSessionsCommand, ListWorkGroupsCommand } from "@aws-sdk/client-athena";
import { describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { Fault } from "../../src/simulator/fault.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { sendRaw } from "./raw-request.ts";
import { athena, simulate } from "./world.ts";

const LIST = { body: '{"WorkGroup":"etl"}' };

async function withSessions(): Promise<Simulator> {
  const simulator = await simulate();
  for (const age of [1, 2, 3, 4]) {
    simulator.fleet.addSession({ workgroup: "etl" }, { state: "IDLE", atMs: Date.now() - age * 1000 });
  }
  return simulator;
}

async function answerUnder(fault: Fault) {
  const simulator = await withSessions();
  simulator.faults.add(fault);
  return sendRaw(simulator.url, LIST);
}

test.each<[Fault, number, string]>([
  [{ kind: "throttled" }, 400, "ThrottlingException"],
  [{ kind: "throttled", status: 429 }, 429, "ThrottlingException"],
  [{ kind: "internal-error" }, 500, "InternalServerException"],
  [{ kind: "unavailable" }, 503, "ServiceUnavailable"],
  [{ kind: "access-denied" }, 400, "AccessDeniedException"],
  [{ kind: "expired-token" }, 400, "ExpiredTokenException"],
  [{ kind: "unrecognized-client" }, 400, "UnrecognizedClientException"],
  [{ kind: "invalid-request" }, 400, "InvalidRequestException"],
  [{ kind: "not-found" }, 400, "ResourceNotFoundException"],
])("an error of AWS: %j", async (fault, status, type) => {
  const answer = await answerUnder(fault);
  expect([answer.status, answer.type]).toEqual([status, type]);
});

test("throttling may say when to come back", async () => {
  const { headers } = await answerUnder({ kind: "throttled", retryAfterSeconds: 7 });
  expect(headers["retry-after"]).toBe("7");
});

test("an HTML page instead of an answer", async () => {
  const { status, headers, text } = await answerUnder({ kind: "html", status: 200 });
  expect([status, headers["content-type"], text.slice(0, 6)]).toEqual([200, "text/html", "<html>"]);
});

test.each<
  [
    Fault["kind"] & ("empty-body" | "null-body" | "array-body" | "truncated" | "not-json" | "wrong-type"),
    RegExp,
  ]
>([
  ["empty-body", /^$/],
  ["null-body", /^null$/],
  ["array-body", /^\[\]$/],
  ["truncated", /^\{"Sessions":\[.*[^}]$/],
  ["not-json", /^upstream/],
  ["wrong-type", /^\{"Sessions":"none"\}$/],
])("a 200 with a spoilt body: %s", async (kind, body) => {
  const { status, text } = await answerUnder({ kind });
  expect(status).toBe(200);
  expect(text).toMatch(body);
});

describe("sessions that are spoilt", () => {
  async function sessionsUnder(fault: Fault) {
    return (JSON.parse((await answerUnder(fault)).text) as { Sessions: unknown[] }).Sessions;
  }

  test("a null among them", async () => {
    const sessions = await sessionsUnder({ kind: "null-entries" });
    expect([sessions.length, sessions[0]]).toEqual([5, null]);
  });

  test("a state nobody knows", async () => {
    const sessions = await sessionsUnder({ kind: "unknown-state" });
    expect(sessions[0]).toMatchObject({ Status: { State: "HIBERNATING" } });
  });

  test("fewer and fewer fields", async () => {
    const sessions = await sessionsUnder({ kind: "absent-fields" });
    const id = expect.any(String) as string;
    expect(sessions).toEqual([
      {},
      { SessionId: id },
      { SessionId: id, Status: {} },
      { SessionId: id, Status: { State: "IDLE" } },
    ]);
  });

  test("dates no clock shows", async () => {
    const sessions = await sessionsUnder({ kind: "absurd-dates" });
    expect(sessions[0]).toMatchObject({
      Status: { StartDateTime: -62_135_596_801, IdleSinceDateTime: 253_402_300_799 },
    });
  });
});

describe("paging that is spoilt", () => {
  async function pagesUnder(fault: Fault, most: number) {
    const simulator = await withSessions();
    simulator.faults.add(fault);
    const client = athena(simulator);
    const pages: { ids: readonly string[]; token: string | undefined }[] = [];
    let token: string | undefined;
    do {
      const answer = await client.send(
        new ListSessionsCommand({ WorkGroup: "etl", NextToken: token, MaxResults: 3 }),
      );
      token = answer.NextToken;
      pages.push({ ids: (answer.Sessions ?? []).map(({ SessionId = "" }) => SessionId), token });
    } while (token !== undefined && pages.length < most);
    return pages;
  }

  test("the same token again and again", async () => {
    const tokens = (await pagesUnder({ kind: "repeated-token" }, 5)).map(({ token }) => token);
    expect(tokens).toHaveLength(5);
    expect(new Set(tokens).size).toBe(1);
  });

  test("ever new tokens", async () => {
    const tokens = (await pagesUnder({ kind: "endless-tokens" }, 8)).map(({ token }) => token);
    expect(new Set(tokens).size).toBe(8);
  });

  test("a session on two pages", async () => {
    const pages = await pagesUnder({ kind: "session-twice" }, 20);
    const ids = pages.flatMap(({ ids }) => ids);
    expect(pages.at(-1)?.token).toBeUndefined();
    expect(new Set(ids).size).toBe(4);
    expect(ids.length).toBeGreaterThan(4);
  });

  test("a second page that fails", async () => {
    await expect(pagesUnder({ kind: "page-fails" }, 3)).rejects.toThrow(
      expect.objectContaining({ name: "InternalServerException" }),
    );
  });
});

describe("answers that do not arrive", () => {
  /** What a client saw before it gave up, having received at least one chunk or nothing. */
  async function partialUnder(fault: Fault, clock: Clock = systemClock) {
    const simulator = await simulate({ clock });
    simulator.faults.add(fault);
    const giveUp = new AbortController();
    const pending = athena(simulator).send(new ListWorkGroupsCommand({}), { abortSignal: giveUp.signal });
    const outcome = pending.then(
      () => "answered",
      (error: unknown) => (error as Error).name,
    );
    while (simulator.requests.total === 0) await setImmediate();
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    giveUp.abort();
    return outcome;
  }

  test.each<Fault>([{ kind: "hang" }, { kind: "stall" }, { kind: "drip", intervalMs: 10_000 }])(
    "nothing, or not all: %j",
    async (fault) => {
      expect(await partialUnder(fault)).toBe("AbortError");
    },
  );

  test("a body that drips is whole in the end", async () => {
    const hasty = { ...systemClock, after: (_: number, action: () => void) => systemClock.after(0, action) };
    const simulator = await simulate({ clock: hasty });
    simulator.faults.add({ kind: "drip", intervalMs: 60_000 });
    const { WorkGroups } = await athena(simulator).send(new ListWorkGroupsCommand({}));
    expect(WorkGroups).toHaveLength(3);
  });

  test("a connection that is reset", async () => {
    await expect(answerUnder({ kind: "reset" })).rejects.toThrow(
      expect.objectContaining({ code: "ECONNRESET" }),
    );
  });

  test("a body that does not end breaks off at its cap", async () => {
    await expect(answerUnder({ kind: "huge-body", maxBytes: 3_000_000 })).rejects.toThrow(/aborted/);
  });
});

test("a Date header that is off", async () => {
  const { headers } = await answerUnder({ kind: "date-skew", skewMs: -3_600_000 });
  const skewMs = Date.parse(String(headers["date"])) - Date.now();
  expect(Math.round(skewMs / 60_000)).toBe(-60);
});

describe("which requests a fault befalls", () => {
  test("the next ones, by operation and workgroup", async () => {
    const simulator = await simulate();
    simulator.faults.add({ kind: "internal-error", operation: "ListSessions", workgroup: "etl", times: 2 });
    const ask = async (workgroup: string) =>
      (await sendRaw(simulator.url, { body: `{"WorkGroup":"${workgroup}"}` })).status;
    expect([await ask("etl"), await ask("notebooks"), await ask("etl"), await ask("etl")]).toEqual([
      500, 200, 500, 200,
    ]);
    expect(simulator.requests.count({ fault: "internal-error", workgroup: "etl" })).toBe(2);
  });

  test("all, until it is cleared", async () => {
    const simulator = await simulate();
    const clear = simulator.faults.add({ kind: "unavailable" });
    expect((await sendRaw(simulator.url, LIST)).status).toBe(503);
    clear();
    expect((await sendRaw(simulator.url, LIST)).status).toBe(200);
  });
});
