import { DPU_QUOTAS } from "../targets/dpu-quota.ts";
import type { SessionRow } from "./snapshot.ts";

/** A coordinator has one DPU. */
const COORDINATOR_DPUS = 1;

/**
 * The DPUs that active sessions hold, by the name of the quota that they count against; a lower bound. Without details each session counts
 * as its coordinator; with them a BUSY one counts as many as it may use. Sessions of an unknown engine count against none.
 * @param engineVersion of the workgroup, for sessions that tell none
 */
export function activeDpus(rows: readonly SessionRow[], engineVersion: string): ReadonlyMap<string, number> {
  const dpus = new Map<string, number>();
  for (const row of rows) {
    const engine = row.engineVersion || engineVersion;
    const quota = DPU_QUOTAS.find((one) => one.engine.test(engine));
    if (quota === undefined) continue;
    const held = row.state === "BUSY" ? (row.maxDpus ?? COORDINATOR_DPUS) : COORDINATOR_DPUS;
    dpus.set(quota.name, (dpus.get(quota.name) ?? 0) + held);
  }
  return dpus;
}
