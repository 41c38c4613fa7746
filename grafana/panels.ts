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
import { STATE_CODES, STATE_COLOURS } from "./states.ts";
import { neutral } from "./thresholds.ts";
import { DATA_SOURCE } from "./variables.ts";

/** At most so many points of a total over the range are computed, so that it costs the same for a day and a month. */
const MAX_STEPS_OF_A_TOTAL = 200;
const CODE_OF_A = 65;

/** What every panel has. */
export interface PanelText {
  readonly title: string;
  /** How to read it, and when to worry. */
  readonly description: string;
}

interface ValuePanel extends PanelText {
  readonly unit: string;
  readonly decimals?: number;
  readonly thresholds?: Builder<ThresholdsConfig>;
  readonly mappings?: readonly ValueMapping[];
  /** Shown where there rightly is nothing. */
  readonly noValue?: string;
}

export interface StatOptions extends ValuePanel {
  readonly query: string;
  readonly link?: DashboardLink | undefined;
}

/** One value as of now, or over the range. */
export function stat(options: StatOptions): Stat {
  const { query, link } = options;
  return withValues(new Stat(), options)
    .withTarget(instant("A", query))
    .maxDataPoints(MAX_STEPS_OF_A_TOTAL)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(lastValue())
    .links(link === undefined ? [] : [{ build: () => link }]);
}

export interface GraphOptions extends ValuePanel {
  /** Queries by what their series are called in the legend. */
  readonly queries: Readonly<Record<string, string>>;
  /** Series that are called so are drawn as dashed lines: what the others are held against. */
  readonly limits?: readonly string[];
  readonly stacked?: boolean;
  readonly bars?: boolean;
}

/** Values over time. */
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
  if (Object.keys(queries).some(namesState)) {
    for (const override of STATE_COLOURS) panel.withOverride(override);
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

export interface BarsOptions extends ValuePanel {
  /** Gives series of workgroups. */
  readonly query: string;
}

/** Workgroups with values as of now, or over the range, as bars that lead to them. */
export function bars(options: BarsOptions): BarGauge {
  return withValues(new BarGauge(), options)
    .withTarget(instant("A", options.query, "{{workgroup}}, {{aws_account_id}} {{aws_region}}"))
    .maxDataPoints(MAX_STEPS_OF_A_TOTAL)
    .min(0)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .valueMode(BarGaugeValueMode.Text)
    .reduceOptions(lastValue())
    .namePlacement(BarGaugeNamePlacement.Top)
    .dataLinks([{ build: () => SERIES_TO_WORKGROUP }]);
}

export interface TimelineOptions extends PanelText {
  /** Codes of states; see states.ts. */
  readonly query: string;
  readonly legend: string;
  readonly noValue: string;
}

/** States over time, a line each. */
export function stateTimeline(options: TimelineOptions): StateTimeline {
  return (
    withValues(new StateTimeline(), { ...options, unit: "none", mappings: [STATE_CODES] })
      .withTarget(target("A", options.query).range().legendFormat(options.legend))
      // By thresholds Grafana would take all codes between two steps for one state.
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
      .showValue(VisibilityMode.Auto)
      .mergeValues(true)
      // It would name every state of every line.
      .legend(new VizLegendOptionsBuilder().showLegend(false))
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single))
  );
}

/** A query for the values of now. */
function instant(id: string, query: string, legend = ""): DataqueryBuilder {
  return target(id, query).instant().legendFormat(legend);
}

/** A query for the values of now as rows of a table. */
export function rows(id: string, query: string): DataqueryBuilder {
  return target(id, query).instant().format(PromQueryFormat.Table);
}

/** "A", "B" and so on. */
export function refId(index: number): string {
  return String.fromCodePoint(CODE_OF_A + index);
}

function target(id: string, query: string): DataqueryBuilder {
  return new DataqueryBuilder().refId(id).datasource(DATA_SOURCE).expr(query);
}

/** What builders of panels with values have in common; the SDK has no name for it. */
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

/** Whether a legend is, or stands for, names of states. */
function namesState(legend: string): boolean {
  return legend === "{{state}}" || STATE_COLOURS.some(({ matcher }) => matcher.options === legend);
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
