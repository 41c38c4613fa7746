import { COMMANDS, type Command } from "../config/command.ts";
import { FLAGS, showsFlag, type Flag } from "../config/flags/flag.ts";

const PROGRAM = "athena-session-exporter";
const FUNCTION = "_athena_session_exporter";

export type Shell = "bash" | "zsh" | "fish";

/** The script that makes a shell complete the commands, and each command's flags and their values. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell]();
}

const SCRIPTS: Readonly<Record<Shell, () => string>> = { bash, zsh, fish };

/** A command with what may follow it. */
interface Completed {
  readonly name: Command;
  readonly help: string;
  readonly argument?: { readonly name: string; readonly words: readonly string[] };
  readonly flags: readonly Flag[];
}

const COMPLETED: readonly Completed[] = COMMANDS.map((command) => ({
  ...command,
  flags: FLAGS.filter((flag) => showsFlag(command.name, flag)),
}));

/** Bash splits words at "=", so a flag's value is a word of its own after the word "=". */
function bash(): string {
  const names = COMPLETED.map(({ name }) => name).join(" ");
  const commandCases = COMPLETED.map(
    ({ name, flags, argument }) =>
      `    ${name}) words="${[...(argument?.words ?? []), ...flags.map(bashFlag)].join(" ")}" ;;`,
  );
  const valueCases = COMPLETED.flatMap(({ name, flags }) =>
    flags.flatMap((flag) => {
      const words = flag.words === undefined ? "" : `words="${flag.words.join(" ")}"`;
      const action = flag.placeholder === "FILE" ? "files=yes" : words;
      return action === "" ? [] : [`    ${name}:--${flag.name}) ${action} ;;`];
    }),
  );
  return `# Bash completion of ${PROGRAM}: source <(${PROGRAM} completion bash)
${FUNCTION}() {
  local word current=\${COMP_WORDS[COMP_CWORD]} flag=\${COMP_WORDS[COMP_CWORD-1]} command= words= files=
  if [[ $current == "=" ]]; then
    current=
  elif [[ $flag == "=" ]]; then
    flag=\${COMP_WORDS[COMP_CWORD-2]}
  else
    flag=
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${names} " in *" $word "*) command=$word; break ;; esac
  done
  if [[ -n $flag ]]; then case \${command:-run}:$flag in
${valueCases.join("\n")}
  esac; else case \${command:-run} in
${commandCases.join("\n")}
  esac; fi
  if [[ -z $flag && -z $command ]]; then words="${names} $words"; fi
  if [[ -n $files ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
  if [[ \${COMPREPLY[0]-} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F ${FUNCTION} ${PROGRAM}
`;
}

function bashFlag({ name, placeholder }: Flag): string {
  return `--${name}${placeholder === undefined ? "" : "="}`;
}

function zsh(): string {
  const commands = COMPLETED.map(({ name, help }) => `    ${quote(`${name}:${help}`)}`);
  const cases = COMPLETED.map(({ name, flags, argument }) => {
    const specs = [
      ...(argument === undefined ? [] : [`1:${argument.name}:(${argument.words.join(" ")})`]),
      ...flags.map(zshFlag),
    ];
    return `    ${name}) specs=(${specs.map(quote).join(" ")}) ;;`;
  });
  return `#compdef ${PROGRAM}
# Zsh completion of ${PROGRAM}: source <(${PROGRAM} completion zsh)
${FUNCTION}() {
  local -a commands specs
  local command=
  commands=(
${commands.join("\n")}
  )
  local word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if (( \${commands[(I)$word:*]} )); then command=$word; break; fi
  done
  case \${command:-run} in
${cases.join("\n")}
  esac
  if [[ -n $command ]]; then
    words=("\${(@)words[1]}" "\${(@)words[2,-1]:#$command}")
    (( CURRENT-- ))
  else
    specs+=('1:command:{ _describe command commands }')
  fi
  _arguments "\${specs[@]}"
}
compdef ${FUNCTION} ${PROGRAM}
`;
}

function zshFlag({ name, placeholder, words, help, isRepeatable }: Flag): string {
  // In a description, these characters would end it or start a value.
  const description = help.replaceAll(/[\\[\]:]/g, String.raw`\$&`);
  const repeated = isRepeatable === true ? "*" : "";
  if (placeholder === undefined) return `${repeated}--${name}[${description}]`;
  const values = placeholder === "FILE" ? "_files" : words === undefined ? "" : `(${words.join(" ")})`;
  return `${repeated}--${name}=[${description}]:${placeholder.replaceAll(":", String.raw`\:`)}:${values}`;
}

function fish(): string {
  const lines = COMPLETED.flatMap(({ name, help, argument, flags }) => {
    const condition =
      name === "run" ? "__athena_session_exporter_runs" : `__fish_seen_subcommand_from ${name}`;
    return [
      fishLine("__athena_session_exporter_has_no_command", `-a ${quote(name)}`, help),
      ...(argument === undefined
        ? []
        : [fishLine(condition, `-a ${quote(argument.words.join(" "))}`, argument.name)]),
      ...flags.map((flag) => fishLine(condition, fishFlag(flag), flag.help)),
    ];
  });
  const others = COMPLETED.map(({ name }) => name).filter((name) => name !== "run");
  return `# Fish completion of ${PROGRAM}: ${PROGRAM} completion fish | source
function __athena_session_exporter_has_no_command
  not __fish_seen_subcommand_from run ${others.join(" ")}
end
function __athena_session_exporter_runs
  not __fish_seen_subcommand_from ${others.join(" ")}
end
complete -c ${PROGRAM} -f
${lines.join("\n")}
`;
}

function fishLine(condition: string, what: string, help: string): string {
  return `complete -c ${PROGRAM} -n ${quote(condition)} ${what} -d ${quote(help)}`;
}

function fishFlag({ name, placeholder, words }: Flag): string {
  if (placeholder === undefined) return `-l ${name}`;
  if (placeholder === "FILE") return `-l ${name} -r -F`;
  return words === undefined ? `-l ${name} -x` : `-l ${name} -x -a ${quote(words.join(" "))}`;
}

/** A word in single quotes, as all three shells read it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
