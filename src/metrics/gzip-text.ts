import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createGzip } from "node:zlib";
import type { Clock } from "../clock.ts";

/** A text as one gzip member, and how long it is without compression. */
export interface GzipText {
  readonly gzip: Buffer;
  readonly plainBytes: number;
}

const LEVEL = 1;
const CHUNK_BYTES = 64 * 1024;
/** How long it may hold the event loop at a time. */
const TURN_MS = 5;

/**
 * Compresses a text as it is made, slice by slice, without holding the event loop for long and without
 * the whole text in memory. One member, because curl and Chromium read only the first of several.
 */
export async function gzipText(slices: Iterable<string>, clock: Clock): Promise<GzipText> {
  const gzip = createGzip({ level: LEVEL, chunkSize: CHUNK_BYTES });
  const chunks: Buffer[] = [];
  await pipeline(Readable.from(inTurns(slices, clock)), gzip, async (compressed: AsyncIterable<Buffer>) => {
    for await (const chunk of compressed) chunks.push(chunk);
  });
  // In one piece, as writing a response piece by piece takes a fifth more CPU.
  return { gzip: Buffer.concat(chunks), plainBytes: gzip.bytesWritten };
}

async function* inTurns(slices: Iterable<string>, clock: Clock): AsyncGenerator<Buffer> {
  let turnStartMs = clock.monotonicMs();
  for (const slice of slices) {
    yield Buffer.from(slice);
    if (clock.monotonicMs() - turnStartMs < TURN_MS) continue;
    await nextTurn();
    turnStartMs = clock.monotonicMs();
  }
}
