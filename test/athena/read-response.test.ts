import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../../src/failure.ts";
import { RESPONSE_READERS, type ResponseReaders } from "../../src/athena/read-response.ts";

const NOW = Date.UTC(2026, 0, 1);

/** Epoch seconds, as the API writes times. */
const at = (ms: number) => ms / 1000;

function read<Name extends keyof ResponseReaders>(operation: Name, output: unknown) {
  const body = Buffer.from(typeof output === "string" ? output : JSON.stringify(output));
  return RESPONSE_READERS[operation](body, NOW) as ReturnType<ResponseReaders[Name]>;
}

describe("a page of sessions", () => {
  it("is parsed into sessions", () => {
    const page = read("ListSessions", {
      Sessions: [
        {
          SessionId: "a",
          Description: "dbt",
          EngineVersion: {
            SelectedEngineVersion: "AUTO",
            EffectiveEngineVersion: "PySpark engine version 3",
          },
          Status: {
            State: "IDLE",
            StateChangeReason: "waits",
            StartDateTime: at(NOW - 3000),
            LastModifiedDateTime: at(NOW - 2000),
            IdleSinceDateTime: at(NOW - 1000),
          },
        },
      ],
      NextToken: "more",
    });
    expect(page).toEqual({
      items: [
        {
          id: "a",
          state: "IDLE",
          startMs: NOW - 3000,
          lastModifiedMs: NOW - 2000,
          idleSinceMs: NOW - 1000,
          stateReason: "waits",
          description: "dbt",
          engineVersion: "PySpark engine version 3",
        },
      ],
      nextToken: "more",
    });
  });

  it.each([{}, { Sessions: null }, { Sessions: "x" }, { Sessions: {} }])(
    "without a list is malformed, not empty: %o",
    (output) => {
      expect(() => read("ListSessions", output)).toThrow(/no list Sessions/);
    },
  );

  it.each(["", "null", "[]", "<html>", '{"Sessions": [', '"Sessions"'])(
    "with the body %o is malformed",
    (body) => {
      expect(() => read("ListSessions", body)).toThrow(ApiError);
    },
  );

  it.each([
    [null],
    [1],
    ["a"],
    [[]],
    [{ SessionId: 5 }],
    [{ Status: "IDLE" }],
    [{ Status: { State: 7 } }],
    [{ Status: { StartDateTime: "yesterday" } }],
    [{ EngineVersion: "PySpark" }],
    [{ Description: {} }],
  ])("with the entry %o is malformed", (entry) => {
    expect(() => read("ListSessions", { Sessions: [entry] })).toThrow(ApiError);
  });

  it("has the state UNKNOWN for a session whose state is absent or not known to the exporter", () => {
    const { items } = read("ListSessions", { Sessions: [{}, { Status: { State: "HIBERNATING" } }] });
    expect(items).toEqual([
      { id: "", state: "UNKNOWN", description: "", engineVersion: "" },
      { id: "", state: "UNKNOWN", description: "", engineVersion: "" },
    ]);
  });

  it.each([at(0), at(-5000), at(NOW + 2 * 86_400_000), at(8e15), 1e300])(
    "treats the implausible time %o as absent",
    (time) => {
      const status = {
        StartDateTime: time,
        LastModifiedDateTime: time,
        IdleSinceDateTime: time,
        EndDateTime: time,
      };
      const { items } = read("ListSessions", { Sessions: [{ SessionId: "a", Status: status }] });
      expect(items).toEqual([{ id: "a", state: "UNKNOWN", description: "", engineVersion: "" }]);
    },
  );

  it("is either malformed or has only finite times, for any input", () => {
    fc.assert(
      fc.property(fc.json(), fc.array(fc.jsonValue()), fc.string(), (status, more, garbage) => {
        const entry = `{"SessionId": "a", "Status": ${status}}`;
        for (const body of [
          `{"Sessions": [${[entry, ...more.map((one) => JSON.stringify(one))].join()}]}`,
          garbage,
        ]) {
          try {
            const { items } = read("ListSessions", body);
            for (const { startMs = 0, lastModifiedMs = 0, idleSinceMs = 0, endMs = 0 } of items) {
              expect(Number.isFinite(startMs + lastModifiedMs + idleSinceMs + endMs)).toBe(true);
            }
          } catch (error) {
            expect(error).toMatchObject({ reason: "malformed_response", operation: "ListSessions" });
          }
        }
      }),
    );
  });
});

