import type { z } from "zod";
import type { KeySetting, SectionKind } from "../setting.ts";

type AlwaysThere = { default: unknown } | { kind: "section" };

/** The name of a key right below the mapping at `Path`; never for other keys. */
type NameBelow<Path extends string, Key extends string> = Path extends ""
  ? LastName<Key>
  : Key extends `${Path}.${infer Name}`
    ? LastName<Name>
    : never;
type LastName<Name extends string> = Name extends `${string}.${string}` ? never : Name;

type KeyValue<Rows extends KeySetting, Row extends KeySetting> = Row extends { kind: "section list" }
  ? readonly Section<Rows, `${Row["key"]}[]`>[]
  : Row extends { kind: SectionKind }
    ? Section<Rows, Row["key"]>
    : Row["kind"] extends z.ZodType
      ? z.output<Row["kind"]>
      : never;

/** What the rows of a file's keys say about the mapping at `Path`, once it is parsed; the whole file for an empty `Path`. */
export type Section<Rows extends KeySetting, Path extends string> = {
  readonly [Row in Rows as Row extends AlwaysThere ? NameBelow<Path, Row["key"]> : never]: KeyValue<
    Rows,
    Row
  >;
} & {
  readonly [Row in Rows as Row extends AlwaysThere ? never : NameBelow<Path, Row["key"]>]?:
    | KeyValue<Rows, Row>
    | undefined;
};

/** The rows of the keys right below a mapping by their names; of the file's own keys where `section` is empty. */
export function keysOf(rows: readonly KeySetting[], section: string): [name: string, row: KeySetting][] {
  const prefix = section === "" ? "" : `${section}.`;
  return rows
    .filter(({ key }) => key.startsWith(prefix) && /^[\w-]+$/.test(key.slice(prefix.length)))
    .map((row) => [row.key.slice(prefix.length), row]);
}

/** A key of a configuration file, for documents and for finding the nearest name. */
export interface ConfigKey {
  /** With `[]` for the items of a list: `accounts[].discovery.include`. */
  readonly path: string;
  /** As it would be written in the file; absent for a key without one and for a mapping of keys. */
  readonly default?: string;
  readonly help: string;
}

/** The keys of a file, in the order in which documents show them. */
export function describeKeys(rows: readonly KeySetting[]): readonly ConfigKey[] {
  return rows.map(({ key, default: written, help }) => ({
    path: key,
    ...(written !== undefined && {
      default: Array.isArray(written) ? `[${written.join(", ")}]` : String(written),
    }),
    help,
  }));
}
