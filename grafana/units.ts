/** The Grafana units that the dashboards use. None shows more than three figures of a usual value. */
export const UNIT = {
  /** 1390 as 1.39 K. */
  count: "short",
  seconds: "s",
  share: "percentunit",
  dollars: "currencyUSD",
  bytes: "bytes",
  requestsPerSecond: "reqps",
  dollarsPerHour: "suffix:$/h",
  dpus: "suffix:DPU",
  perHour: "suffix:/h",
  /** Numbers that identify something, such as the ordinal of a shard. */
  number: "none",
} as const;
