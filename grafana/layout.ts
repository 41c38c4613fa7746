import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { type Panel, RowBuilder, type RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";

const COLUMNS = 24;
const ROW_HEIGHT = 1;
/** Grafana would migrate a panel without a plugin version as if it were from an old version. */
const PLUGIN_VERSION = "11.0.0";

/** A panel and its width in columns of Grafana's grid, which has 24. */
export interface SizedPanel {
  readonly panel: Builder<Panel>;
  readonly width: number;
}

/** Panels side by side. */
export interface Line {
  /** In units of Grafana's grid, about 40 pixels each. */
  readonly height: number;
  readonly panels: readonly SizedPanel[];
}

/** Lines of panels under a heading, which Grafana calls a row. */
export interface Section {
  /** The question that its panels answer. */
  readonly title: string;
  readonly lines: readonly Line[];
  /** Whether the panels are hidden until the heading is clicked: for what is empty while all is well. */
  readonly collapsed?: boolean;
}

/** A line of panels of the same width; their number must divide 24, the number of columns of Grafana's grid. */
export function line(height: number, ...panels: readonly Builder<Panel>[]): Line {
  const width = COLUMNS / panels.length;
  return unevenLine(height, ...panels.map((panel) => ({ panel, width })));
}

/** A line of panels whose widths add up to the grid's. */
export function unevenLine(height: number, ...panels: readonly SizedPanel[]): Line {
  const widths = panels.map(({ width }) => width);
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total !== COLUMNS || !widths.every(Number.isInteger))
    throw new Error(`widths must be whole and add up to ${COLUMNS}, got ${widths.join(", ")}`);
  return { height, panels };
}

/** All panels from top to bottom, with their positions and ids; those of a collapsed section are inside its row. */
export function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  let id = 0;
  for (const { title, lines, collapsed = false } of sections) {
    const row = new RowBuilder(title).gridPos({ x: 0, y, w: COLUMNS, h: ROW_HEIGHT }).build();
    const heading = { ...row, id: ++id, collapsed };
    const panels = placeLines(lines, y + ROW_HEIGHT).map((panel) => ({ ...panel, id: ++id }));
    placed.push(
      ...(collapsed ? [{ ...heading, panels: [...panels] }] : [{ ...heading, panels: [] }, ...panels]),
    );
    y += ROW_HEIGHT + (collapsed ? 0 : lines.reduce((sum, { height }) => sum + height, 0));
  }
  return placed;
}

function placeLines(lines: readonly Line[], top: number): readonly Panel[] {
  let y = top;
  return lines.flatMap(({ height, panels }) => {
    let x = 0;
    const placed = panels.map(({ panel, width }) => {
      const gridPos = { x, y, w: width, h: height };
      x += width;
      return { ...panel.build(), pluginVersion: PLUGIN_VERSION, gridPos };
    });
    y += height;
    return placed;
  });
}
