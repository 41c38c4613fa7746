import type { z } from "zod";
import type { KeySetting, SectionKind } from "../setting.ts";
import { SETTINGS } from "../settings.ts";

type KeyRow = Extract<(typeof SETTINGS)[number], { key: string }>;
type AlwaysThere = { default: unknown } | { kind: "section" };

/** The name of a key right below the mapping at `Path`; never for other keys. */
type NameBelow<Path extends string, Key extends string> = Path extends ""
  ? LastName<Key>
  : Key extends `${Path}.${infer Name}`
    ? LastName<Name>
    : never;
type LastName<Name extends string> = Name extends `${string}.${string}` ? never : Name;

type KeyValue<Row extends KeyRow> = Row extends { kind: "section list" }
  ? readonly Section<`${Row["key"]}[]`>[]
  : Row extends { kind: SectionKind }
    ? Section<Row["key"]>
    : z.output<Row["kind"]>;

/** What the rows of SETTINGS say about the mapping at `Path`, once it is parsed. */
type Section<Path extends string> = {
  readonly [Row in KeyRow as Row extends AlwaysThere ? NameBelow<Path, Row["key"]> : never]: KeyValue<Row>;
} & {
  readonly [Row in KeyRow as Row extends AlwaysThere ? never : NameBelow<Path, Row["key"]>]?:
    | KeyValue<Row>
    | undefined;
};

/** A valid configuration file: keys as users write them, durations in milliseconds. */
export type ConfigFile = Section<"">;
/** A valid entry of `accounts`. */
export type AccountEntry = Section<"accounts[]">;

/** A key of the configuration file, for documents and for finding the nearest name. */
export interface ConfigKey {
  /** With `[]` for the items of a list: `accounts[].discovery.include`. */
  readonly path: string;
  /** As it would be written in the file; absent for a key without one and for a mapping of keys. */
  readonly default?: string;
  readonly help: string;
}

const ROWS: readonly KeySetting[] = SETTINGS.filter((row) => "key" in row);

/** Every key of the file, in the order in which documents show them. */
export const CONFIG_KEYS: readonly ConfigKey[] = ROWS.map(({ key, default: written, help }) => ({
  path: key,
  ...(written !== undefined && {
    default: Array.isArray(written) ? `[${written.join(", ")}]` : String(written),
  }),
  help,
}));

/** The rows of the keys right below a mapping by their names; of the file's own keys where `section` is empty. */
export function keysOf(section: string): [name: string, row: KeySetting][] {
  const prefix = section === "" ? "" : `${section}.`;
  return ROWS.filter(({ key }) => key.startsWith(prefix) && /^\w+$/.test(key.slice(prefix.length))).map(
    (row) => [row.key.slice(prefix.length), row],
  );
}
