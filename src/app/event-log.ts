import type { Clock } from "../clock.ts";
import type { Failure, FailureReason } from "../failure.ts";
import type { DiscoveryResult } from "../poll/discovery.ts";
import type { PollRequest, PollResult } from "../poll/poll.ts";
import type { Choice } from "../poll/schedule.ts";
import type { ShownCaller } from "../owners/shown-caller.ts";
import type { CutShort } from "../poll/owner-finder.ts";
import type { LifeCycleEvent } from "../sessions/life-cycle.ts";
import { advise, type FailurePlace } from "../snapshot/advice.ts";
import type { AccountRegion, Target } from "../targets/account-region.ts";
import type { Logger } from "./logger.ts";
import type { PollListener } from "./poll-manager.ts";
import type { EventCallers } from "./session-owners.ts";

/** How often the progress of a long first round of polls is logged. */
const PROGRESS_MS = 15_000;

/** What was logged last of an account and region. */
interface Logged {
  accountId: string;
  /** Empty where the configuration gives none. */
  accountName: string;
  workgroups: number | undefined;
  reason: FailureReason | undefined;
  ownersReason: FailureReason | undefined;
  quotasReason: FailureReason | undefined;
  readonly workgroupReasons: Map<string, FailureReason>;
  /** Keys of the targets that the first round has polled. */
  readonly polled: Set<string>;
}

interface LoggedPlace extends FailurePlace {
  readonly accountName: string;
}

