import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AwsFailure } from "../../src/failure.ts";
import { parseSessionPage, parseSessionStatus, parseWorkgroupPage } from "../../src/athena/parse.ts";

const NOW = Date.UTC(2026, 0, 1);

const at = (ms: number) => new Date(ms);

describe("a page of sessions", () => {
  it("becomes sessions", () => {
    const page = parseSessionPage(
      {
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
      },
      NOW,
    );
    expect(page).toEqual({
      sessions: [
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

  it.each([{}, { Sessions: undefined }, { Sessions: null }, { Sessions: "x" }, { Sessions: {} }])(
    "%o holds no list, and is malformed rather than empty",
    (output) => {
      expect(() => parseSessionPage(output, NOW)).toThrow(/no list of sessions/);
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
    expect(() => parseSessionPage({ Sessions: [entry] }, NOW)).toThrow(AwsFailure);
  });

  it("counts what is absent or unknown as UNKNOWN", () => {
    const { sessions } = parseSessionPage({ Sessions: [{}, { Status: { State: "HIBERNATING" } }] }, NOW);
    expect(sessions).toEqual([
      { id: "", state: "UNKNOWN", description: "", engineVersion: "" },
      { id: "", state: "UNKNOWN", description: "", engineVersion: "" },
    ]);
  });

  it.each([new Date(Number.NaN), at(0), at(-5000), at(NOW + 2 * 86_400_000), at(8e15)])(
    "takes the absurd time %o for none told",
    (time) => {
      const status = {
        StartDateTime: time,
        LastModifiedDateTime: time,
        IdleSinceDateTime: time,
        EndDateTime: time,
      };
      const { sessions } = parseSessionPage({ Sessions: [{ SessionId: "a", Status: status }] }, NOW);
      expect(sessions).toEqual([{ id: "a", state: "UNKNOWN", description: "", engineVersion: "" }]);
    },
  );

  it("is refused as malformed or has finite times, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.object({ withDate: true, maxDepth: 3 }),
        fc.array(fc.anything({ withDate: true })),
        (status, more) => {
          try {
            const page = parseSessionPage({ Sessions: [{ SessionId: "a", Status: status }, ...more] }, NOW);
            for (const { startMs = 0, lastModifiedMs = 0, idleSinceMs = 0, endMs = 0 } of page.sessions) {
              expect(Number.isFinite(startMs + lastModifiedMs + idleSinceMs + endMs)).toBe(true);
            }
          } catch (error) {
            expect(error).toMatchObject({ reason: "malformed_response" });
          }
        },
      ),
    );
  });
});

describe("the status of a session", () => {
  it("must be of the session that was asked for", () => {
    const output = { SessionId: "b", Status: { State: "IDLE" } };
    expect(() => parseSessionStatus(output, "a", NOW)).toThrow(/another session/);
    expect(parseSessionStatus(output, "b", NOW)).toMatchObject({ id: "b", state: "IDLE" });
  });

  it("must be there", () => {
    expect(() => parseSessionStatus({ SessionId: "a" }, "a", NOW)).toThrow(/no status/);
  });
});

describe("a page of workgroups", () => {
  it("tells names and engines", () => {
    const output = {
      WorkGroups: [{ Name: "a", EngineVersion: { SelectedEngineVersion: "AUTO" } }, { Name: "b" }],
      NextToken: "",
    };
    expect(parseWorkgroupPage(output)).toEqual({
      workgroups: [
        { name: "a", engineVersion: "AUTO" },
        { name: "b", engineVersion: "" },
      ],
    });
  });

  it.each([{}, { WorkGroups: [{}] }, { WorkGroups: [null] }])("%o is malformed", (output) => {
    expect(() => parseWorkgroupPage(output)).toThrow(AwsFailure);
  });
});
