import type { AwsResponse } from "./aws-response.ts";
import type { InjectedFault } from "./fault.ts";
import { isObject } from "./shape.ts";

/** Unix seconds that no session can have: before year 1, the epoch, the year 9999, beyond the range of a Date. */
const IMPLAUSIBLE_SECONDS = [-62_135_596_801, 0, 253_402_300_799, 9e15] as const;
const HTML = "<html><head><title>503 Service Unavailable</title></head><body><h1>Sorry</h1></body></html>";

const CORRUPTIONS = new Map<InjectedFault["kind"], (response: AwsResponse) => AwsResponse>([
  ["empty-body", (response) => ({ ...response, body: "" })],
  ["null-body", (response) => ({ ...response, body: "null" })],
  ["array-body", (response) => ({ ...response, body: "[]" })],
  [
    "truncated",
    (response) => ({ ...response, body: response.body.slice(0, Math.floor(response.body.length / 2)) }),
  ],
  ["not-json", (response) => ({ ...response, body: "upstream connect error" })],
  ["wrong-type", (response) => rewrite(response, (value) => mapMembers(value, wrongType))],
  ["null-entries", (response) => rewrite(response, (value) => mapMembers(value, addNull))],
  ["unknown-state", (response) => rewrite(response, replaceStates)],
  ["absent-fields", (response) => rewrite(response, (value) => mapMembers(value, stripEntries))],
  ["absurd-dates", (response) => rewrite(response, replaceDates)],
]);

/** Returns the response with the body that the fault prescribes, or unchanged for a fault that leaves bodies alone. */
export function corruptBody(response: AwsResponse, fault: InjectedFault): AwsResponse {
  if (fault.kind === "html") {
    return { status: fault.status ?? 503, headers: { "Content-Type": "text/html" }, body: HTML };
  }
  return CORRUPTIONS.get(fault.kind)?.(response) ?? response;
}

/** Changes the JSON of a response; the XML of STS stays as it is. */
function rewrite(response: AwsResponse, change: (value: unknown) => unknown): AwsResponse {
  if (!response.body.startsWith("{")) return response;
  return { ...response, body: JSON.stringify(change(JSON.parse(response.body))) };
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

function replaceStates(value: unknown): unknown {
  return deepReplace(
    value,
    (name) => name === "State",
    () => "HIBERNATING",
  );
}

/** Removes fields from each entry; what is left alternates between nothing, the id, an empty status and the state. */
function stripEntries(member: unknown): unknown {
  if (!Array.isArray(member)) return member;
  return member.map((entry: unknown, index) => {
    if (!isObject(entry)) return entry;
    const { SessionId, Status } = entry;
    const stateOnly = { SessionId, Status: { State: isObject(Status) ? Status["State"] : undefined } };
    return [{}, { SessionId }, { SessionId, Status: {} }, stateOnly][index % 4];
  });
}

function replaceDates(value: unknown): unknown {
  let count = 0;
  return deepReplace(
    value,
    (name) => name.endsWith("DateTime"),
    () => IMPLAUSIBLE_SECONDS[count++ % IMPLAUSIBLE_SECONDS.length],
  );
}

function deepReplace(
  value: unknown,
  matches: (name: string) => boolean,
  replacement: () => unknown,
): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => deepReplace(item, matches, replacement));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    matches(name) ? replacement() : deepReplace(member, matches, replacement),
  ]);
  return Object.fromEntries(members);
}
