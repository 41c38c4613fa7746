import { FAILURE_REASONS, type FailureReason } from "../failure.ts";
import type { Labels } from "./label.ts";

/** An account's region, as its series are labelled. The id is empty while the process' own is not yet known. */
export interface AccountRegion {
  readonly accountId: string;
  readonly region: string;
}

/** A counter's value with its labels. */
export interface Count {
  readonly labels: Labels;
  readonly value: number;
}

/** Operations whose series exist as 0 from when an account's region is known. */
const POLLING_OPERATIONS = ["ListSessions", "ListWorkGroups", "GetSessionStatus"] as const;

/** What was asked of AWS in one account's region. */
export class RegionTally {
  readonly #region: string;
  #accountId: string;
  #skippedPolls = 0;
  readonly #requests = new Map<string, number>();
  readonly #failures = new Map<string, Map<FailureReason, number>>();

  constructor({ accountId, region }: AccountRegion) {
    this.#accountId = accountId;
    this.#region = region;
    for (const operation of POLLING_OPERATIONS) this.#know(operation);
  }

  get accountId(): string {
    return this.#accountId;
  }

  /** Moves all series to the account's id, now that it is known. */
  identify(accountId: string): void {
    this.#accountId = accountId;
  }

  recordAttempt(operation: string, reason: FailureReason | undefined): void {
    const failures = this.#know(operation);
    this.#requests.set(operation, (this.#requests.get(operation) ?? 0) + 1);
    if (reason !== undefined) failures.set(reason, (failures.get(reason) ?? 0) + 1);
  }

  recordSkippedPolls(count: number): void {
    this.#skippedPolls += count;
  }

  requests(): readonly Count[] {
    return [...this.#requests].map(([operation, value]) => ({ labels: this.#labels({ operation }), value }));
  }

  failures(): readonly Count[] {
    return [...this.#failures].flatMap(([operation, reasons]) =>
      [...reasons].map(([reason, value]) => ({ labels: this.#labels({ operation, reason }), value })),
    );
  }

  skippedPolls(): Count {
    return { labels: this.#labels({}), value: this.#skippedPolls };
  }

  /** Starts an operation's series at 0, so that the first increase is seen. */
  #know(operation: string): Map<FailureReason, number> {
    const known = this.#failures.get(operation);
    if (known !== undefined) return known;
    const failures = new Map(FAILURE_REASONS.map((reason) => [reason, 0]));
    this.#failures.set(operation, failures);
    this.#requests.set(operation, 0);
    return failures;
  }

  #labels(rest: Labels): Labels {
    return { aws_account_id: this.#accountId, aws_region: this.#region, ...rest };
  }
}
