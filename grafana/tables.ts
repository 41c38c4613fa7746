import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import {
  type DashboardLink,
  type DynamicConfigValue,
  MappingType,
  type RangeMap,
  type ThresholdsConfig,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import { type PanelText, refId, rows, withValues } from "./panels.ts";
import { STATE_COLOUR_MAPPING } from "./states.ts";

/** Labels that Prometheus adds to scraped series; tables hide them. */
const SCRAPE_LABELS = ["instance", "job", "pod", "container", "namespace", "service", "endpoint", "node"];

/** Shows "never" for the time since a timestamp of 0, which means that the event has not happened yet. */
export const NEVER_SUCCEEDED: RangeMap = {
  type: MappingType.RangeToText,
  options: { from: 1e9, to: null, result: { text: "never" } },
};

/** A column with the values of a label. */
interface LabelColumn {
  readonly label: string;
  readonly title: string;
  readonly link?: DashboardLink;
}

/** A column with the values of a query. */
interface ValueColumn {
  readonly query: string;
  readonly title: string;
  readonly unit: string;
  readonly thresholds?: Builder<ThresholdsConfig>;
  readonly mappings?: readonly ValueMapping[];
}

/** What a table panel shows. */
export interface TableOptions extends PanelText {
  readonly labels: readonly LabelColumn[];
  readonly values: readonly ValueColumn[];
  /** The title of the column whose largest values come first. */
  readonly largestFirst: string;
  readonly noValue: string;
}

/** A table panel; results of several queries with the same labels form one row. */
export function table(options: TableOptions): PanelBuilder {
  const { labels, values, largestFirst } = options;
  const panel = withValues(new PanelBuilder(), { ...options, unit: "string" })
    .sortBy([new TableSortByFieldStateBuilder().displayName(largestFirst).desc(true)])
    .filterable(true)
    .transformations([{ id: "merge", options: {} }, organize(options)]);
  for (const [index, { query }] of values.entries()) panel.withTarget(rows(refId(index), query));
  for (const { label, title, link } of labels) panel.overrideByName(title, labelProperties(label, link));
  for (const column of values) panel.overrideByName(column.title, valueProperties(column));
  return panel;
}

/** Orders and names the columns; labels without a column, such as tags of workgroups, come last. */
function organize({ labels, values }: TableOptions) {
  const hidden = ["Time", ...SCRAPE_LABELS.filter((name) => labels.every(({ label }) => label !== name))];
  const fields = [
    ...labels.map(({ label, title }) => [label, title] as const),
    ...values.map(({ title }, index) => [valueField(index, values.length), title] as const),
  ];
  return {
    id: "organize",
    options: {
      excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
      indexByName: Object.fromEntries(fields.map(([field], index) => [field, index])),
      renameByName: Object.fromEntries(fields),
    },
  };
}

/** The name that Grafana gives to the values of a query in a table. */
function valueField(index: number, queries: number): string {
  return queries === 1 ? "Value" : `Value #${refId(index)}`;
}

function labelProperties(label: string, link: DashboardLink | undefined): DynamicConfigValue[] {
  const links = link === undefined ? [] : [{ id: "links", value: [{ title: link.title, url: link.url }] }];
  return label === "state"
    ? [...links, { id: "mappings", value: [STATE_COLOUR_MAPPING] }, COLOURED_TEXT]
    : links;
}

function valueProperties({ unit, thresholds, mappings = [] }: ValueColumn): DynamicConfigValue[] {
  const properties: DynamicConfigValue[] = [
    { id: "unit", value: unit },
    { id: "mappings", value: mappings },
  ];
  return thresholds === undefined
    ? properties
    : [...properties, { id: "thresholds", value: thresholds.build() }, COLOURED_TEXT];
}

const COLOURED_TEXT: DynamicConfigValue = { id: "custom.cellOptions", value: { type: "color-text" } };
