import { VirtualClock } from "../poll/virtual-clock.ts";
import { configOf, type ConfigOptions } from "./config.ts";
import { Exporter } from "./exporter.ts";
import { FakeAws } from "./fake-aws.ts";

const STEP_MS = 10;

/** An exporter on a virtual clock that polls a fake AWS. */
export class VirtualExporter extends Exporter {
  readonly aws: FakeAws;
  readonly clock: VirtualClock;

  constructor(aws: FakeAws, clock: VirtualClock, options: ConfigOptions) {
    super(configOf(options), clock, () => undefined, aws.connect);
    this.aws = aws;
    this.clock = clock;
  }

  /** Advances the clock in small steps until `holds`, for at most `mostMs`. */
  async advanceUntil(what: string, holds: () => boolean, mostMs = 600_000): Promise<void> {
    const endMs = this.clock.monotonicMs() + mostMs;
    while (!holds()) {
      if (this.clock.monotonicMs() >= endMs)
        throw new Error(`not so within ${mostMs} ms of virtual time: ${what}`);
      await this.clock.advance(STEP_MS);
    }
  }
}

/** Starts an exporter; `prepare` fills the fake AWS before. */
export function startVirtual(
  options: ConfigOptions = {},
  prepare: (aws: FakeAws) => void = () => undefined,
): VirtualExporter {
  const clock = new VirtualClock();
  const aws = new FakeAws(clock);
  prepare(aws);
  const exporter = new VirtualExporter(aws, clock, options);
  exporter.start();
  return exporter;
}
