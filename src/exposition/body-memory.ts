/** One that is sent while the next is built, and one that a slower client still reads. */
const MAX_SPARE = 2;
/** The next body may be longer. */
const ROOM_FACTOR = 1.1;

/** The body of a scrape in pieces, which must not be changed. */
export interface Body {
  /** One with gzip. They may be made when they are asked for. */
  readonly pieces: Iterable<Buffer>;
  readonly bytes: number;
  /** To be called once the pieces are read no more: they may change from then on. Absent where they never change. */
  readonly release?: () => void;
}

/** Memory for bodies, used again: several megabytes of garbage a scrape would make V8 pause for long. */
export class BodyMemory {
  #spare: Buffer<ArrayBuffer>[] = [];

  /** A buffer of at least `bytes`. */
  take(bytes: number): Buffer<ArrayBuffer> {
    this.#spare = this.#spare.filter(({ length }) => length >= bytes);
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(Math.ceil(bytes * ROOM_FACTOR));
  }

  /** Takes back what `take` gave, by its beginning that was used. */
  giveBack(used: Buffer<ArrayBuffer>): void {
    if (this.#spare.length < MAX_SPARE) this.#spare.push(Buffer.from(used.buffer));
  }
}

/** A body that several responses read, and whose memory is given back after the last of them. */
export class SharedBody {
  readonly #body: Buffer;
  readonly #unused: () => void;
  #readers: number;

  /** `readers`: how often `release` will be called, by itself or on what `read` returns. */
  constructor(body: Buffer, readers: number, unused: () => void) {
    this.#body = body;
    this.#readers = readers;
    this.#unused = unused;
  }

  /** For a reader that was counted. */
  read(): Body {
    let isReading = true;
    const release = () => {
      if (isReading) this.release();
      isReading = false;
    };
    return { pieces: [this.#body], bytes: this.#body.length, release };
  }

  addReader(): void {
    this.#readers += 1;
  }

  release(): void {
    this.#readers -= 1;
    if (this.#readers === 0) this.#unused();
  }
}
