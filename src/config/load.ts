import { roleInAccount } from "./aws-name.ts";
import { hostname } from "node:os";
import type { CommandLine } from "./command-line.ts";
import type { AccountConfig, Config } from "./config.ts";
import type { Environment } from "./environment.ts";
import { parseConfigFile, type ParsedFile } from "./file.ts";
import { CONFIG_CONTENT_VARIABLE, FLAGS, takes } from "./flag.ts";
import type { ConfigProblem } from "./problem.ts";
import { readShard, type Shard } from "./shard.ts";
import { DEFAULT_DISCOVERY, type AccountEntry, type ConfigFile } from "./schema.ts";

/** Gives a file's text, or rejects with the system's error; `readTextFile` in the program. */
export type ReadFile = (path: string) => Promise<string>;

/** Problems beyond this many are only counted. */
const MAX_PROBLEMS = 100;

/**
 * Puts the configuration together: a flag beats its variable, which beats the file, which beats the defaults.
 * @param args what `parseCommandLine` made of the command line; its problems come first
 * @param env for the variable that can hold the file's text
 * @param hostName of the machine or the pod
 * @returns a valid configuration, or everything that is wrong, at least one problem
 */
export async function loadConfig(
  args: CommandLine,
  env: Environment,
  readFile: ReadFile,
  hostName: string = hostname(),
): Promise<{ config: Config } | { problems: ConfigProblem[] }> {
  const { source, parsed } = await loadFile(args, env, readFile);
  const isWrong = "problems" in parsed;
  const hasAccounts = isWrong ? parsed.hasAccounts : parsed.file.accounts !== undefined;
  const shard = readShard(args.flags["shard.ordinal"], args.flags["shard.total"], hostName);
  const problems = [
    ...args.problems,
    ...(typeof shard === "string" ? [shardProblem(args, shard)] : []),
    ...(hasAccounts ? conflicts(args, source) : []),
    ...(isWrong ? parsed.problems : []),
  ];
  return isWrong || typeof shard === "string" || problems.length > 0
    ? { problems: limited(problems) }
    : { config: combine(args, parsed.file, shard) };
}

function shardProblem({ sources }: CommandLine, message: string): ConfigProblem {
  return { source: sources.get("shard.ordinal") ?? "--shard.ordinal", message };
}

interface LoadedFile {
  /** How problems name the text. */
  readonly source: string;
  readonly parsed: ParsedFile;
}

async function loadFile(args: CommandLine, env: Environment, readFile: ReadFile): Promise<LoadedFile> {
  const readsFile = FLAGS.some((flag) => flag.name === "config.file" && takes(args.command, flag));
  const content = readsFile ? (env[CONFIG_CONTENT_VARIABLE] ?? "") : "";
  const path = args.flags["config.file"];
  if (path === undefined) {
    return { source: CONFIG_CONTENT_VARIABLE, parsed: parseConfigFile(CONFIG_CONTENT_VARIABLE, content) };
  }
  if (content !== "") {
    const rival = args.sources.get("config.file") ?? "--config.file";
    return failed(CONFIG_CONTENT_VARIABLE, `is set beside ${rival}; keep one of the two`);
  }
  try {
    return { source: path, parsed: parseConfigFile(path, await readFile(path)) };
  } catch (error) {
    return failed(path, `cannot be read: ${reasonOf(error)}; see --config.file`);
  }
}

function failed(source: string, message: string): LoadedFile {
  return { source, parsed: { problems: [{ source, message }], hasAccounts: false } };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "it is a directory",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}

/** The flags for one's own account have no meaning beside a list of accounts. */
function conflicts(args: CommandLine, fileSource: string): ConfigProblem[] {
  return (["aws.region", "athena.workgroup"] as const)
    .filter((name) => args.flags[name] !== undefined)
    .map((name) => ({
      source: args.sources.get(name) ?? `--${name}`,
      message: `cannot be used beside "accounts" in ${fileSource}; move it into an account, or remove one of the two`,
    }));
}

function limited(problems: ConfigProblem[]): ConfigProblem[] {
  const rest = problems.length - MAX_PROBLEMS;
  const source = problems.at(-1)?.source ?? "";
  return rest <= 0
    ? problems
    : [...problems.slice(0, MAX_PROBLEMS), { source, message: `${rest} more problems` }];
}

function combine({ flags }: CommandLine, { poll, accounts, sessions }: ConfigFile, shard: Shard): Config {
  const grafanaUrl = flags["web.grafana-url"];
  return {
    poll: {
      intervalMs: flags["poll.interval"] ?? poll.interval,
      timeoutMs: poll.timeout,
      deadlineMs: poll.deadline,
      concurrency: poll.concurrency,
      rateLimit: poll.rate_limit / shard.total,
      reconcileIntervalMs: poll.reconcile_interval,
      staleAfterMs: poll.stale_after,
    },
    accounts: (
      accounts ?? [
        { regions: [...(flags["aws.region"] ?? [])], workgroups: flags["athena.workgroup"]?.slice() },
      ]
    ).flatMap(accountConfigs),
    sessions: {
      details: sessions.details,
      idleThresholdsSeconds: sessions.idle_thresholds.map((thresholdMs) => thresholdMs / 1_000),
      perSession: {
        enabled: sessions.per_session.enabled,
        limit: sessions.per_session.limit,
        totalLimit: sessions.per_session.total_limit,
        labels: sessions.per_session.labels,
      },
    },
    shard,
    web: {
      listenAddresses: flags["web.listen-address"],
      telemetryPath: flags["web.telemetry-path"],
      maxRequests: flags["web.max-requests"],
      enableLifecycle: flags["web.enable-lifecycle"] === true,
      ...(grafanaUrl !== undefined && { grafanaUrl }),
    },
    log: { level: flags["log.level"], format: flags["log.format"] },
  };
}

/** An entry as one account, or as each of the many that have its role. */
function accountConfigs(account: AccountEntry): AccountConfig[] {
  const { name = "", role_arn: role, account_ids: ids } = account;
  return ids === undefined || role === undefined
    ? [accountConfig(account, name, role)]
    : Object.entries(ids).map(([name, id]) => accountConfig(account, name, roleInAccount(role, id)));
}

function accountConfig(account: AccountEntry, name: string, roleArn: string | undefined): AccountConfig {
  const { include, exclude, tags, tag_labels: tagLabels, interval } = account.discovery ?? DEFAULT_DISCOVERY;
  return {
    name,
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(account.external_id === undefined ? {} : { externalId: account.external_id }),
    regions: account.regions ?? [],
    ...(account.workgroups === undefined ? {} : { workgroups: account.workgroups }),
    discovery: {
      include,
      exclude,
      ...(tags === undefined ? {} : { tags }),
      ...(tagLabels.length === 0 ? {} : { tagLabels }),
      intervalMs: interval,
    },
  };
}
