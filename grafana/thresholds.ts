import {
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";

/** Grey where there is no value, which is neither good nor bad. */
const GOOD: readonly Threshold[] = [
  { value: null, color: "#8e8e8e" },
  { value: 0, color: "green" },
];

/** Green below `warning`, orange from there, and red from `critical` on if it is given. */
export function goodBelow(warning: number, critical?: number): ThresholdsConfigBuilder {
  const steps: Threshold[] = [...GOOD, { value: warning, color: "orange" }];
  return absolute(critical === undefined ? steps : [...steps, { value: critical, color: "red" }]);
}

/** Green below `value`, red from there. */
export function badFrom(value: number): ThresholdsConfigBuilder {
  return absolute([...GOOD, { value, color: "red" }]);
}

/** Red below `value`, green from there. */
export function goodFrom(value: number): ThresholdsConfigBuilder {
  return absolute([
    { value: null, color: "red" },
    { value, color: "green" },
  ]);
}

/** Always blue, for values that are neither good nor bad. */
export function neutral(): ThresholdsConfigBuilder {
  return absolute([{ value: null, color: "blue" }]);
}

function absolute(steps: Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}
