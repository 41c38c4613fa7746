import {
  type DynamicConfigValue,
  MappingType,
  type ValueMap,
  type ValueMappingResult,
} from "@grafana/grafana-foundation-sdk/dashboard";

/** States in which a session lives, the worst first, with the colour that each has wherever it is shown. */
const LIVING = {
  DEGRADED: "red",
  UNKNOWN: "dark-purple",
  TERMINATING: "#8e8e8e",
  CREATING: "purple",
  CREATED: "light-blue",
  IDLE: "orange",
  BUSY: "green",
} as const;
/** States in which a session has ended. */
const ENDED = { FAILED: "dark-red", TERMINATED: "blue" } as const;

type LivingState = keyof typeof LIVING;

export const LIVING_STATES = Object.keys(LIVING) as readonly LivingState[];

/** Gives each series that is named like a state its colour, for `withOverride`. */
export const STATE_COLOURS = Object.entries({ ...LIVING, ...ENDED }).map(([state, colour]) => ({
  matcher: { id: "byName", options: state },
  properties: [{ id: "color", value: { mode: "fixed", fixedColor: colour } }] as DynamicConfigValue[],
}));

/** Colours of states as the text of a column. */
export const STATE_TEXTS: ValueMap = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    Object.entries({ ...LIVING, ...ENDED }).map(([state, color], index) => [state, { color, index }]),
  ),
};

/** A state as a number, as a timeline needs it. */
export function stateCode(state: LivingState): number {
  return LIVING_STATES.length - LIVING_STATES.indexOf(state);
}

/** Names and colours of the states that numbers stand for. */
export const STATE_CODES: ValueMap = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    LIVING_STATES.map((state, index): [string, ValueMappingResult] => [
      String(stateCode(state)),
      { text: state, color: LIVING[state], index },
    ]),
  ),
};
