import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";

const DOCUMENT = "docs/performance.md";

/** Where and when a benchmark ran. */
export function circumstances(date: Date): string {
  const cores = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"})`;
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory`;
  return `Measured on ${date.toISOString().slice(0, 10)} with Node.js ${process.version} on ${cores}, ${memory}.`;
}

/** Replaces what a benchmark's markers enclose in docs/performance.md. Rejects unless each marker is there once. */
export async function writeSection(bench: string, output: string): Promise<void> {
  const begin = `<!-- ${bench}: written by npm run bench -- --docs ${bench} -->\n`;
  const end = `<!-- ${bench}: end -->`;
  const text = await readFile(DOCUMENT, "utf8");
  const [before, rest, ...more] = text.split(begin);
  const [, after, ...others] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`the begin and end markers of ${bench} must each occur once in ${DOCUMENT}`);
  }
  await writeFile(DOCUMENT, `${before}${begin}\n${output}\n${end}${after}`);
}
