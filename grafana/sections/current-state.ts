import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { line, type Section } from "../layout.ts";
import { stat } from "../panels.ts";
import { DPU_HOUR_PRICE, gauge, secondsInState, sum } from "../queries.ts";
import { badFrom, goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const HOUR_SECONDS = 3600;
/** Sessions that take longer to start or to end count as stuck. */
export const STUCK_SECONDS = 600;

/** The current problems; `last` is shown beside them. */
export function currentStateSection(last: Builder<Panel>): Section {
  return {
    title: "Current state",
    lines: [line(4, degraded(), failed(), stuck(), longestIdle(), idleCost(), last)],
  };
}

export function activeSessions() {
  return stat({
    title: "Active sessions",
    description:
      "Sessions in any state that have not ended. Each uses at least 1 DPU of the quota of its account and region.",
    unit: UNIT.count,
    query: sum(gauge("athena_sessions", { by: ["state"] })),
  });
}

function degraded() {
  return stat({
    title: "Degraded sessions",
    description:
      "Active sessions without healthy coordinators. Their calculations do not make progress, but they are still billed. " +
      "Terminate each one and repeat its work in a new session.",
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: sum(gauge("athena_sessions", { where: ['state="DEGRADED"'] })),
  });
}

function failed() {
  return stat({
    title: "Failed in the last hour",
    description:
      "Sessions that ended as FAILED within the last hour, whatever the dashboard's time range. Several in one workgroup " +
      "usually have a common cause: the exporter logs the reason of each failure.",
    unit: UNIT.count,
    thresholds: goodBelow(1, 3),
    query: sum(gauge("athena_sessions_recently_ended", { where: ['state="FAILED"'] })),
  });
}

function stuck() {
  return stat({
    title: "Stuck sessions",
    description:
      "Sessions that have been CREATING or TERMINATING for over ten minutes; both usually take seconds. Work that waits for " +
      "a stuck session does not start. Includes only sessions with per-session series.",
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: sum(`(${secondsInState(["CREATING", "TERMINATING"])}) > bool ${STUCK_SECONDS}`),
    noValue: "0",
  });
}

function longestIdle() {
  return stat({
    title: "Longest idle",
    description:
      "For how long the longest idle session has been idle. A session that has been idle for over an hour has most likely " +
      "been forgotten.",
    unit: UNIT.seconds,
    thresholds: goodBelow(HOUR_SECONDS, 4 * HOUR_SECONDS),
    query: `max(${gauge("athena_sessions_longest_idle_seconds")})`,
  });
}

function idleCost() {
  return stat({
    title: "Idle cost now",
    description:
      "The current cost of idle sessions in dollars per hour, at the price of the exporter's configuration. This is a lower bound: each idle " +
      "session counts as the DPUs of its coordinator, 1 unless the exporter knows more.",
    unit: UNIT.dollarsPerHour,
    decimals: 2,
    thresholds: goodBelow(1, 5),
    query: `${sum(gauge("athena_idle_dpus"))} * ${DPU_HOUR_PRICE}`,
  });
}
