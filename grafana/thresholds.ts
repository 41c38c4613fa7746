import {
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";

const GOOD: Threshold = { value: null, color: "green" };

/** Good below `worry`, to be looked at from there, and bad from `alarm` on, where there is one. */
export function goodBelow(worry: number, alarm?: number): ThresholdsConfigBuilder {
  const steps: Threshold[] = [GOOD, { value: worry, color: "orange" }];
  return absolute(alarm === undefined ? steps : [...steps, { value: alarm, color: "red" }]);
}

/** Anything is bad. */
export function badFrom(value: number): ThresholdsConfigBuilder {
  return absolute([GOOD, { value, color: "red" }]);
}

/** Bad below `value`. */
export function goodFrom(value: number): ThresholdsConfigBuilder {
  return absolute([
    { value: null, color: "red" },
    { value, color: "green" },
  ]);
}

/** Neither good nor bad. */
export function neutral(): ThresholdsConfigBuilder {
  return absolute([{ value: null, color: "blue" }]);
}

function absolute(steps: Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}
