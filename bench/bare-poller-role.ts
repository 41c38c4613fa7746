import { setTimeout as sleep } from "node:timers/promises";
import { AthenaClient, ListSessionsCommand } from "@aws-sdk/client-athena";
import { type FleetSize, REGION, workgroupNames } from "./fleet.ts";
import { COMPRESSION_MS, measured, type PollerAnswer, type PollerQuestion } from "./measured-poller.ts";
import type { RunningRole } from "./running-role.ts";

const PAGE = 100;

/** A loop of the SDK's command, which lists sessions and does nothing with them. */
export async function start(size: FleetSize): Promise<RunningRole<true, PollerQuestion, PollerAnswer>> {
  const client = new AthenaClient({ region: REGION });
  const names = workgroupNames(size);
  let next = 0;
  return measured({
    async poll() {
      const { Sessions: sessions } = await client.send(
        new ListSessionsCommand({ WorkGroup: names[next % names.length], MaxResults: PAGE }),
      );
      next += 1;
      if (sessions?.length !== size.sessions) throw new Error("a listing is not what it should be");
    },
    settle: () => sleep(COMPRESSION_MS),
  });
}
