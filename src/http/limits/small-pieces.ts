import type { Socket } from "node:net";

/** Most requests fit. The parser takes about 25 µs for each of up to 50 requests that fit, too. */
const PIECE_BYTES = 1024;

/**
 * Gives Node's parser what a connection has sent in small pieces, and no more once `isOver`. Otherwise it parses all requests of
 * up to 64 KiB at once, which takes 60 ms, and keeps each of them, although they are refused.
 */
export function parseInPieces(socket: Socket, isOver: () => boolean): void {
  const [parse] = socket.listeners("data");
  if (parse === undefined) return;
  socket.on("data", (chunk: Buffer) => {
    for (let start = 0; start < chunk.length && !socket.destroyed && !isOver(); start += PIECE_BYTES) {
      parse.call(socket, chunk.subarray(start, start + PIECE_BYTES));
    }
  });
  socket.off("data", parse as (chunk: Buffer) => void);
}
