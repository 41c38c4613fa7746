import { get, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** What is read of a scrape whose text may be too long for one string. */
export interface StreamedScrape {
  readonly series: number;
  /** The values of every sample of the wanted metrics, by their names. */
  readonly values: ReadonlyMap<string, readonly number[]>;
}

/** Scrapes with gzip and reads the text line by line. Rejects where the answer is not 200. */
export async function scrapeStreamed(url: string, wanted: readonly string[]): Promise<StreamedScrape> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false, headers: { "Accept-Encoding": "gzip" } }, resolve).on("error", reject);
  });
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  const values = new Map<string, number[]>(wanted.map((name) => [name, []]));
  let series = 0;
  for await (const line of createInterface({ input: response.pipe(createGunzip()) })) {
    if (line.startsWith("#")) continue;
    series += 1;
    const nameEnd = line.search(/[ {]/);
    values.get(line.slice(0, nameEnd))?.push(Number(line.slice(line.lastIndexOf(" ") + 1)));
  }
  return { series, values };
}