describe("the limits of a response", () => {
  const readSession = (session: object) => read("ListSessions", { Sessions: [session] }).items[0];

  it("reject a page of more than 10,000 sessions", () => {
    const Sessions = Array.from({ length: 10_001 }, () => ({}));
    expect(() => read("ListSessions", { Sessions })).toThrow(/over 10000 Sessions/);
  });

  it("truncate free text, and reject an identifier or a token that is too long", () => {
    expect(readSession({ Description: "x".repeat(5000) })?.description.length).toBe(1024);
    expect(() => readSession({ SessionId: "x".repeat(5000) })).toThrow(/SessionId is longer than 2048/);
    expect(() => read("ListSessions", { Sessions: [], NextToken: "x".repeat(5000) })).toThrow(/NextToken/);
  });

  it("replace unprintable characters in every text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const session = readSession({
          SessionId: text,
          Description: text,
          EngineVersion: { SelectedEngineVersion: text },
          Status: { StateChangeReason: text },
        });
        const all = [session?.id, session?.description, session?.engineVersion, session?.stateReason].join(
          "",
        );
        expect(all).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u202A-\u202E\u2066-\u2069]/u);
      }),
    );
  });
});

describe("the status of a session", () => {
  it("is parsed", () => {
    const output = { SessionId: "b", Status: { State: "IDLE", IdleSinceDateTime: at(NOW - 1500) } };
    expect(read("GetSessionStatus", output)).toMatchObject({
      id: "b",
      state: "IDLE",
      idleSinceMs: NOW - 1500,
    });
  });

  it("is required", () => {
    expect(() => read("GetSessionStatus", { SessionId: "a" })).toThrow(/no Status/);
  });
});

describe("the details of a session", () => {
  it("are parsed, with the idle timeout converted from minutes to seconds", () => {
    const output = {
      SessionId: "b",
      EngineVersion: "PySpark engine version 3",
      EngineConfiguration: { CoordinatorDpuSize: 1, MaxConcurrentDpus: 20 },
      SessionConfiguration: { ExecutionRole: "arn:aws:iam::1:role/r", SessionIdleTimeoutInMinutes: 20 },
      Statistics: { DpuExecutionInMillis: 1500 },
      Status: { State: "IDLE" },
    };
    expect(read("GetSession", output)).toEqual({
      session: { id: "b", state: "IDLE", description: "", engineVersion: "" },
      details: {
        coordinatorDpus: 1,
        maxDpus: 20,
        idleTimeoutSeconds: 1200,
        usedDpuSeconds: 1.5,
        executionRole: "arn:aws:iam::1:role/r",
      },
    });
  });

  it("are absent if the response has none or has an invalid number", () => {
    const output = { SessionId: "b", Status: {}, EngineConfiguration: { MaxConcurrentDpus: -1 } };
    expect(read("GetSession", output).details).toEqual({ executionRole: "" });
  });
});

describe("a page of tags", () => {
  it("has keys and values, and is malformed if a key is absent", () => {
    const output = { Tags: [{ Key: "team", Value: "data" }, { Key: "empty" }] };
    expect(read("ListTagsForResource", output).items).toEqual([
      ["team", "data"],
      ["empty", ""],
    ]);
    expect(() => read("ListTagsForResource", { Tags: [{ Value: "data" }] })).toThrow(/no key/);
  });
});

describe("a page of workgroups", () => {
  it("has names and engine versions", () => {
    const output = {
      WorkGroups: [{ Name: "a", EngineVersion: { SelectedEngineVersion: "AUTO" } }, { Name: "b" }],
      NextToken: "",
    };
    expect(read("ListWorkGroups", output)).toEqual({
      items: [
        { name: "a", engineVersion: "AUTO" },
        { name: "b", engineVersion: "" },
      ],
    });
  });

  it.each([{}, { WorkGroups: [{}] }, { WorkGroups: [null] }])("with the body %o is malformed", (output) => {
    expect(() => read("ListWorkGroups", output)).toThrow(ApiError);
  });
});
