import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { completionScript } from "../../src/commands/completion.ts";

const isInstalled = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

/** What bash offers for a command line; its words are split at "=" as bash does. */
function bashCompletes(line: string): string[] {
  const words = line.split(/(?<==)|(?==)| /);
  const script = `${completionScript("bash")}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${words.length - 1}
_athena_session_exporter
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", script], { cwd: "test/commands" }).toString().split("\n").slice(0, -1);
}

function fishCompletes(line: string): string[] {
  const script = `${completionScript("fish")}\ncomplete -C '${line}'`;
  const output = execFileSync("fish", ["--no-config", "-c", script]).toString();
  return output
    .split("\n")
    .slice(0, -1)
    .map((one) => one.split("\t")[0] ?? "");
}

test("bash completes commands, their flags, and the values of flags", () => {
  expect(bashCompletes("athena-session-exporter se")).toEqual(["sessions"]);
  expect(bashCompletes("athena-session-exporter --web.li")).toEqual(["--web.listen-address="]);
  expect(bashCompletes("athena-session-exporter sessions --so")).toEqual(["--sort="]);
  expect(bashCompletes("athena-session-exporter sessions --output=")).toEqual([
    "table",
    "json",
    "csv",
    "commands",
  ]);
  expect(bashCompletes("athena-session-exporter sessions --output=js")).toEqual(["json"]);
  expect(bashCompletes("athena-session-exporter check --output=")).toEqual(["text", "json"]);
  expect(bashCompletes("athena-session-exporter completion ")).toEqual(
    expect.arrayContaining(["bash", "zsh", "fish"]),
  );
  expect(bashCompletes("athena-session-exporter check --config.file=completion")).toEqual([
    "completion.test.ts",
  ]);
});

test.skipIf(!isInstalled("fish"))("fish completes commands, their flags, and the values of flags", () => {
  expect(fishCompletes("athena-session-exporter se")).toEqual(["sessions"]);
  expect(fishCompletes("athena-session-exporter --web.li")).toEqual(["--web.listen-address"]);
  expect(fishCompletes("athena-session-exporter sessions --output=")).toEqual(
    ["commands", "csv", "json", "table"].map((word) => `--output=${word}`),
  );
  expect(fishCompletes("athena-session-exporter completion ")).toEqual(["bash", "fish", "zsh"]);
});

/** Completes in an interactive zsh on a pseudo-terminal, until it shows a pattern of zsh. Throws where it never does. */
function expectZshShows(line: string, pattern: string): void {
  const script = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; autoload -U compinit; compinit -u -D; eval "$SCRIPT"; print "re""ady"'
until zpty -r shell output '*ready*'; do :; done
zpty -w -n shell "$LINE"$'\\t\\t'
zpty -r shell output "$PATTERN"`;
  const env = {
    ...process.env,
    SCRIPT: completionScript("zsh"),
    LINE: line,
    PATTERN: `*${pattern}*`,
    TERM: "xterm",
  };
  execFileSync("zsh", ["-f", "-c", script], { env, timeout: 60_000 });
}

test.skipIf(!isInstalled("zsh"))(
  "zsh completes commands, their flags, and the values of flags",
  () => {
    expect(() => {
      expectZshShows("athena-session-exporter ", "iam-policy *-- print the minimum IAM policy");
      expectZshShows("athena-session-exporter sessions --so", "sessions --sort");
      expectZshShows("athena-session-exporter sessions --output=", "commands*csv*json*table");
      expectZshShows("athena-session-exporter completion ", "bash*fish*zsh");
    }).not.toThrow();
  },
  300_000,
);
