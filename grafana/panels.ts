import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  type DashboardLink,
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type ThresholdsConfig,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";
import { STATE_COLOUR_OVERRIDES } from "./states.ts";
import { neutral } from "./thresholds.ts";
import { DATA_SOURCE } from "./variables.ts";

/** Limits the steps of a sum over the time range, so that the query costs the same for a day and for a month. */
export const MAX_STEPS_PER_RANGE = 200;
const CHAR_CODE_OF_A = 65;

/** The title and description of a panel. */
export interface PanelText {
  readonly title: string;
  /** How to read the panel, and which values are a problem. */
  readonly description: string;
}

interface ValuePanel extends PanelText {
  readonly unit: string;
  readonly decimals?: number;
  readonly thresholds?: Builder<ThresholdsConfig>;
  readonly mappings?: readonly ValueMapping[];
  /** Shown if the query has no result, when that is normal. */
  readonly noValue?: string;
}

/** What a stat panel shows: one value, or one for each series of its queries, with its name. */
export interface StatOptions extends ValuePanel {
  /** The query of the only value, or queries by the names of their values. */
  readonly query: string | Readonly<Record<string, string>>;
  /** Units and thresholds of values that differ from those of the panel, by their names. */
  readonly values?: Readonly<Record<string, ValueOverride>>;
  readonly link?: DashboardLink | undefined;
}

interface ValueOverride {
  readonly unit: string;
  readonly thresholds?: Builder<ThresholdsConfig>;
}

/** A panel with current values, or totals over the time range. */
export function stat(options: StatOptions): Stat {
  const { query, values = {}, link } = options;
  const isSingle = typeof query === "string";
  const panel = withValues(new Stat(), options)
    .maxDataPoints(MAX_STEPS_PER_RANGE)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .textMode(isSingle ? BigValueTextMode.Value : BigValueTextMode.ValueAndName)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .links(link === undefined ? [] : [{ build: () => link }]);
  for (const [index, [legend, expression]] of Object.entries(isSingle ? { "": query } : query).entries()) {
    panel.withTarget(target(refId(index), expression).instant().legendFormat(legend));
  }
  for (const [name, { unit, thresholds }] of Object.entries(values)) {
    panel.overrideByName(name, [
      { id: "unit", value: unit },
      ...(thresholds === undefined ? [] : [{ id: "thresholds", value: thresholds.build() }]),
    ]);
  }
  return panel;
}

/** What a time series panel shows. */
export interface GraphOptions extends ValuePanel {
  /** Queries by the legend of their series. */
  readonly queries: Readonly<Record<string, string>>;
  /** The legends of limits, which are drawn as dashed red lines. */
  readonly limits?: readonly string[];
  /** The legends of what the other series are compared with, drawn as dashed grey lines. */
  readonly comparisons?: readonly string[];
  readonly stacked?: boolean;
  /** The values in the legend; by default, the last and the largest. */
  readonly legendValues?: readonly ("lastNotNull" | "max" | "mean")[];
  /** Beside the graph there is room for more series, below it for three. */
  readonly legendPlacement?: LegendPlacement;
}

/** A panel with values over time. */
export function graph(options: GraphOptions): TimeSeries {
  const { queries, limits = [], comparisons = [], stacked = false } = options;
  const panel = withValues(new TimeSeries(), options)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .drawStyle(GraphDrawStyle.Line)
    .fillOpacity(stacked ? 60 : 8)
    .lineWidth(1)
    .showPoints(VisibilityMode.Auto)
    .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None).group("A"))
    .legend(legendTable(options))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  for (const [index, [legend, query]] of Object.entries(queries).entries()) {
    panel.withTarget(target(refId(index), query).range().legendFormat(legend));
  }
  if (Object.keys(queries).some(isStateLegend)) {
    for (const override of STATE_COLOUR_OVERRIDES) panel.withOverride(override);
  }
  for (const name of limits) panel.overrideByRegexp(name, dashed("red"));
  for (const name of comparisons) panel.overrideByRegexp(name, dashed("#8e8e8e"));
  return panel;
}

function dashed(color: string): DynamicConfigValue[] {
  return [
    { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } },
    { id: "custom.fillOpacity", value: 0 },
    { id: "color", value: { mode: "fixed", fixedColor: color } },
  ];
}

/** An instant query whose result is table rows. */
export function rows(id: string, query: string): DataqueryBuilder {
  return target(id, query).instant().format(PromQueryFormat.Table);
}

/** The id of the query at `index`: "A", "B" and so on. */
export function refId(index: number): string {
  return String.fromCodePoint(CHAR_CODE_OF_A + index);
}

function target(id: string, query: string): DataqueryBuilder {
  return new DataqueryBuilder().refId(id).datasource(DATA_SOURCE).expr(query);
}

/** The methods that the SDK's panel builders have in common; the SDK exports no type for them. */
interface ValueBuilder<Self> {
  title(title: string): Self;
  description(description: string): Self;
  datasource(reference: typeof DATA_SOURCE): Self;
  unit(unit: string): Self;
  decimals(decimals: number): Self;
  noValue(text: string): Self;
  mappings(mappings: ValueMapping[]): Self;
  thresholds(thresholds: Builder<ThresholdsConfig>): Self;
}

/** Sets the options that all kinds of panels share. */
export function withValues<Panel extends ValueBuilder<Panel>>(panel: Panel, options: ValuePanel): Panel {
  const { title, description, unit, decimals, noValue, mappings = [], thresholds = neutral() } = options;
  panel
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .mappings([...mappings])
    .thresholds(thresholds);
  if (decimals !== undefined) panel.decimals(decimals);
  return noValue === undefined ? panel : panel.noValue(noValue);
}

/** Whether the series of a legend are named after session states. */
function isStateLegend(legend: string): boolean {
  return legend === "{{state}}" || STATE_COLOUR_OVERRIDES.some(({ matcher }) => matcher.options === legend);
}

function legendTable({
  legendValues = ["lastNotNull", "max"],
  legendPlacement = LegendPlacement.Bottom,
}: GraphOptions): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(legendPlacement)
    .calcs([...legendValues]);
}
