import { Child } from "./child.ts";
import { median, table } from "./table.ts";

const WORKGROUPS = 50;
const SESSIONS = [20, 100] as const;
const WARM_UP_ROUNDS = 6;
const ROUNDS = 30;
const POLLS_A_ROUND = 100;

/** CPU of a poll against what the SDK's call alone takes. */
export async function polling(): Promise<string> {
  const rows: string[][] = [];
  for (const sessions of SESSIONS) {
    const size = { workgroups: WORKGROUPS, sessions, epochMs: Date.now() };
    const simulator = await Child.start("simulator", size);
    const poller = await Child.start("poller", size, simulator.ready);
    await poller.ask({ rounds: WARM_UP_ROUNDS, pollsARound: POLLS_A_ROUND });
    const { bareMs, exporterMs } = await poller.ask({ rounds: ROUNDS, pollsARound: POLLS_A_ROUND });
    await Promise.all([poller.stop(), simulator.stop()]);
    // Of rounds side by side, so that a machine that is busy for a while disturbs both.
    const ratio = median(exporterMs.map((ms, round) => ms / (bareMs[round] ?? NaN)));
    rows.push([
      String(sessions),
      `${median(bareMs).toFixed(3)} ms`,
      `${median(exporterMs).toFixed(3)} ms`,
      ratio.toFixed(2),
    ]);
  }
  return table(["sessions", "bare ListSessions", "exporter", "ratio"], rows);
}
