import { z } from "zod";
import { fileSchema } from "./schema.ts";

/** A key of the configuration file, for documents and for finding the nearest name. */
export interface ConfigKey {
  /** With `[]` for the items of a list: `accounts[].discovery.include`. */
  readonly path: string;
  /** As it would be written in the file; absent for a key without one and for a mapping of keys. */
  readonly default?: string;
  readonly help: string;
}

/** The part of JSON Schema that zod writes for our schema. https://json-schema.org/draft/2020-12 */
const jsonSchema = z.object({
  description: z.string().default(""),
  default: z.unknown().optional(),
  get properties() {
    return z.record(z.string(), jsonSchema).optional();
  },
  get items() {
    return jsonSchema.optional();
  },
});
type JsonSchema = z.output<typeof jsonSchema>;

function keysOf(schema: JsonSchema, prefix: string): ConfigKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const isScalar = member.properties === undefined;
    const written = isScalar && member.default !== undefined ? { default: inYaml(member.default) } : {};
    const key: ConfigKey = { path, ...written, help: member.description };
    const below =
      member.items === undefined ? keysOf(member, `${path}.`) : keysOf(member.items, `${path}[].`);
    return [key, ...below];
  });
}

function inYaml(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

/** Every key of the file, in the order in which documents show them. */
export const CONFIG_KEYS: readonly ConfigKey[] = keysOf(
  jsonSchema.parse(z.toJSONSchema(fileSchema, { io: "input" })),
  "",
);
