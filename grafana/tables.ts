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
import { STATE_TEXTS } from "./states.ts";

/** What Prometheus adds to series of its own accord: where they were scraped is no matter here. */
const OF_SCRAPES = ["instance", "job", "pod", "container", "namespace", "service", "endpoint", "node"];

/** For the time since something whose time is 0 as long as it has never been: that since the beginning of Unix time. */
export const NEVER: RangeMap = {
  type: MappingType.RangeToText,
  options: { from: 1e9, to: null, result: { text: "never" } },
};

/** A column whose texts are a label's values. */
interface LabelColumn {
  readonly label: string;
  readonly title: string;
  readonly link?: DashboardLink;
}

/** A column whose numbers a query gives, for the rows that the labels tell apart. */
interface ValueColumn {
  readonly query: string;
  readonly title: string;
  readonly unit: string;
  readonly thresholds?: Builder<ThresholdsConfig>;
  readonly mappings?: readonly ValueMapping[];
}

export interface TableOptions extends PanelText {
  readonly labels: readonly LabelColumn[];
  readonly values: readonly ValueColumn[];
  /** The title of the column whose largest values come first. */
  readonly largestFirst: string;
  readonly noValue: string;
}

/** Rows as of now. What queries say of the same labels is one row. */
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

/** Puts the columns in order and names them; labels that have no column come last, as tags of workgroups do. */
function organize({ labels, values }: TableOptions) {
  const hidden = ["Time", ...OF_SCRAPES.filter((name) => labels.every(({ label }) => label !== name))];
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

/** What Grafana calls the numbers of a query in a table. */
function valueField(index: number, queries: number): string {
  return queries === 1 ? "Value" : `Value #${refId(index)}`;
}

function labelProperties(label: string, link: DashboardLink | undefined): DynamicConfigValue[] {
  const links = link === undefined ? [] : [{ id: "links", value: [{ title: link.title, url: link.url }] }];
  return label === "state" ? [...links, { id: "mappings", value: [STATE_TEXTS] }, COLOURED] : links;
}

function valueProperties({ unit, thresholds, mappings = [] }: ValueColumn): DynamicConfigValue[] {
  const properties: DynamicConfigValue[] = [
    { id: "unit", value: unit },
    { id: "mappings", value: mappings },
  ];
  return thresholds === undefined
    ? properties
    : [...properties, { id: "thresholds", value: thresholds.build() }, COLOURED];
}

const COLOURED: DynamicConfigValue = { id: "custom.cellOptions", value: { type: "color-text" } };
