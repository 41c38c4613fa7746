import { systemClock } from "../src/clock.ts";
import { startSimulator } from "../src/simulator/simulator.ts";
import { type FleetSize, simulatorAccounts } from "./fleet.ts";
import type { RunningRole } from "./running-role.ts";

/** A simulated Athena; ready with the variables that make an AWS client talk to it. */
export async function start(size: FleetSize): Promise<RunningRole<Record<string, string>>> {
  const simulator = await startSimulator({ clock: systemClock, accounts: simulatorAccounts(size) });
  return {
    ready: { ...simulator.environment, AWS_EC2_METADATA_DISABLED: "true" },
    answer: async () => undefined as never,
  };
}
