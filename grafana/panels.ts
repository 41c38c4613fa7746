import { PanelBuilder as BarGauge } from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  type DashboardLink,
  FieldColorBuilder,
  FieldColorModeId,
  type ThresholdsConfig,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimeline } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";
import { SERIES_TO_WORKGROUP } from "./links.ts";
import { STATE_CODE_MAPPING, STATE_COLOUR_OVERRIDES } from "./states.ts";
import { neutral } from "./thresholds.ts";
import { DATA_SOURCE } from "./variables.ts";

/** Limits the steps of a sum over the time range, so that the query costs the same for a day and for a month. */
const MAX_STEPS_PER_RANGE = 200;
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

/** What a stat panel shows. */
export interface StatOptions extends ValuePanel {
  readonly query: string;
  readonly link?: DashboardLink | undefined;
}

/** A panel with a single value: the current one, or a total over the time range. */
export function stat(options: StatOptions): Stat {
  const { query, link } = options;
  return withValues(new Stat(), options)
    .withTarget(instant("A", query))
    .maxDataPoints(MAX_STEPS_PER_RANGE)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(lastValue())
    .links(link === undefined ? [] : [{ build: () => link }]);
}

/** What a time series panel shows. */
export interface GraphOptions extends ValuePanel {
  /** Queries by the legend of their series. */
  readonly queries: Readonly<Record<string, string>>;
  /** The legends of limits, which are drawn as dashed red lines. */
  readonly limits?: readonly string[];
  readonly stacked?: boolean;
  readonly bars?: boolean;
}

/** A panel with values over time. */
export function graph(options: GraphOptions): TimeSeries {
  const { queries, limits = [], stacked = false, bars = false } = options;
  const panel = withValues(new TimeSeries(), options)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .fillOpacity(stacked || bars ? 60 : 8)
    .lineWidth(1)
    .showPoints(VisibilityMode.Never)
    .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None).group("A"))
    .legend(legendTable())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (options.thresholds !== undefined) {
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  for (const [index, [legend, query]] of Object.entries(queries).entries()) {
    panel.withTarget(target(refId(index), query).range().legendFormat(legend));
  }
  if (Object.keys(queries).some(isStateLegend)) {
    for (const override of STATE_COLOUR_OVERRIDES) panel.withOverride(override);
  }
  for (const name of limits) {
    panel.overrideByName(name, [
      { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } },
      { id: "custom.fillOpacity", value: 0 },
      { id: "color", value: { mode: "fixed", fixedColor: "red" } },
    ]);
  }
  return panel;
}

/** What a bar gauge panel shows. */
export interface BarsOptions extends ValuePanel {
  /** A query whose result has one series per workgroup. */
  readonly query: string;
}

/** A panel with a bar per workgroup, which links to the dashboard of the workgroup. */
export function bars(options: BarsOptions): BarGauge {
  return withValues(new BarGauge(), options)
    .withTarget(instant("A", options.query, "{{workgroup}}, {{aws_account_id}} {{aws_region}}"))
    .maxDataPoints(MAX_STEPS_PER_RANGE)
    .min(0)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .valueMode(BarGaugeValueMode.Text)
    .reduceOptions(lastValue())
    .namePlacement(BarGaugeNamePlacement.Top)
    .dataLinks([{ build: () => SERIES_TO_WORKGROUP }]);
}

/** What a state timeline panel shows. */
export interface TimelineOptions extends PanelText {
  /** A query whose values are `stateCode`s. */
  readonly query: string;
  readonly legend: string;
  readonly noValue: string;
}

/** A panel with states over time, one line per series. */
export function stateTimeline(options: TimelineOptions): StateTimeline {
  return (
    withValues(new StateTimeline(), { ...options, unit: "none", mappings: [STATE_CODE_MAPPING] })
      .withTarget(target("A", options.query).range().legendFormat(options.legend))
      // Colouring by thresholds would merge all codes between two thresholds into one state.
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
      .showValue(VisibilityMode.Auto)
      .mergeValues(true)
      // The legend would list every state of every line.
      .legend(new VizLegendOptionsBuilder().showLegend(false))
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single))
  );
}

/** An instant query. */
function instant(id: string, query: string, legend = ""): DataqueryBuilder {
  return target(id, query).instant().legendFormat(legend);
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

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);
}

function legendTable(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(["lastNotNull", "max"]);
}