/** Logs life-cycle events of sessions, and accounts, regions and workgroups that start to fail or recover. */
export class EventLog implements PollListener {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #logged = new Map<string, Logged>();
  #accountRegions = 0;
  #isFirstRound = true;
  #progressAtMs: number;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
    this.#progressAtMs = clock.monotonicMs() + PROGRESS_MS;
  }

  configured(accountRegions: readonly AccountRegion[]): void {
    const wanted = new Set(accountRegions.map(({ key }) => key));
    for (const key of this.#logged.keys()) if (!wanted.has(key)) this.#logged.delete(key);
    this.#accountRegions = accountRegions.length;
    for (const { key, accountName } of accountRegions) this.#loggedOf(key).accountName = accountName;
  }

  discovered(
    { key, region }: AccountRegion,
    { accountId, targets, failure, isPartial, duplicateOf }: DiscoveryResult,
  ): void {
    const logged = this.#loggedOf(key);
    logged.accountId = accountId;
    if (isPartial === true) return;
    const place = { accountId, region, accountName: logged.accountName };
    if (targets !== undefined && targets.length !== logged.workgroups) {
      logged.workgroups = targets.length;
      this.#logger.info({ ...fieldsOf(place), workgroups: targets.length }, "workgroups to poll");
    }
    if (targets !== undefined) forgetOthers(logged, targets);
    const level = duplicateOf !== undefined ? "error" : "warn";
    if (failure?.reason !== logged.reason) this.#logChange(place, failure, "account and region", level);
    logged.reason = failure?.reason;
  }

  polled(
    { key, region }: AccountRegion,
    target: Target,
    result: PollResult,
    plannedIntervalMs: number,
  ): void {
    const { outcome, durationMs, requests, attempts } = result;
    const { workgroupReasons, polled } = this.#loggedOf(key);
    const place = this.#place({ key, region }, target);
    if (this.#logger.isLevelEnabled("debug")) {
      const seconds = {
        duration_seconds: durationMs / 1000,
        planned_interval_seconds: plannedIntervalMs / 1000,
      };
      const calls = attempts.map(toCall);
      this.#logger.debug({ ...fieldsOf(place), requests, ...seconds, calls }, "polled");
    }
    if (this.#isFirstRound) {
      polled.add(target.key);
      this.#logProgress();
    }
    const failure = "failure" in outcome ? outcome.failure : undefined;
    if (failure?.reason !== workgroupReasons.get(target.key)) {
      this.#logChange(place, failure, "workgroup", "warn");
    }
    if (failure === undefined) workgroupReasons.delete(target.key);
    else workgroupReasons.set(target.key, failure.reason);
  }

  happened(
    { key, region }: AccountRegion,
    { workgroup }: Target,
    event: LifeCycleEvent,
    { startedBy, endedBy, isLate }: EventCallers,
  ): void {
    const { kind, session, endState, ageSeconds, idleSeconds, idleDpuSeconds, usedDpuSeconds } = event;
    const ended = isLate === true && session.endMs !== undefined && new Date(session.endMs).toISOString();
    this.#logger.info(
      {
        ...fieldsOf(this.#place({ key, region }, { workgroup })),
        session_id: session.id,
        state: endState ?? session.state,
        ...(session.stateReason !== undefined && { state_change_reason: session.stateReason }),
        ...(session.description !== "" && { description: session.description }),
        ...(ended !== false && { ended_at: ended }),
        ...(ageSeconds !== undefined && { age_seconds: ageSeconds }),
        ...(idleSeconds !== undefined && { idle_seconds: idleSeconds, idle_dpu_seconds: idleDpuSeconds }),
        ...(usedDpuSeconds !== undefined && { dpu_seconds: usedDpuSeconds }),
        ...(startedBy !== undefined && callerFields("started_by", startedBy)),
        ...(endedBy === "idle_timeout" && { ended_by: endedBy }),
        ...(typeof endedBy === "object" &&
          callerFields("ended_by", { ...endedBy, name: endedBy.name || "caller" })),
      },
      `session ${kind}`,
    );
  }

  ownerFound(
    { key, region }: AccountRegion,
    { workgroup }: Target,
    sessionId: string,
    owner: ShownCaller,
  ): void {
    const place = fieldsOf(this.#place({ key, region }, { workgroup }));
    const fields = callerFields("started_by", owner);
    this.#logger.info({ ...place, session_id: sessionId, ...fields }, "owner of session found");
  }

  ownersLookedUp({ key, region }: AccountRegion, failure: Failure | undefined): void {
    const logged = this.#loggedOf(key);
    if (failure?.reason === logged.ownersReason) return;
    logged.ownersReason = failure?.reason;
    this.#logChange(this.#place({ key, region }), failure, "lookup of owners", "warn");
  }

  quotasRead({ key, region }: AccountRegion, failure: Failure | undefined): void {
    const logged = this.#loggedOf(key);
    if (failure?.reason === logged.quotasReason) return;
    logged.quotasReason = failure?.reason;
    this.#logChange(this.#place({ key, region }), failure, "reading of quotas", "warn");
  }

  ownersCutShort(
    { key, region }: AccountRegion,
    { operation, window, completeFromMs, pages }: CutShort,
  ): void {
    this.#logger.warn(
      {
        ...fieldsOf(this.#place({ key, region })),
        operation,
        pages,
        from: new Date(window.fromMs).toISOString(),
        read_back_to: new Date(completeFromMs).toISOString(),
      },
      "lookup of owners was cut short by its limit on pages; earlier sessions may stay without owner",
    );
  }

  picked(
    accountRegion: AccountRegion,
    target: Target,
    { class: name, waitedMs, plannedIntervalMs, skipped }: Choice,
  ): void {
    if (!this.#logger.isLevelEnabled("debug")) return;
    this.#logger.debug(
      {
        ...fieldsOf(this.#place(accountRegion, target)),
        class: name,
        waited_seconds: waitedMs / 1000,
        planned_interval_seconds: plannedIntervalMs / 1000,
        skipped_polls: skipped,
      },
      "poll starts",
    );
  }

  #place(
    { key, region }: Pick<AccountRegion, "key" | "region">,
    target?: Pick<Target, "workgroup">,
  ): LoggedPlace {
    const { accountId, accountName } = this.#loggedOf(key);
    return { accountId, accountName, region, ...(target !== undefined && { workgroup: target.workgroup }) };
  }

  #loggedOf(key: string): Logged {
    const known = this.#logged.get(key);
    if (known !== undefined) return known;
    const logged = {
      accountId: "",
      accountName: "",
      workgroups: undefined,
      reason: undefined,
      ownersReason: undefined,
      quotasReason: undefined,
      workgroupReasons: new Map(),
      polled: new Set<string>(),
    };
    this.#logged.set(key, logged);
    return logged;
  }

  #logChange(place: LoggedPlace, failure: Failure | undefined, what: string, level: "warn" | "error"): void {
    if (failure === undefined) {
      this.#logger.info(fieldsOf(place), `${what} recovered`);
      return;
    }
    const { reason, operation, message } = failure;
    const advice = advise(failure, place);
    this.#logger[level](
      { ...fieldsOf(place), reason, operation, error: message, advice },
      `${what} is failing`,
    );
  }

  #logProgress(): void {
    const all = [...this.#logged.values()];
    const discovered = all.flatMap(({ workgroups }) => workgroups ?? []);
    const polled = sum(all.map((logged) => logged.polled.size));
    const workgroups = sum(discovered);
    if (discovered.length >= this.#accountRegions && polled >= workgroups) this.#isFirstRound = false;
    if (polled >= workgroups || this.#clock.monotonicMs() < this.#progressAtMs) return;
    this.#progressAtMs = this.#clock.monotonicMs() + PROGRESS_MS;
    this.#logger.info({ polled, workgroups }, "first round of polls in progress");
  }
}

/** Forgets workgroups that are no longer polled. */
function forgetOthers({ workgroupReasons, polled }: Logged, targets: readonly Target[]): void {
  const kept = new Set(targets.map(({ key }) => key));
  for (const key of workgroupReasons.keys()) if (!kept.has(key)) workgroupReasons.delete(key);
  for (const key of polled) if (!kept.has(key)) polled.delete(key);
}

function fieldsOf({
  accountId,
  accountName,
  region,
  workgroup,
}: LoggedPlace): Readonly<Record<string, string>> {
  return {
    aws_account_id: accountId,
    ...(accountName !== "" && { account_name: accountName }),
    aws_region: region,
    ...(workgroup !== undefined && { workgroup }),
  };
}

function toCall({ operation, attempt, durationMs, reason }: PollRequest): object {
  return { operation, attempt, duration_seconds: durationMs / 1000, outcome: reason ?? "ok" };
}

/** Nothing for a caller who is not shown. */
function callerFields(field: string, { name, arn }: ShownCaller): Readonly<Record<string, string>> {
  return { ...(name !== "" && { [field]: name }), ...(arn !== "" && { [`${field}_arn`]: arn }) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
