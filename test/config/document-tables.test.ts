import { expect, test } from "vitest";
import { CONFIG_KEYS } from "../../src/config/file/config-file.ts";
import { COMMAND_NAMES } from "../../src/config/command.ts";
import { acceptsFlag, FLAGS, showsFlag } from "../../src/config/flags/flag.ts";
import { parseCommandLine } from "../../src/config/flags/command-line.ts";
import { parseConfigFile } from "../../src/config/file/parse-file.ts";
import { usage } from "../../src/config/flags/usage.ts";

test("the documented defaults are the actual defaults", () => {
  const documented = CONFIG_KEYS.filter((key) => key.default !== undefined && !key.path.includes("[]"));
  expect(documented.length).toBeGreaterThan(10);
  for (const { path, default: value } of documented) {
    const names = path.split(".");
    const parent = `${nestedYaml(names.slice(0, -1))}{}`;
    expect(parseConfigFile("f", `${nestedYaml(names)}${value}`)).toEqual(parseConfigFile("f", parent));
  }
});

function nestedYaml(path: readonly string[]): string {
  return path.map((name, depth) => `${"  ".repeat(depth)}${name}:`).join("\n") + " ";
}

test("every key of the file and every flag has a help text", () => {
  expect(CONFIG_KEYS.filter(({ help }) => help === "")).toEqual([]);
  expect(FLAGS.filter(({ help }) => help === "")).toEqual([]);
});

test("a flag that overrides a key of the file documents the default of the key", () => {
  const overriding = FLAGS.filter((flag) => flag.key !== undefined);
  const keys = overriding.map((flag) => CONFIG_KEYS.find((key) => key.path === flag.name));
  expect(keys).not.toEqual([]);
  expect(overriding.map((flag) => flag.default)).toEqual(keys.map((key) => key?.default));
});

test("every default of a flag is a valid value of the flag", () => {
  const withDefault = FLAGS.filter((flag) => flag.default !== undefined);
  expect(withDefault.length).toBeGreaterThan(5);
  expect(withDefault.filter((flag) => !flag.kind.safeParse(flag.default).success)).toEqual([]);
});

test("no command accepts two flags of one name", () => {
  for (const command of COMMAND_NAMES) {
    const names = FLAGS.filter((flag) => acceptsFlag(command, flag)).map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  }
});

test("the help of a command lists exactly the flags that matter to it, in lines of at most 100 characters", () => {
  for (const command of COMMAND_NAMES) {
    const text = usage(command);
    const shown = [...text.matchAll(/^ {2}--([\w.-]+)/gm)].map(([, name]) => name);
    expect(shown).toEqual(FLAGS.filter((flag) => showsFlag(command, flag)).map(({ name }) => name));
    expect(text.split("\n").filter((line) => line.length > 100)).toEqual([]);
  }
});

test("the help of a command that neither logs nor polls again has no flags for these", () => {
  for (const command of ["once", "sessions", "check", "iam-policy", "completion"] as const) {
    expect(usage(command)).not.toMatch(/--(log\.|poll\.interval|config\.check)/);
    expect(usage(command)).not.toContain("LOG_LEVEL");
  }
});

test("the help of a command has two examples, which the command line accepts", () => {
  for (const command of COMMAND_NAMES) {
    const examples = [...usage(command).matchAll(/^ {2}athena-session-exporter (.*)$/gm)].map(
      ([, one]) => one ?? "",
    );
    expect(examples).toHaveLength(2);
    for (const example of examples) {
      expect(parseCommandLine(example.split(" "), {})).toMatchObject({ command, problems: [] });
    }
  }
});

test("the help of the program lists every command", () => {
  const text = usage();
  expect(COMMAND_NAMES.filter((name) => !text.includes(`\n  ${name} `))).toEqual([]);
  expect(text).toContain("--web.listen-address=ADDRESS\n      HOST:PORT to listen on");
});
