import {
  type DynamicConfigValue,
  MappingType,
  type ValueMap,
} from "@grafana/grafana-foundation-sdk/dashboard";

/** The active session states with their colours, the most severe first. */
const ACTIVE = {
  DEGRADED: "red",
  UNKNOWN: "dark-purple",
  TERMINATING: "#8e8e8e",
  CREATING: "purple",
  CREATED: "light-blue",
  IDLE: "orange",
  BUSY: "green",
} as const;
/** The final session states with their colours. */
const ENDED = { FAILED: "dark-red", TERMINATED: "blue" } as const;

/** Field overrides that give each series named after a state its colour. */
export const STATE_COLOUR_OVERRIDES = Object.entries({ ...ACTIVE, ...ENDED }).map(([state, colour]) => ({
  matcher: { id: "byName", options: state },
  properties: [{ id: "color", value: { mode: "fixed", fixedColor: colour } }] as DynamicConfigValue[],
}));

/** A value mapping that gives the names of states in a table their colours. */
export const STATE_COLOUR_MAPPING: ValueMap = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    Object.entries({ ...ACTIVE, ...ENDED }).map(([state, color], index) => [state, { color, index }]),
  ),
};
