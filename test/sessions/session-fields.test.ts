import { describe, expect, it } from "vitest";
import type { Session } from "../../src/sessions/session.ts";
import { MINUTE, NOON, polledOnce } from "./fake-athena.ts";

const session: Session = {
  id: "a",
  state: "IDLE",
  startMs: NOON - 30 * MINUTE,
  lastModifiedMs: NOON - 10 * MINUTE,
  endMs: NOON - MINUTE,
  idleSinceMs: NOON - 10 * MINUTE,
  stateReason: "reason",
  description: "dbt run",
  engineVersion: "PySpark engine version 3",
};

/** A different value for each field; the type requires an entry for every field of Session. */
const others: Readonly<Omit<Required<Session>, "id">> = {
  state: "BUSY",
  startMs: NOON - 20 * MINUTE,
  lastModifiedMs: NOON - 5 * MINUTE,
  endMs: NOON - 2 * MINUTE,
  idleSinceMs: NOON - 5 * MINUTE,
  stateReason: "another reason",
  description: "renamed",
  engineVersion: "Apache Spark version 3.5",
};
const names = Object.keys(others) as (keyof typeof others)[];

/** Returns the tracked session after a poll that shows it as `before` and a poll that shows it as `after`. */
function trackedAfter(before: Session, after: Session): Session | undefined {
  const { athena, poller } = polledOnce((one) => one.sessions.set("a", before));
  athena.sessions.set("a", after);
  poller.poll();
  return poller.tracker.active.get("a")?.session;
}

describe("a change of a session's fields between two polls", () => {
  it.each(names)("is tracked if only %s changes", (name) => {
    const changed = { ...session, [name]: others[name] };
    expect(trackedAfter(session, changed)).toEqual(changed);
  });

  it.each(["endMs", "idleSinceMs", "stateReason"] as const)("is tracked if only %s is removed", (name) => {
    const { [name]: _, ...changed } = session;
    expect(trackedAfter(session, changed)).toEqual(changed);
  });

  it("keeps the start, description and engine version if a lookup does not return them", () => {
    const { startMs: _, ...lookedUp } = {
      ...session,
      state: "BUSY" as const,
      description: "",
      engineVersion: "",
    };
    expect(trackedAfter(session, lookedUp)).toEqual({ ...session, state: "BUSY" });
  });

  it("is ignored if its LastModifiedDateTime is older than the tracked one", () => {
    const late = { ...session, state: "BUSY" as const, lastModifiedMs: NOON - 20 * MINUTE };
    expect(trackedAfter(session, late)).toEqual(session);
  });
});
