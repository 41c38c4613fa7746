import { parseCommandLine, type CommandLine } from "./config/flags/command-line.ts";
import type { Command } from "./config/command.ts";
import type { Config } from "./config/config.ts";
import { loadConfig } from "./config/load.ts";
import { formatProblem, type ConfigProblem } from "./config/problem.ts";
import { usage } from "./config/flags/usage.ts";
import { VERSION } from "./version.ts";
import { check } from "./commands/check.ts";
import { completionScript, type Shell } from "./commands/completion.ts";
import { demo } from "./commands/demo.ts";
import { iamPolicy } from "./commands/iam-policy.ts";
import { once } from "./commands/once.ts";
import { UsageError } from "./app/account-regions.ts";
import type { ReadConfig } from "./app/reloader.ts";
import { runDaemon, type DaemonOptions } from "./app/daemon.ts";
import { rules } from "./commands/rules.ts";
import { sessions } from "./commands/sessions.ts";
import { EXIT, type ExitCode, type Host } from "./app/host.ts";

const NAME = "athena-session-exporter";

/** Runs the command that the arguments name, and returns its exit code. Prints user errors without stack traces. */
export async function runCli(argv: readonly string[], host: Host): Promise<ExitCode> {
  const args = parseCommandLine(argv, host.environment);
  if (args.flags.help === true) {
    await host.print(argv.includes(args.command) ? usage(args.command) : usage());
    return EXIT.done;
  }
  if (args.flags.version === true) {
    await host.print(`${NAME} ${VERSION}\n`);
    return EXIT.done;
  }
  const loaded = await loadConfig(args, host.environment, host.readFile);
  if ("problems" in loaded) return reportProblems(loaded.problems, host);
  const { config } = loaded;
  const machine = { nowMs: host.clock.wallMs(), readMode: host.readMode };
  const warnings = (await loaded.findWarnings(machine)).map(formatProblem);
  if (args.flags["config.check"] === true) {
    for (const warning of warnings) host.printError(`warning: ${warning}\n`);
    await host.print("the configuration is valid\n");
    return EXIT.done;
  }
  try {
    const readConfig = async () => readAgain(args, host);
    return await runCommand(args, config, host, { readConfig, warnings });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    host.printError(`${NAME}: ${error.message}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/** The same arguments, and the files as they are now. */
async function readAgain(args: CommandLine, host: Host): ReturnType<ReadConfig> {
  const loaded = await loadConfig(args, host.environment, host.readFile);
  return "problems" in loaded ? { problems: loaded.problems.map(formatProblem) } : loaded;
}

async function runCommand(
  { command, argument, flags }: CommandLine,
  config: Config,
  host: Host,
  daemonOptions: DaemonOptions,
): Promise<ExitCode> {
  const { "min-idle": minIdleMs, state, output } = flags;
  const commands: Record<Command, () => Promise<ExitCode>> = {
    run: () => runDaemon(config, host, daemonOptions),
    demo: () => demo(config, host),
    once: () => once(config, flags["output.file"], host),
    sessions: () =>
      sessions(
        config,
        {
          output: output === "text" ? "table" : output,
          sort: flags.sort,
          ...(minIdleMs !== undefined && { minIdleMs }),
          ...(flags.owner !== undefined && { owner: flags.owner }),
          ...(state !== undefined && { state }),
          ...(flags.watch !== undefined && { watchMs: flags.watch }),
        },
        host,
      ),
    check: () => check(config, output === "json" ? "json" : "text", host),
    "iam-policy": async () => {
      await host.print(iamPolicy(config, host.environment));
      return EXIT.done;
    },
    rules: async () => {
      await host.print(rules(flags));
      return EXIT.done;
    },
    completion: async () => {
      await host.print(completionScript(argument as Shell));
      return EXIT.done;
    },
  };
  return commands[command]();
}

function reportProblems(problems: readonly ConfigProblem[], host: Host): ExitCode {
  for (const problem of problems) host.printError(`${formatProblem(problem)}\n`);
  return EXIT.usage;
}
