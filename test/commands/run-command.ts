import { runCli } from "../../src/cli.ts";
import { systemClock } from "../../src/clock.ts";
import type { ExitCode, Host } from "../../src/app/host.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import type { WorkgroupOptions } from "../../src/simulator/workgroup.ts";

export const ACCOUNT_ID = "123456789012";
export const REGION = "eu-west-1";

/** A simulator of one account and region. */
export function startAccount(
  workgroups: readonly WorkgroupOptions[],
  settings: Partial<SimulatorSettings> = {},
): Promise<Simulator> {
  const keys = [{ accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "a-secret-of-the-simulator" }];
  const accounts = [{ id: ACCOUNT_ID, keys, regions: { [REGION]: workgroups } }];
  return startSimulator({ clock: systemClock, accounts, settings });
}

/** Runs a command against a simulator, and returns what it printed. */
export async function runCommand(
  simulator: Pick<Simulator, "environment">,
  argv: readonly string[],
  host: Partial<Host> = {},
  yaml = "poll: {rate_limit: 1000}",
): Promise<{ exitCode: ExitCode; stdout: string; stderr: string }> {
  const former = { ...process.env };
  // The SDK reads the process' environment.
  Object.assign(process.env, simulator.environment, { AWS_EC2_METADATA_DISABLED: "true" });
  let [stdout, stderr] = ["", ""];
  try {
    const exitCode = await runCli(argv, {
      environment: { ...process.env, ATHENA_EXPORTER_CONFIG_CONTENT: yaml },
      clock: systemClock,
      random: () => 0,
      readFile: () => Promise.reject(new Error("there is no file")),
      readMode: async () => 0o600,
      print: async (text) => {
        stdout += text;
      },
      printError: (text) => {
        stderr += text;
      },
      isTerminal: false,
      onStop: () => undefined,
      onReload: () => undefined,
      ...host,
    });
    return { exitCode, stdout, stderr };
  } finally {
    process.env = former;
  }
}
