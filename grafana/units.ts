/** The Grafana units that the dashboards use. */
export const UNIT = {
  count: "locale",
  seconds: "s",
  share: "percentunit",
  dollars: "currencyUSD",
  bytes: "bytes",
  requestsPerSecond: "reqps",
  dollarsPerHour: "suffix:$/h",
  dpus: "suffix:DPU",
  dpuHours: "suffix:DPU-h",
  perHour: "suffix:/h",
} as const;
