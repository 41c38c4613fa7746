import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import {
  type DashboardLink,
  type DynamicConfigValue,
  MappingType,
  type RangeMap,
  SpecialValueMatch,
  type ThresholdsConfig,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import { MAX_STEPS_PER_RANGE, type PanelText, refId, rows, withValues } from "./panels.ts";
import { STATE_COLOUR_MAPPING } from "./states.ts";

/** In pixels. Grafana's default of 150 would move columns off the screen. */
const MIN_COLUMN_WIDTH = 90;

/** Labels that Prometheus, or what collects from several of them, adds to series; tables hide them. */
const SCRAPE_LABELS =
  "__name__ cluster container endpoint instance job namespace node pod prometheus prometheus_replica replica service".split(
    " ",
  );

/** Shows "never" for the time since a timestamp of 0, which means that the event has not happened yet. */
export const NEVER_SUCCEEDED: RangeMap = {
  type: MappingType.RangeToText,
  options: { from: 1e9, to: null, result: { text: "never" } },
};

/** Shows a text where a label is empty. */
export function whereEmpty(text: string): ValueMapping {
  return { type: MappingType.SpecialValue, options: { match: SpecialValueMatch.Empty, result: { text } } };
}

interface ColumnBase {
  readonly title: string;
  /** In pixels; a column without one shares what the others leave. */
  readonly width?: number;
  readonly mappings?: readonly ValueMapping[];
}

/** A column with the values of a label. */
interface LabelColumn extends ColumnBase {
  readonly label: string;
  readonly link?: DashboardLink;
  /** Whether a click on a cell can show its whole text. */
  readonly canInspect?: boolean;
}

/** A column with the values of a query. */
interface ValueColumn extends ColumnBase {
  readonly query: string;
  readonly unit: string;
  readonly decimals?: number;
  readonly thresholds?: Builder<ThresholdsConfig>;
  /** Whether a bar behind the value shows its size. */
  readonly bar?: boolean;
  /** For a query that only adds labels to the rows. */
  readonly isHidden?: boolean;
}

/** What a table panel shows. */
export interface TableOptions extends PanelText {
  /** From left to right; labels without a column, such as tags of workgroups, come last. */
  readonly columns: readonly (LabelColumn | ValueColumn)[];
  /** Labels that are not shown. */
  readonly hidden?: readonly string[];
  /** Leaves the columns in Prometheus' order, labels first: for labels whose names are not known here. */
  readonly inNaturalOrder?: boolean;
  /** The title of the column whose largest values come first. */
  readonly largestFirst: string;
  readonly noValue: string;
}

/** A table panel; results of several queries with the same labels form one row. */
export function table(options: TableOptions): PanelBuilder {
  const { columns, largestFirst } = options;
  const panel = withValues(new PanelBuilder(), { ...options, unit: "string" })
    .sortBy([new TableSortByFieldStateBuilder().displayName(largestFirst).desc(true)])
    .maxDataPoints(MAX_STEPS_PER_RANGE)
    .filterable(true)
    .minWidth(MIN_COLUMN_WIDTH)
    .transformations([{ id: "merge", options: {} }, organize(options)]);
  for (const [index, { query }] of columns.filter(isValue).entries()) {
    panel.withTarget(rows(refId(index), query));
  }
  for (const column of columns) {
    const properties = [
      ...baseProperties(column),
      ...(isValue(column) ? valueProperties(column) : labelProperties(column)),
    ];
    if (properties.length > 0) panel.overrideByName(column.title, properties);
  }
  return panel;
}

function isValue(column: LabelColumn | ValueColumn): column is ValueColumn {
  return "query" in column;
}

/** Orders and names the columns. */
function organize({ columns, hidden = [], inNaturalOrder = false }: TableOptions) {
  const values = columns.filter(isValue);
  const shown = new Set(columns.flatMap((column) => (isValue(column) ? [] : [column.label])));
  const hiddenValues = values.flatMap(({ isHidden }, index) =>
    isHidden === true ? [valueField(index, values.length)] : [],
  );
  const excluded = ["Time", ...hiddenValues, ...hidden, ...SCRAPE_LABELS.filter((name) => !shown.has(name))];
  const fields = columns.map((column) => {
    const field = isValue(column) ? valueField(values.indexOf(column), values.length) : column.label;
    return [field, column.title] as const;
  });
  return {
    id: "organize",
    options: {
      excludeByName: Object.fromEntries(excluded.map((name) => [name, true])),
      indexByName: inNaturalOrder ? {} : Object.fromEntries(fields.map(([field], index) => [field, index])),
      renameByName: Object.fromEntries(fields),
    },
  };
}

/** The name that Grafana gives to the values of a query in a table. */
function valueField(index: number, queries: number): string {
  return queries === 1 ? "Value" : `Value #${refId(index)}`;
}

function baseProperties({ width, mappings }: ColumnBase): DynamicConfigValue[] {
  return [
    ...(width === undefined ? [] : [{ id: "custom.width", value: width }]),
    ...(mappings === undefined ? [] : [{ id: "mappings", value: [...mappings] }]),
  ];
}

function labelProperties({ label, link, canInspect = false }: LabelColumn): DynamicConfigValue[] {
  return [
    ...(link === undefined ? [] : [{ id: "links", value: [link] }]),
    ...(canInspect ? [{ id: "custom.inspect", value: true }] : []),
    ...(label === "state" ? [{ id: "mappings", value: [STATE_COLOUR_MAPPING] }, COLOURED_TEXT] : []),
  ];
}

function valueProperties({ unit, decimals, thresholds, bar = false }: ValueColumn): DynamicConfigValue[] {
  return [
    { id: "unit", value: unit },
    // Otherwise an empty cell would show the text of an empty table.
    { id: "noValue", value: "–" },
    ...(decimals === undefined ? [] : [{ id: "decimals", value: decimals }]),
    ...(thresholds === undefined ? [] : [{ id: "thresholds", value: thresholds.build() }]),
    ...(bar ? [BAR, { id: "min", value: 0 }] : thresholds === undefined ? [] : [COLOURED_TEXT]),
  ];
}

const COLOURED_TEXT: DynamicConfigValue = { id: "custom.cellOptions", value: { type: "color-text" } };
const BAR: DynamicConfigValue = {
  id: "custom.cellOptions",
  value: { type: "gauge", mode: "basic", valueDisplayMode: "text" },
};
