import type { Clock } from "../clock.ts";
import type { Logger } from "./logger.ts";
import type { DiscoveryResult } from "../poll/discovery.ts";
import type { PollFailure, PollResult } from "../poll/poll.ts";
import type { LifeCycleEvent } from "../sessions/event.ts";
import { advise } from "../snapshot/advice.ts";
import type { Region, Target } from "../targets/account-region.ts";
import type { WatchListener } from "./poll-manager.ts";

/** A first round that takes longer than this says how far it is, and again after as long. */
const PROGRESS_MS = 15_000;

/** Logs what people want to read: changes, not polls. */
export class WatchLog implements WatchListener {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #failing = new Map<string, string>();
  readonly #accountIds = new Map<string, string>();
  readonly #sizes = new Map<string, number>();
  /** Targets that were polled once; undefined when all were. */
  #firstRound: Set<string> | undefined = new Set();
  #progressAtMs: number;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
    this.#progressAtMs = clock.monotonicMs() + PROGRESS_MS;
  }

  discovered(region: Region, { accountId, targets, failure, isPartial, isDuplicate }: DiscoveryResult): void {
    this.#accountIds.set(region.key, accountId);
    const place = this.#place(region);
    if (isPartial === true) return;
    if (targets !== undefined && targets.length !== this.#sizes.get(region.key)) {
      this.#sizes.set(region.key, targets.length);
      this.#logger.info({ ...place, workgroups: targets.length }, "workgroups to poll");
    }
    this.#logChange(region.key, place, failure, "account's region", isDuplicate === true ? "error" : "warn");
  }

  polled(region: Region, target: Target, { outcome }: PollResult): void {
    const place = { ...this.#place(region), workgroup: target.workgroup };
    this.#logProgress(target);
    if ("failure" in outcome) {
      this.#logChange(target.key, place, outcome.failure, "workgroup");
      return;
    }
    this.#logChange(target.key, place, undefined, "workgroup");
    if (outcome.findings.lookupsDenied) {
      this.#logger.warn(
        place,
        "single sessions may not be looked up (athena:GetSessionStatus, or GetSession with details): ends are found by listings instead, later and at more calls",
      );
    }
    for (const event of outcome.findings.events) this.#logEvent(place, event);
  }

  skipped(): void {
    // athena_exporter_polls_skipped_total tells it; a line for each would say nothing more.
  }

  #place({ key, region }: Region): { aws_account_id: string; aws_region: string } {
    return { aws_account_id: this.#accountIds.get(key) ?? "", aws_region: region };
  }

  /** One line when something starts to fail, or fails for another reason, and one when it is back. */
  #logChange(
    key: string,
    place: object,
    failure: PollFailure | undefined,
    what: string,
    level: "warn" | "error" = "warn",
  ): void {
    const former = this.#failing.get(key);
    if (failure?.reason === former) return;
    if (failure === undefined) {
      this.#failing.delete(key);
      this.#logger.info(place, `${what} is back`);
      return;
    }
    this.#failing.set(key, failure.reason);
    const { reason, operation, message } = failure;
    const advice = advise(failure, this.#subject(place));
    this.#logger[level]({ ...place, reason, operation, error: message, advice }, `${what} is failing`);
  }

  #subject(place: object): { accountId: string; region: string; workgroup?: string } {
    const fields = place as { aws_account_id: string; aws_region: string; workgroup?: string };
    return {
      accountId: fields.aws_account_id,
      region: fields.aws_region,
      ...(fields.workgroup !== undefined && { workgroup: fields.workgroup }),
    };
  }

  #logEvent(place: object, event: LifeCycleEvent): void {
    const { kind, session, endState, ageSeconds, idleSeconds, idleDpuSeconds, usedDpuSeconds } = event;
    this.#logger.info(
      {
        ...place,
        session_id: session.id,
        state: endState ?? session.state,
        ...(session.stateReason !== undefined && { state_change_reason: session.stateReason }),
        ...(session.description !== "" && { description: session.description }),
        ...(ageSeconds !== undefined && { age_seconds: ageSeconds }),
        ...(idleSeconds !== undefined && { idle_seconds: idleSeconds, idle_dpu_seconds: idleDpuSeconds }),
        ...(usedDpuSeconds !== undefined && { dpu_seconds: usedDpuSeconds }),
      },
      `session ${kind}`,
    );
  }

  #logProgress(target: Target): void {
    if (this.#firstRound === undefined) return;
    this.#firstRound.add(target.key);
    const polled = this.#firstRound.size;
    const workgroups = [...this.#sizes.values()].reduce((total, size) => total + size, 0);
    if (polled >= workgroups) this.#firstRound = undefined;
    if (polled >= workgroups || this.#clock.monotonicMs() < this.#progressAtMs) return;
    this.#progressAtMs = this.#clock.monotonicMs() + PROGRESS_MS;
    this.#logger.info({ polled, workgroups }, "first round of polls under way");
  }
}
