import type { Command } from "../command.ts";
import { nearest } from "../nearest.ts";
import type { ConfigProblem } from "../problem.ts";
import {
  acceptsFlag,
  CONFIG_CONTENT_VARIABLE,
  findFlag,
  FLAGS,
  VARIABLE_PREFIX,
  variableOf,
  type Flag,
} from "./flag.ts";
import type { WrittenFlag } from "./flag-values.ts";

/** Variables by name, as process.env has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const isAction = (flag: Flag): boolean => flag.isAction === true;
const SETTING_NAMES = [...new Set(FLAGS.filter((flag) => !isAction(flag)).map(({ name }) => name))];
const KNOWN_VARIABLES = [...SETTING_NAMES.map(variableOf), CONFIG_CONTENT_VARIABLE];
/** Named as flags are that have no variable. Images set such ones for people to read, so they are ignored. */
const IGNORED_VARIABLES = new Set(FLAGS.filter(isAction).map(({ name }) => variableOf(name)));

/** The flags that the environment gives, of those that the command accepts: an environment is shared, so others are no error. */
export function flagsOfEnvironment(env: Environment, command: Command): WrittenFlag[] {
  return SETTING_NAMES.flatMap((name) => {
    const flag = findFlag(command, name);
    const source = variableOf(name);
    const text = env[source]?.trim() ?? "";
    if (flag === undefined || text === "" || !acceptsFlag(command, flag)) return [];
    const texts = flag.isRepeatable === true ? text.split(",").map((item) => item.trim()) : [text];
    return [{ name, source, texts }];
  });
}

/** Variables with our prefix that are none of ours. */
export function environmentProblems(env: Environment): ConfigProblem[] {
  return Object.entries(env)
    .filter(([name]) => name.startsWith(VARIABLE_PREFIX))
    .filter(([name]) => !KNOWN_VARIABLES.includes(name) && !IGNORED_VARIABLES.has(name))
    .filter(([name, value]) => !isServiceLink(name, value ?? ""))
    .map(([name]) => {
      const near = nearest(
        name.slice(VARIABLE_PREFIX.length),
        KNOWN_VARIABLES.map((known) => known.slice(VARIABLE_PREFIX.length)),
      );
      const hint =
        near === undefined
          ? "--help lists the flags they are named after"
          : `did you mean ${VARIABLE_PREFIX}${near}?`;
      return { source: name, message: `unknown variable; ${hint}` };
    });
}

/**
 * Whether Kubernetes or Docker made the variable for a service called athena-exporter: it must not stop the exporter.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function isServiceLink(name: string, value: string): boolean {
  return (
    /_SERVICE_HOST$|_SERVICE_PORT(?:_[A-Z0-9_]+)?$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/.test(
      name,
    ) ||
    (name.endsWith("_PORT") && /^(?:tcp|udp|sctp):\/\//.test(value))
  );
}
