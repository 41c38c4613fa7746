import { get, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

/** A body as Prometheus gets it: still compressed. Rejects where the answer is not 200. */
export async function scrapeGzip(url: string): Promise<{ body: Buffer; contentType: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false, headers: { "Accept-Encoding": "gzip" } }, resolve).on("error", reject);
  });
  const body = await buffer(response);
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  return { body, contentType: response.headers["content-type"] ?? "" };
}

export async function scrapeText(url: string): Promise<string> {
  const { body } = await scrapeGzip(url);
  return gunzipSync(body).toString("utf8");
}

/** Samples, that is lines that are no comments. */
export function countSeries(text: string): number {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
}

/** The value of a sample without labels; throws where there is none. */
export function sampleValue(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`the scrape holds no ${name}`);
  return Number(value);
}

/** A family's samples: the text of their labels, and the value. */
export function samplesOf(text: string, name: string): [labels: string, value: number][] {
  const samples = text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, "gm"));
  return [...samples].map(([, labels = "", value]) => [labels, Number(value)]);
}

/** The upper bound of the bucket that holds a quantile of a histogram without labels. */
export function histogramQuantile(text: string, name: string, share: number): number {
  const wanted = share * sampleValue(text, `${name}_count`);
  const bound = samplesOf(text, `${name}_bucket`).find(([, count]) => count >= wanted)?.[0];
  return Number(/"(.*)"/.exec(bound ?? "")?.[1]?.replace("+Inf", "Infinity"));
}
