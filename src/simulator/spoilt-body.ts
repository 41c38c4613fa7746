import type { Answer } from "./answer.ts";
import type { Fault } from "./fault.ts";
import { isObject } from "./shape.ts";

/** Seconds that no clock shows: before Christ, the epoch, the year 9999, beyond what a Date can hold. */
const ABSURD_SECONDS = [-62_135_596_801, 0, 253_402_300_799, 9e15] as const;
const HTML = "<html><head><title>503 Service Unavailable</title></head><body><h1>Sorry</h1></body></html>";

const SPOILERS = new Map<Fault["kind"], (answer: Answer) => Answer>([
  ["empty-body", (answer) => ({ ...answer, body: "" })],
  ["null-body", (answer) => ({ ...answer, body: "null" })],
  ["array-body", (answer) => ({ ...answer, body: "[]" })],
  ["truncated", (answer) => ({ ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) })],
  ["not-json", (answer) => ({ ...answer, body: "upstream connect error" })],
  ["wrong-type", (answer) => rewrite(answer, (value) => mapMembers(value, wrongType))],
  ["null-entries", (answer) => rewrite(answer, (value) => mapMembers(value, addNull))],
  ["unknown-state", (answer) => rewrite(answer, spoilStates)],
  ["absent-fields", (answer) => rewrite(answer, (value) => mapMembers(value, stripEntries))],
  ["absurd-dates", (answer) => rewrite(answer, spoilDates)],
]);

/** The answer with its body as the fault wants it; other faults leave it as it is. */
export function spoilBody(answer: Answer, fault: Fault): Answer {
  if (fault.kind === "html") {
    return { status: fault.status ?? 503, headers: { "Content-Type": "text/html" }, body: HTML };
  }
  return SPOILERS.get(fault.kind)?.(answer) ?? answer;
}

/** Changes the JSON of an answer; STS answers in XML, which has nothing that could be changed. */
function rewrite(answer: Answer, change: (value: unknown) => unknown): Answer {
  if (!answer.body.startsWith("{")) return answer;
  return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) };
}

function mapMembers(value: unknown, change: (member: unknown) => unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]));
}

function wrongType(member: unknown): unknown {
  return typeof member === "string" ? 42 : "none";
}

function addNull(member: unknown): unknown {
  return Array.isArray(member) ? [null, ...(member as readonly unknown[])] : member;
}

function spoilStates(value: unknown): unknown {
  return deepReplace(
    value,
    (name) => name === "State",
    () => "HIBERNATING",
  );
}

/** Leaves, in turn, nothing, the id, an empty status, the state alone. */
function stripEntries(member: unknown): unknown {
  if (!Array.isArray(member)) return member;
  return member.map((entry: unknown, index) => {
    if (!isObject(entry)) return entry;
    const { SessionId, Status } = entry;
    const bare = { SessionId, Status: { State: isObject(Status) ? Status["State"] : undefined } };
    return [{}, { SessionId }, { SessionId, Status: {} }, bare][index % 4];
  });
}

function spoilDates(value: unknown): unknown {
  let count = 0;
  return deepReplace(
    value,
    (name) => name.endsWith("DateTime"),
    () => ABSURD_SECONDS[count++ % ABSURD_SECONDS.length],
  );
}

function deepReplace(value: unknown, isMeant: (name: string) => boolean, give: () => unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => deepReplace(item, isMeant, give));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    isMeant(name) ? give() : deepReplace(member, isMeant, give),
  ]);
  return Object.fromEntries(members);
}
