import type { Child } from "./child.ts";
import type { LoadAnswer } from "./load-role.ts";
import type { ProcessCost } from "./process-cost.ts";
import { POLLS_PER_SECOND } from "./scrape-spaced.ts";
import { median, table } from "./table.ts";

const ROUNDS = 5;
const ROUND_MS = 3000;
const CONNECTIONS = 4;

type Round = LoadAnswer & ProcessCost;

/** The rounds of each server. */
export interface LoopResults {
  readonly plain: readonly Round[];
  readonly idle: readonly Round[];
  readonly polling: readonly Round[];
  /** Of a response. */
  readonly meanBytes: number;
}

/** Clients that request again at once; the servers take turns. */
export async function measureLoops(
  exporter: Child<"exporter">,
  plain: Child<"plain">,
  load: Child<"load">,
  rounds = ROUNDS,
): Promise<LoopResults> {
  const results = { plain: [] as Round[], idle: [] as Round[], polling: [] as Round[] };
  const measure = async (url: string, cost: Promise<ProcessCost>): Promise<Round> => {
    const answer = await load.ask({ url, connections: CONNECTIONS, durationMs: ROUND_MS });
    return { ...answer, ...(await cost) };
  };
  const exporterRound = (pollsPerSecond: number) =>
    measure(exporter.ready.url, exporter.ask({ durationMs: ROUND_MS, pollsPerSecond }));
  for (let round = 0; round <= rounds; round += 1) {
    const plainRound = await measure(plain.ready.url, plain.ask({ durationMs: ROUND_MS }));
    const idleRound = await exporterRound(0);
    const pollingRound = await exporterRound(POLLS_PER_SECOND);
    // V8 has not optimized yet what responds in the first.
    if (round === 0) continue;
    results.plain.push(plainRound);
    results.idle.push(idleRound);
    results.polling.push(pollingRound);
  }
  return { ...results, meanBytes: results.plain[0]?.meanBytes ?? NaN };
}

/** Scrapes a second, and a second of CPU, as parts of the plain server's in the same round. */
export function loopRatios(
  rounds: readonly Round[],
  plain: readonly Round[],
): { readonly rate: number; readonly byCpu: number } {
  const ratio = (of: (round: Round) => number) =>
    median(
      rounds.flatMap((round, index) => (plain[index] === undefined ? [] : [of(round) / of(plain[index])])),
    );
  return {
    rate: ratio(({ requestsPerSecond }) => requestsPerSecond),
    byCpu: ratio(({ requestsPerSecond, cpuShare }) => requestsPerSecond / cpuShare),
  };
}

export function reportLoops({ plain, idle, polling }: LoopResults): string {
  const row = (name: string, rounds: readonly Round[]) => {
    const { rate, byCpu } = loopRatios(rounds, plain);
    return [
      name,
      String(Math.round(median(rounds.map(({ requestsPerSecond }) => requestsPerSecond)))),
      rate.toFixed(2),
      byCpu.toFixed(2),
    ];
  };
  return table(
    [`loop of ${CONNECTIONS} clients`, "scrapes/s", "ratio", "ratio by CPU"],
    [row("plain node:http", plain), row("exporter, idle", idle), row("exporter, polling", polling)],
  );
}
