import { AwsError, invalidRequest } from "./aws-error.ts";

/**
 * Validates one value of a request, as strictly as AWS does, and returns it. `path` is its place in the request.
 * Throws SerializationException for a wrong JSON type, InvalidRequestException for any other violation of the API model.
 */
export type Shape<T> = (value: unknown, path: string) => T;

type Members = Readonly<Record<string, Shape<unknown>>>;
type Structure<M extends Members> = { readonly [Name in keyof M]: ReturnType<M[Name]> };

/** Constraints on a string; lengths in characters. */
export interface StringLimits {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
}

export function string(limits: StringLimits = {}): Shape<string> {
  const { min = 0, max = Infinity, pattern } = limits;
  return (value, path) => {
    if (typeof value !== "string") throw wrongType(path, "a string");
    if (value.length < min) throw constraint(value, path, `have length greater than or equal to ${min}`);
    if (value.length > max) throw constraint(value, path, `have length less than or equal to ${max}`);
    if (pattern?.test(value) === false) {
      throw constraint(value, path, `satisfy regular expression pattern: ${pattern.source}`);
    }
    return value;
  };
}

export function integer(limits: { readonly min?: number; readonly max?: number } = {}): Shape<number> {
  const { min = -Infinity, max = Infinity } = limits;
  return (value, path) => {
    if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(path, "an integer");
    if (value < min) throw constraint(value, path, `have value greater than or equal to ${min}`);
    if (value > max) throw constraint(value, path, `have value less than or equal to ${max}`);
    return value;
  };
}

export function number(): Shape<number> {
  return (value, path) => {
    if (typeof value !== "number" || !Number.isFinite(value)) throw wrongType(path, "a number");
    return value;
  };
}

export function boolean(): Shape<boolean> {
  return (value, path) => {
    if (typeof value !== "boolean") throw wrongType(path, "a boolean");
    return value;
  };
}

export function oneOf<T extends string>(values: readonly T[]): Shape<T> {
  const read = string();
  return (value, path) => {
    const text = read(value, path);
    const known = values.find((candidate) => candidate === text);
    if (known === undefined) throw constraint(text, path, `satisfy enum value set: [${values.join(", ")}]`);
    return known;
  };
}

export function list<T>(member: Shape<T>): Shape<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrongType(path, "a list");
    return value.map((item, index) => member(item, `${path}.${index + 1}.member`));
  };
}

export function map<T>(member: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, path) => {
    if (!isObject(value)) throw wrongType(path, "a map");
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, member(item, `${path}.${key}`)]),
    );
  };
}

/** A member that may be absent or, which means the same to AWS, null. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : shape(value, path));
}

/** An object with these members and no others; each member is `required` or `optional`. */
export function structure<M extends Members>(members: M): Shape<Structure<M>> {
  return (value, path) => {
    if (!isObject(value)) throw wrongType(path || "the request", "a structure");
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(members, name));
    if (unknown !== undefined) throw invalidRequest(`Unknown member '${join(path, unknown)}'`);
    const read = Object.entries(members).map(([name, member]) => [
      name,
      member(value[name], join(path, name)),
    ]);
    return Object.fromEntries(read) as Structure<M>;
  };
}

/** A member that must be present and not null. */
export function required<T>(shape: Shape<T>): Shape<T> {
  return (value, path) => {
    if (value === undefined || value === null) throw constraint(null, path, "not be null");
    return shape(value, path);
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function wrongType(path: string, expected: string): AwsError {
  return new AwsError("SerializationException", `${path} can not be deserialized: expected ${expected}`);
}

function constraint(value: string | number | null, path: string, rule: string): AwsError {
  const shown = value === null ? "null" : `'${String(value).slice(0, 200)}'`;
  return invalidRequest(
    `1 validation error detected: Value ${shown} at '${path}' failed to satisfy constraint: Member must ${rule}`,
  );
}
