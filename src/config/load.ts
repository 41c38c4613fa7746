import { hostname } from "node:os";
import { toConfig, type Config } from "./config.ts";
import type { AccountEntry, ConfigFile } from "./file/config-file.ts";
import { parseConfigFile, type ParsedFile } from "./file/parse-file.ts";
import { reasonOf, type ReadFile } from "./file/read-file.ts";
import type { CommandLine } from "./flags/command-line.ts";
import type { Environment } from "./flags/environment.ts";
import { acceptsFlag, CONFIG_CONTENT_VARIABLE, FLAGS, type FlagValues } from "./flags/flag.ts";
import type { ConfigProblem } from "./problem.ts";
import { newOrKnownRegion } from "./values/region.ts";
import { readShard } from "./values/shard.ts";
import { OPEN_ACCESS } from "./web/access-config.ts";
import { loadAccess, type LoadedAccess } from "./web/load-access.ts";
import type { Machine } from "./web/web-warnings.ts";

/** Problems beyond this many are only counted. */
const MAX_PROBLEMS = 100;

/**
 * Puts the configuration together: a flag beats its variable, which beats the file, which beats the defaults.
 * @param args what `parseCommandLine` made of the command line; its problems come first
 * @param env for the variables that can hold the file's text and the default region
 * @param hostName of the machine or the pod
 * @returns a valid configuration, or everything that is wrong, at least one problem
 */
export async function loadConfig(
  args: CommandLine,
  env: Environment,
  readFile: ReadFile,
  hostName: string = hostname(),
): Promise<
  | { config: Config; findWarnings: (machine: Machine) => Promise<readonly ConfigProblem[]> }
  | { problems: ConfigProblem[] }
> {
  const defaultRegion = readDefaultRegion(env);
  const source = args.flags["config.file"] ?? CONFIG_CONTENT_VARIABLE;
  const parsed = await loadFile(source, args, env, readFile, defaultRegion.name);
  const isWrong = "problems" in parsed;
  const entries = isWrong ? [] : accountEntries(parsed.file);
  const hasAccounts = isWrong ? parsed.hasAccounts : entries.length > 0;
  const usesDefaultRegion =
    hasAccounts === false
      ? accepts(args, "aws.region") && args.flags["aws.region"] === undefined
      : entries.some(({ regions }) => regions === undefined);
  const access = await loadWebFile(args, readFile);
  const shard = readShard(args.flags["shard.ordinal"], args.flags["shard.total"], hostName);
  const problems = [
    ...args.problems,
    ...(typeof shard === "string" ? [{ source: sourceOf(args, "shard.ordinal"), message: shard }] : []),
    ...(hasAccounts === true ? flagsBesideAccounts(args, source) : []),
    ...(usesDefaultRegion ? defaultRegion.problems : []),
    ...(isWrong ? parsed.problems : []),
    ...("problems" in access ? access.problems : []),
  ];
  return isWrong || "problems" in access || typeof shard === "string" || problems.length > 0
    ? { problems: limited(problems) }
    : {
        config: toConfig(args.flags, parsed.file, access.access, shard),
        findWarnings: access.findWarnings,
      };
}

async function loadWebFile({ flags }: CommandLine, readFile: ReadFile): Promise<LoadedAccess> {
  const file = flags["web.config.file"];
  return file === undefined
    ? { access: OPEN_ACCESS, findWarnings: async () => [] }
    : loadAccess(file, readFile);
}

function accepts({ command }: CommandLine, name: keyof FlagValues): boolean {
  return FLAGS.some((flag) => flag.name === name && acceptsFlag(command, flag));
}

/** The flag or the variable that gave a flag's value. */
function sourceOf({ sources }: CommandLine, name: keyof FlagValues): string {
  return sources.get(name) ?? `--${name}`;
}

/** The region of the SDK's variables, in the order in which it reads them; no name where none is set or it is wrong. */
function readDefaultRegion(env: Environment): { name?: string; problems: ConfigProblem[] } {
  const source = ["AWS_REGION", "AWS_DEFAULT_REGION"].find((name) => (env[name] ?? "") !== "");
  if (source === undefined) return { problems: [] };
  const { data: name, error } = newOrKnownRegion.safeParse(env[source]);
  return name === undefined
    ? { problems: (error?.issues ?? []).map(({ message }) => ({ source, message })) }
    : { name, problems: [] };
}

async function loadFile(
  source: string,
  args: CommandLine,
  env: Environment,
  readFile: ReadFile,
  defaultRegion: string | undefined,
): Promise<ParsedFile> {
  const content = accepts(args, "config.file") ? (env[CONFIG_CONTENT_VARIABLE] ?? "") : "";
  if (args.flags["config.file"] === undefined) return parseConfigFile(source, content, defaultRegion);
  if (content !== "") {
    const message = `is set beside ${sourceOf(args, "config.file")}; keep one of the two`;
    return { problems: [{ source: CONFIG_CONTENT_VARIABLE, message }] };
  }
  try {
    return parseConfigFile(source, await readFile(source), defaultRegion);
  } catch (error) {
    return { problems: [{ source, message: `cannot be read: ${reasonOf(error)}; see --config.file` }] };
  }
}

/** What of the file says which regions are polled in which accounts. */
function accountEntries({
  accounts = [],
  organization,
}: ConfigFile): readonly Pick<AccountEntry, "regions">[] {
  return organization === undefined ? accounts : [...accounts, organization];
}

/** The flags for one's own account have no meaning beside other accounts. */
function flagsBesideAccounts(args: CommandLine, fileSource: string): ConfigProblem[] {
  return (["aws.region", "athena.workgroup"] as const)
    .filter((name) => args.flags[name] !== undefined)
    .map((name) => ({
      source: sourceOf(args, name),
      message: `cannot be used beside "accounts" or "organization" in ${fileSource}; move it there, or remove one of the two`,
    }));
}

function limited(problems: ConfigProblem[]): ConfigProblem[] {
  const rest = problems.length - MAX_PROBLEMS;
  const source = problems.at(-1)?.source ?? "";
  return rest <= 0
    ? problems
    : [...problems.slice(0, MAX_PROBLEMS), { source, message: `${rest} more problems` }];
}
