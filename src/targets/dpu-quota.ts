/** A quota of AWS on the DPUs that all sessions of an engine may use at a time in an account and region. */
export interface DpuQuota {
  /** As Service Quotas has it. */
  readonly name: string;
  /** Matches the engine versions whose sessions it is on. */
  readonly engine: RegExp;
}

/**
 * The quotas that Athena's user guide lists for Spark, without the one on a single session. They are found by their names, because it
 * gives no codes.
 */
export const DPU_QUOTAS: readonly DpuQuota[] = [
  { name: "Apache Spark DPU concurrency", engine: /pyspark/i },
  { name: "On-Demand DPUs", engine: /apache spark version/i },
];
