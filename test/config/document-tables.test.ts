import { expect, test } from "vitest";
import { CONFIG_KEYS } from "../../src/config/config-key.ts";
import { COMMAND_NAMES } from "../../src/config/command.ts";
import { FLAGS, takes, type Flag } from "../../src/config/flag.ts";
import { parseConfigFile } from "../../src/config/file.ts";
import { usage } from "../../src/config/usage.ts";

const FLAG_ROWS: readonly Flag[] = FLAGS;

test("the defaults that documents show are the ones that hold", () => {
  const written = CONFIG_KEYS.filter((key) => key.default !== undefined && !key.path.includes("[]"))
    .map((key) => `${nested(key.path.split("."))}${key.default}`)
    .map((yaml) => parseConfigFile("f", yaml));
  expect(written.length).toBeGreaterThan(10);
  for (const parsed of written) {
    expect(parsed).toEqual(parseConfigFile("f", ""));
  }
});

function nested(path: readonly string[]): string {
  return path.map((name, depth) => `${"  ".repeat(depth)}${name}:`).join("\n") + " ";
}

test("every key of the file and every flag has its help", () => {
  expect(CONFIG_KEYS.filter(({ help }) => help === "")).toEqual([]);
  expect(FLAG_ROWS.filter(({ help }) => help === "")).toEqual([]);
});

test("a flag that beats a key of the file shows that key's default", () => {
  const overriding = FLAG_ROWS.filter((flag) => flag.overrides !== undefined);
  const keys = overriding.map((flag) => CONFIG_KEYS.find((key) => key.path === flag.overrides));
  expect(overriding.map((flag) => flag.default)).toEqual(keys.map((key) => key?.default));
});

test("every default of a flag is a value that the flag takes", () => {
  const defaults = FLAG_ROWS.filter((flag) => flag.default !== undefined);
  expect(defaults.filter((flag) => flag.kind.parse(flag.default ?? "") === undefined)).toEqual([]);
});

test("no command takes two flags of one name", () => {
  for (const command of COMMAND_NAMES) {
    const names = FLAG_ROWS.filter((flag) => takes(command, flag)).map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  }
});

test("the help of a command names exactly its flags and fits a terminal", () => {
  for (const command of COMMAND_NAMES) {
    const text = usage(command);
    const shown = [...text.matchAll(/^ {2}--([\w.-]+)/gm)].map(([, name]) => name);
    expect(shown).toEqual(FLAG_ROWS.filter((flag) => takes(command, flag)).map(({ name }) => name));
    expect(text.split("\n").filter((line) => line.length > 100)).toEqual([]);
  }
});

test("the help of the program names every command", () => {
  const text = usage();
  expect(COMMAND_NAMES.filter((name) => !text.includes(`\n  ${name} `))).toEqual([]);
  expect(text).toContain("--web.listen-address=ADDRESS\n      HOST:PORT to serve on");
});
