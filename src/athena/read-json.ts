import { ApiError } from "../failure.ts";
import { cleanText } from "./clean-text.ts";

/** One page of a listing. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string | undefined;
}

/** An object of a response, whose members are still to be checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** Athena was announced on 2016-11-30: no session is older. */
const EARLIEST_MS = Date.UTC(2016, 10, 30);
/** Times further in the future are treated as absent. */
const MAX_FUTURE_MS = 86_400_000;

/** Far more than the API returns on a page. */
const MAX_ITEMS = 10_000;
/** Athena's longest free text has 1,024 characters, its longest identifier 2,048. */
const MAX_FREE_TEXT = 1024;
const MAX_IDENTIFIER = 2048;

const decoder = new TextDecoder();

export function readObject(operation: string, body: Uint8Array): Fields {
  try {
    return object(JSON.parse(decoder.decode(body)), "the response", operation);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw malformed(operation, "the response is not JSON");
  }
}

export function readPage<Item>(
  operation: string,
  body: Uint8Array,
  member: string,
  readItem: (item: unknown, operation: string) => Item,
  maxTokenLength = MAX_IDENTIFIER,
): Page<Item> {
  const { [member]: items, NextToken } = readObject(operation, body);
  if (!Array.isArray(items)) throw malformed(operation, `the response has no list ${member}`);
  if (items.length > MAX_ITEMS) throw malformed(operation, `the response has over ${MAX_ITEMS} ${member}`);
  const nextToken = string(NextToken, "NextToken", operation);
  if (nextToken !== undefined && nextToken.length > maxTokenLength) {
    throw malformed(operation, `NextToken is longer than ${maxTokenLength} characters`);
  }
  return {
    items: items.map((item: unknown) => readItem(item, operation)),
    nextToken: nextToken === "" ? undefined : nextToken,
  };
}

/** Parses epoch seconds, possibly fractional. An implausible time is treated as absent. */
export function readTime(
  value: unknown,
  member: string,
  operation: string,
  nowMs: number,
): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw malformed(operation, `${member} is not a number of seconds`);
  const ms = Math.round(value * 1000);
  return ms >= EARLIEST_MS && ms <= nowMs + MAX_FUTURE_MS ? ms : undefined;
}

/** Free text, cleaned and cut. */
export function text(value: unknown, name: string, operation: string): string | undefined {
  const read = string(value, name, operation);
  return read === undefined ? undefined : cleanText(read, MAX_FREE_TEXT);
}

/** An identifier, cleaned: one that is cut would be another one, so a longer one is an error. */
export function identifier(value: unknown, name: string, operation: string): string | undefined {
  const read = string(value, name, operation);
  if (read === undefined) return undefined;
  if (read.length > MAX_IDENTIFIER) {
    throw malformed(operation, `${name} is longer than ${MAX_IDENTIFIER} characters`);
  }
  return cleanText(read, MAX_IDENTIFIER);
}

export function string(value: unknown, name: string, operation: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw malformed(operation, `${name} is not a string`);
  return value;
}

export function object(value: unknown, name: string, operation: string): Fields {
  if (!isObject(value)) throw malformed(operation, `${name} is not an object`);
  return value;
}

export function optionalObject(value: unknown, name: string, operation: string): Fields {
  return value === undefined || value === null ? {} : object(value, name, operation);
}

/** A number of DPUs or of time units; anything else is treated as absent. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function malformed(operation: string, message: string): ApiError {
  return new ApiError("malformed_response", operation, message);
}
