import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { line, type Section } from "../layout.ts";
import { stat } from "../panels.ts";
import { gauge, secondsInState, sum } from "../queries.ts";
import { badFrom, goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const HOUR_SECONDS = 3600;
/** Sessions that take longer to start or to end hang. */
export const STUCK_SECONDS = 600;

/** What is wrong at this moment; `last` is shown beside it. */
export function nowSection(last: Builder<Panel>): Section {
  return { title: "Now", lines: [line(4, degraded(), failed(), stuck(), longestIdle(), idleCost(), last)] };
}

export function livingSessions() {
  return stat({
    title: "Living sessions",
    description:
      "Sessions of any state that have not ended. Each holds at least 1 DPU of the account's quota in its region.",
    unit: UNIT.count,
    query: sum(gauge("athena_sessions", { by: ["state"] })),
  });
}

function degraded() {
  return stat({
    title: "Degraded sessions",
    description:
      "Living sessions without a healthy coordinator. Their calculations do not go on, and they cost all the same. " +
      "Any is worth a look: end it and start its work anew.",
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: sum(gauge("athena_sessions", { where: ['state="DEGRADED"'] })),
  });
}

function failed() {
  return stat({
    title: "Failed in the last hour",
    description:
      "Sessions that ended FAILED within the last hour, whatever the time range of the dashboard. One may be an " +
      "accident; several in one workgroup are a cause, which the exporter's log tells with each.",
    unit: UNIT.count,
    thresholds: goodBelow(1, 3),
    query: sum(gauge("athena_sessions_recently_ended", { where: ['state="FAILED"'] })),
  });
}

function stuck() {
  return stat({
    title: "Stuck sessions",
    description:
      "Sessions CREATING or TERMINATING for over ten minutes; both take seconds as a rule. One that never finishes " +
      "starting holds back the work that waits for it. Counts sessions that have series of their own.",
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
      "For how long the session that is idle the longest has been idle. Over an hour somebody has most likely " +
      "forgotten it.",
    unit: UNIT.seconds,
    thresholds: goodBelow(HOUR_SECONDS, 4 * HOUR_SECONDS),
    query: `max(${gauge("athena_sessions_longest_idle_seconds")})`,
  });
}

function idleCost() {
  return stat({
    title: "Idle cost now",
    description:
      "Dollars an hour for the DPUs that idle sessions hold at this moment, at the price above. A lower bound: each " +
      "idle session counts as its coordinator, 1 DPU unless the exporter knows better.",
    unit: UNIT.dollarsPerHour,
    decimals: 2,
    thresholds: goodBelow(1, 5),
    query: `${sum(gauge("athena_idle_dpus"))} * $price`,
  });
}
