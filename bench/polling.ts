import { Child } from "./child.ts";
import { median, table } from "./table.ts";

const WORKGROUPS = 50;
const SESSIONS = [20, 100] as const;
/** V8 still optimizes during the first thousands of polls; a daemon makes far more. */
const WARM_UP = { polls: 6000 };
const ROUNDS = 30;
const QUESTION = { polls: 100 };

/** CPU of a poll against what the SDK's call alone takes, in turns. */
export async function polling(): Promise<string> {
  const rows: string[][] = [];
  for (const sessions of SESSIONS) {
    const size = { workgroups: WORKGROUPS, sessions, epochMs: Date.now() };
    const simulator = await Child.start("simulator", size);
    const bare = await Child.start("bare-poller", size, simulator.ready);
    const exporter = await Child.start("poller", size, simulator.ready);
    const bareMs: number[] = [];
    const exporterMs: number[] = [];
    for (const poller of [bare, exporter]) await poller.ask(WARM_UP);
    for (let round = 0; round < ROUNDS; round += 1) {
      bareMs.push((await bare.ask(QUESTION)).cpuMs);
      exporterMs.push((await exporter.ask(QUESTION)).cpuMs);
    }
    await Promise.all([bare.stop(), exporter.stop(), simulator.stop()]);
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
