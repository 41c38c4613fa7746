import type { Clock } from "../clock.ts";

/** How long a change waits for others: to wake a thread costs more than to send it some lines. */
const DELAY_MS = 50;
/** Workgroups whose text is rendered and sent at a time: a few milliseconds, and half a megabyte. */
const BATCH = 32;
/** While more changes wait, each batch is twice the last one, up to this: on a busy thread, it takes long until a batch is known to have arrived. */
const MAX_BATCH = 256;

export interface TextSenderOptions {
  readonly clock: Clock;
  /** Renders the changes of at most so many workgroups, and returns whether there are more. */
  readonly render: (limit: number) => boolean;
  /** Resolves when what was rendered up to now has arrived. */
  readonly arrived: () => Promise<void>;
}

/** Renders changes of the board for another thread, no faster than they arrive there, as text that waits takes memory. */
export class TextSender {
  readonly #options: TextSenderOptions;
  #isSending = false;

  constructor(options: TextSenderOptions) {
    this.#options = options;
  }

  /** Called after each change. */
  changed(): void {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#options.clock.after(DELAY_MS, () => void this.#sendAll());
  }

  /** Renders a batch now, which is all there is as a rule. */
  sendBatch(): void {
    this.#options.render(BATCH);
  }

  async #sendAll(): Promise<void> {
    const { render, arrived } = this.#options;
    for (let batch = BATCH; render(batch); batch = Math.min(2 * batch, MAX_BATCH)) await arrived();
    this.#isSending = false;
  }
}
