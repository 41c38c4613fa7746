import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { type Panel, RowBuilder, type RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";

const COLUMNS = 24;
const ROW_HEIGHT = 1;
/** Grafana would migrate a panel without a plugin version as if it were from an old version. */
const PLUGIN_VERSION = "11.0.0";

/** Panels of the same width side by side. */
export interface Line {
  /** In units of Grafana's grid, about 40 pixels each. */
  readonly height: number;
  readonly panels: readonly Builder<Panel>[];
}

/** Lines of panels under a heading, which Grafana calls a row. */
export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** A line of panels; their number must divide 24, the number of columns of Grafana's grid. */
export function line(height: number, ...panels: readonly Builder<Panel>[]): Line {
  if (COLUMNS % panels.length !== 0)
    throw new Error(`the number of panels must divide ${COLUMNS}, got ${panels.length}`);
  return { height, panels };
}

/** All panels from top to bottom, with their positions and ids. */
export function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, lines } of sections) {
    const row = new RowBuilder(title).gridPos({ x: 0, y, w: COLUMNS, h: ROW_HEIGHT }).build();
    placed.push({ ...row, id: placed.length + 1, collapsed: false, panels: [] });
    y += ROW_HEIGHT;
    for (const { height, panels } of lines) {
      const width = COLUMNS / panels.length;
      for (const [index, panel] of panels.entries()) {
        const gridPos = { x: index * width, y, w: width, h: height };
        placed.push({ ...panel.build(), id: placed.length + 1, pluginVersion: PLUGIN_VERSION, gridPos });
      }
      y += height;
    }
  }
  return placed;
}
