import { FAILURE_REASONS, type FailureReason } from "../failure.ts";
import type { Labels } from "./text.ts";

/** An account and region as labels. The id is empty while the process' own account is not yet known. */
export interface AccountRegionLabels {
  readonly accountId: string;
  readonly region: string;
}

/** A counter's value with its labels. */
export interface Count {
  readonly labels: Labels;
  readonly value: number;
}

interface OperationCounts {
  requests: number;
  readonly failures: Map<FailureReason, number>;
}

/** The API requests, and the skipped polls, of one account and region. */
export class AccountRegionCounters {
  readonly labels: AccountRegionLabels;
  readonly #operations: Map<string, OperationCounts>;
  #skippedPolls = 0;

  constructor(
    labels: AccountRegionLabels,
    operations = new Map<string, OperationCounts>(),
    skippedPolls = 0,
  ) {
    this.labels = labels;
    this.#operations = operations;
    this.#skippedPolls = skippedPolls;
  }

  /** The counters with an account's id: these ones if it was unknown, else new ones for the same operations. */
  identified(accountId: string): AccountRegionCounters {
    const labels = { ...this.labels, accountId };
    if (this.labels.accountId === "") {
      return new AccountRegionCounters(labels, this.#operations, this.#skippedPolls);
    }
    const counters = new AccountRegionCounters(labels);
    counters.addOperations([...this.#operations.keys()]);
    return counters;
  }

  /** Starts the series of operations at 0, so that `increase()` sees the first request. */
  addOperations(operations: readonly string[]): void {
    for (const operation of operations) this.#countsOf(operation);
  }

  recordAttempt(operation: string, reason: FailureReason | undefined): void {
    const counts = this.#countsOf(operation);
    counts.requests += 1;
    if (reason !== undefined) counts.failures.set(reason, (counts.failures.get(reason) ?? 0) + 1);
  }

  recordSkippedPolls(count: number): void {
    this.#skippedPolls += count;
  }

  requests(): readonly Count[] {
    return [...this.#operations].map(([operation, { requests }]) => this.#count({ operation }, requests));
  }

  failures(): readonly Count[] {
    return [...this.#operations].flatMap(([operation, { failures }]) =>
      [...failures].map(([reason, value]) => this.#count({ operation, reason }, value)),
    );
  }

  skippedPolls(): Count {
    return this.#count({}, this.#skippedPolls);
  }

  #countsOf(operation: string): OperationCounts {
    const known = this.#operations.get(operation);
    if (known !== undefined) return known;
    const counts = { requests: 0, failures: new Map(FAILURE_REASONS.map((reason) => [reason, 0])) };
    this.#operations.set(operation, counts);
    return counts;
  }

  #count(labels: Labels, value: number): Count {
    const { accountId, region } = this.labels;
    return { labels: { aws_account_id: accountId, aws_region: region, ...labels }, value };
  }
}
