import { Agent, get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningRole } from "./running-role.ts";

export interface ScraperQuestion {
  readonly url: string;
  readonly scrapes: number;
  /** From the start of a scrape to that of the next, on average. */
  readonly everyMs: number;
}

/** From each request to the end of its response. */
export interface ScraperAnswer {
  readonly latenciesMs: readonly number[];
}

/** The golden ratio's fraction: its multiples modulo 1 are spread evenly. */
const SPREAD = 0.618;

/** A client that scrapes as Prometheus does: with gzip, on one kept connection, and with time between scrapes. */
export async function start(_settings: null): Promise<RunningRole<true, ScraperQuestion, ScraperAnswer>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ready: true,
    async answer({ url, scrapes, everyMs }) {
      const latenciesMs: number[] = [];
      for (let scrape = 0; scrape < scrapes; scrape += 1) {
        const slotStartMs = performance.now();
        // At another phase each time, so that scrapes do not keep step with polls.
        await sleep(everyMs * ((scrape * SPREAD) % 1));
        const startMs = performance.now();
        await scrapeOnce(url, agent);
        latenciesMs.push(performance.now() - startMs);
        await sleep(Math.max(0, slotStartMs + everyMs - performance.now()));
      }
      return { latenciesMs };
    },
  };
}

async function scrapeOnce(url: string, agent: Agent): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent, headers: { "Accept-Encoding": "gzip" } }, resolve).on("error", reject);
  });
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  await new Promise<void>((resolve, reject) => {
    response.on("end", resolve).on("error", reject).resume();
  });
}
