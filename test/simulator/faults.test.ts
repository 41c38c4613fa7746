import { setImmediate } from "node:timers/promises";
import { ListSessionsCommand, ListWorkGroupsCommand } from "@aws-sdk/client-athena";
import { describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { InjectedFault } from "../../src/simulator/fault.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { sendRaw } from "./raw-request.ts";
import { athena, simulate } from "./harness.ts";

const LIST = { body: '{"WorkGroup":"etl"}' };

async function withSessions(): Promise<Simulator> {
  const simulator = await simulate();
  for (const age of [1, 2, 3, 4]) {
    simulator.fleet.addSession({ workgroup: "etl" }, { state: "IDLE", atMs: Date.now() - age * 1000 });
  }
  return simulator;
}

async function responseUnder(fault: InjectedFault) {
  const simulator = await withSessions();
  simulator.faults.add(fault);
  return sendRaw(simulator.url, LIST);
}

test.each<[InjectedFault, number, string]>([
  [{ kind: "throttled" }, 400, "ThrottlingException"],
  [{ kind: "throttled", status: 429 }, 429, "ThrottlingException"],
  [{ kind: "internal-error" }, 500, "InternalServerException"],
  [{ kind: "unavailable" }, 503, "ServiceUnavailable"],
  [{ kind: "access-denied" }, 400, "AccessDeniedException"],
  [{ kind: "expired-token" }, 400, "ExpiredTokenException"],
  [{ kind: "unrecognized-client" }, 400, "UnrecognizedClientException"],
  [{ kind: "invalid-request" }, 400, "InvalidRequestException"],
  [{ kind: "not-found" }, 400, "ResourceNotFoundException"],
])("an AWS error: %j", async (fault, status, type) => {
  const response = await responseUnder(fault);
  expect([response.status, response.type]).toEqual([status, type]);
});

test("throttling can carry a Retry-After header", async () => {
  const { headers } = await responseUnder({ kind: "throttled", retryAfterSeconds: 7 });
  expect(headers["retry-after"]).toBe("7");
});

test("an HTML page instead of a JSON response", async () => {
  const { status, headers, text } = await responseUnder({ kind: "html", status: 200 });
  expect([status, headers["content-type"], text.slice(0, 6)]).toEqual([200, "text/html", "<html>"]);
});

test.each<
  [
    InjectedFault["kind"] &
      ("empty-body" | "null-body" | "array-body" | "truncated" | "not-json" | "wrong-type"),
    RegExp,
  ]
>([
  ["empty-body", /^$/],
  ["null-body", /^null$/],
  ["array-body", /^\[\]$/],
  ["truncated", /^\{"Sessions":\[.*[^}]$/],
  ["not-json", /^upstream/],
  ["wrong-type", /^\{"Sessions":"none"\}$/],
])("a 200 with a corrupted body: %s", async (kind, body) => {
  const { status, text } = await responseUnder({ kind });
  expect(status).toBe(200);
  expect(text).toMatch(body);
});

describe("corrupted sessions in a listing", () => {
  async function sessionsUnder(fault: InjectedFault) {
    return (JSON.parse((await responseUnder(fault)).text) as { Sessions: unknown[] }).Sessions;
  }

  test("a null entry", async () => {
    const sessions = await sessionsUnder({ kind: "null-entries" });
    expect([sessions.length, sessions[0]]).toEqual([5, null]);
  });

  test("an unknown state", async () => {
    const sessions = await sessionsUnder({ kind: "unknown-state" });
    expect(sessions[0]).toMatchObject({ Status: { State: "HIBERNATING" } });
  });

  test("absent fields", async () => {
    const sessions = await sessionsUnder({ kind: "absent-fields" });
    const id = expect.any(String) as string;
    expect(sessions).toEqual([
      {},
      { SessionId: id },
      { SessionId: id, Status: {} },
      { SessionId: id, Status: { State: "IDLE" } },
    ]);
  });

  test("implausible dates", async () => {
    const sessions = await sessionsUnder({ kind: "absurd-dates" });
    expect(sessions[0]).toMatchObject({
      Status: { StartDateTime: -62_135_596_801, IdleSinceDateTime: 253_402_300_799 },
    });
  });
});

describe("incorrect pagination", () => {
  async function pagesUnder(fault: InjectedFault, maxPages: number) {
    const simulator = await withSessions();
    simulator.faults.add(fault);
    const client = athena(simulator);
    const pages: { ids: readonly string[]; token: string | undefined }[] = [];
    let token: string | undefined;
    do {
      const response = await client.send(
        new ListSessionsCommand({ WorkGroup: "etl", NextToken: token, MaxResults: 3 }),
      );
      token = response.NextToken;
      pages.push({ ids: (response.Sessions ?? []).map(({ SessionId = "" }) => SessionId), token });
    } while (token !== undefined && pages.length < maxPages);
    return pages;
  }

  test("the same token on every page", async () => {
    const tokens = (await pagesUnder({ kind: "repeated-token" }, 5)).map(({ token }) => token);
    expect(tokens).toHaveLength(5);
    expect(new Set(tokens).size).toBe(1);
  });

  test("a new token on every page, without end", async () => {
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

describe("responses that are not delivered", () => {
  /** The outcome for a client that aborts after the request has been received. */
  async function outcomeOfAbort(fault: InjectedFault, clock: Clock = systemClock) {
    const simulator = await simulate({ clock });
    simulator.faults.add(fault);
    const abort = new AbortController();
    const pending = athena(simulator).send(new ListWorkGroupsCommand({}), { abortSignal: abort.signal });
    const outcome = pending.then(
      () => "complete response",
      (error: unknown) => (error as Error).name,
    );
    while (simulator.requests.total === 0) await setImmediate();
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    abort.abort();
    return outcome;
  }

  test.each<InjectedFault>([{ kind: "hang" }, { kind: "stall" }, { kind: "drip", intervalMs: 10_000 }])(
    "no or an incomplete response: %j",
    async (fault) => {
      expect(await outcomeOfAbort(fault)).toBe("AbortError");
    },
  );

  test("a body that is sent byte by byte is complete in the end", async () => {
    const withoutDelays = {
      ...systemClock,
      after: (_: number, action: () => void) => systemClock.after(0, action),
    };
    const simulator = await simulate({ clock: withoutDelays });
    simulator.faults.add({ kind: "drip", intervalMs: 60_000 });
    const { WorkGroups } = await athena(simulator).send(new ListWorkGroupsCommand({}));
    expect(WorkGroups).toHaveLength(3);
  });

  test("a connection that is reset", async () => {
    await expect(responseUnder({ kind: "reset" })).rejects.toThrow(
      expect.objectContaining({ code: "ECONNRESET" }),
    );
  });

  test("an endless body is cut off at maxBytes", async () => {
    await expect(responseUnder({ kind: "huge-body", maxBytes: 3_000_000 })).rejects.toThrow(/aborted/);
  });
});

test("a skewed Date header", async () => {
  const { headers } = await responseUnder({ kind: "date-skew", skewMs: -3_600_000 });
  const skewMs = Date.parse(String(headers["date"])) - Date.now();
  expect(Math.round(skewMs / 60_000)).toBe(-60);
});

describe("the requests that a fault applies to", () => {
  test("can be limited by operation, workgroup and number", async () => {
    const simulator = await simulate();
    simulator.faults.add({ kind: "internal-error", operation: "ListSessions", workgroup: "etl", times: 2 });
    const statusOf = async (workgroup: string) =>
      (await sendRaw(simulator.url, { body: `{"WorkGroup":"${workgroup}"}` })).status;
    expect([
      await statusOf("etl"),
      await statusOf("notebooks"),
      await statusOf("etl"),
      await statusOf("etl"),
    ]).toEqual([500, 200, 500, 200]);
    expect(simulator.requests.count({ fault: "internal-error", workgroup: "etl" })).toBe(2);
  });

  test("are all requests until it is cleared, by default", async () => {
    const simulator = await simulate();
    const clear = simulator.faults.add({ kind: "unavailable" });
    expect((await sendRaw(simulator.url, LIST)).status).toBe(503);
    clear();
    expect((await sendRaw(simulator.url, LIST)).status).toBe(200);
  });
});
