import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningRole } from "./running-role.ts";

export interface LoadQuestion {
  readonly url: string;
  readonly connections: number;
  readonly durationMs: number;
}

export interface LoadAnswer {
  readonly requestsPerSecond: number;
  readonly meanBytes: number;
}

/** Shared, as nothing is kept of what is read; small, so that it stays in the processor's cache. */
const buffer = Buffer.allocUnsafe(64 * 1024);
const HEAD_END = "\r\n\r\n";

/** A client that asks for /metrics again as soon as it has the answer, on connections that are kept. */
export async function start(_settings: null): Promise<RunningRole<true, LoadQuestion, LoadAnswer>> {
  return { ready: true, answer: load };
}

async function load({ url, connections, durationMs }: LoadQuestion): Promise<LoadAnswer> {
  const readers = Array.from({ length: connections }, () => new Reader(new URL(url)));
  const startMs = performance.now();
  await sleep(durationMs);
  const seconds = (performance.now() - startMs) / 1000;
  for (const reader of readers) reader.close();
  const responses = total(readers.map((reader) => reader.responses));
  return {
    requestsPerSecond: responses / seconds,
    meanBytes: total(readers.map((reader) => reader.bytes)) / Math.max(1, responses),
  };
}

/**
 * One connection. It looks at the heads only: node:http's client costs more than the servers that are to be measured, and
 * would be what limits them.
 */
class Reader {
  responses = 0;
  bytes = 0;
  readonly #request: string;
  readonly #socket: Socket;
  #head = "";
  /** Of the body that is under way; 0 while a head is. */
  #bytesLeft = 0;

  constructor({ hostname, port, host, pathname }: URL) {
    this.#request = `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept-Encoding: gzip\r\n\r\n`;
    const callback = (length: number) => {
      this.#read(length);
      return true;
    };
    this.#socket = connect({ host: hostname, port: Number(port), onread: { buffer, callback } });
    this.#socket.write(this.#request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(length: number): void {
    const isHead = this.#bytesLeft === 0;
    if (isHead && !this.#readHead(length)) return;
    if (!isHead) this.#bytesLeft -= length;
    if (this.#bytesLeft > 0) return;
    this.responses += 1;
    this.#socket.write(this.#request);
  }

  /** Whether the head is complete; `#bytesLeft` is then what the body still lacks. */
  #readHead(length: number): boolean {
    const before = this.#head.length;
    this.#head += buffer.toString("latin1", 0, length);
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return false;
    const head = this.#head.slice(0, end);
    const bodyBytes = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (!head.startsWith("HTTP/1.1 200") || !Number.isFinite(bodyBytes)) throw new Error(`answered: ${head}`);
    this.bytes += bodyBytes;
    this.#bytesLeft = bodyBytes - (before + length - end - HEAD_END.length);
    this.#head = "";
    return true;
  }
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
