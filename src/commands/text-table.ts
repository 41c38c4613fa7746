import cliTruncate from "cli-truncate";
import stringWidth from "string-width";
import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** A column of a table for terminals. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Where a table is too wide, the column of the lowest rank is left out first. */
  readonly rank: number;
  /** Before a column is left out, this one is cut to this width. */
  readonly minWidth?: number;
  readonly style?: (row: Row) => Style | undefined;
}

export interface TableOptions {
  /** In characters; absent: as wide as needed. */
  readonly maxWidth?: number;
  readonly hasColors: boolean;
}

interface SizedColumn<Row> extends Column<Row> {
  readonly width: number;
}

const GAP = "  ";

/** Columns of text under their titles. It is wider than `maxWidth` only if the column of the highest rank is. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { maxWidth = Infinity, hasColors }: TableOptions,
): string {
  const sized = columns.map((column) => ({
    ...column,
    width: Math.max(...[column.title, ...rows.map(column.text)].map((text) => stringWidth(text))),
  }));
  const shown = fit(sized, maxWidth);
  const style = (format: Style | undefined, text: string) =>
    hasColors && format !== undefined ? styleText(format, text, { validateStream: false }) : text;
  const head = shown.map((column, index) => style("bold", cell(column.title, column, index, shown)));
  const lines = rows.map((row) =>
    shown.map((column, index) => style(column.style?.(row), cell(column.text(row), column, index, shown))),
  );
  return [head, ...lines].map((cells) => `${cells.join(GAP).trimEnd()}\n`).join("");
}

/** The last cell of a line is not filled up. */
function cell<Row>(
  text: string,
  { width }: SizedColumn<Row>,
  index: number,
  shown: readonly SizedColumn<Row>[],
): string {
  const cut = truncate(text, width);
  return index === shown.length - 1 ? cut : cut + " ".repeat(width - stringWidth(cut));
}

/** Cuts text to a width of at least 1, with an ellipsis at its end. */
export function truncate(text: string, width: number): string {
  const cut = cliTruncate(text, width);
  // It may keep half a wide character too many.
  return stringWidth(cut) <= width ? cut : cliTruncate(text, width - 1);
}

function fit<Row>(columns: readonly SizedColumn<Row>[], maxWidth: number): readonly SizedColumn<Row>[] {
  const excess = widthOf(columns) - maxWidth;
  if (excess <= 0 || columns.length === 1) return columns;
  const cut = shrink(columns, excess);
  if (widthOf(cut) <= maxWidth) return cut;
  const lowest = Math.min(...columns.map(({ rank }) => rank));
  return fit(
    columns.filter(({ rank }) => rank !== lowest),
    maxWidth,
  );
}

/** Cuts columns by `excess` in all, as far as they may be, those of the lowest rank first. */
function shrink<Row>(columns: readonly SizedColumn<Row>[], excess: number): SizedColumn<Row>[] {
  const widths = new Map<Column<Row>, number>();
  let rest = excess;
  for (const column of columns.toSorted((a, b) => a.rank - b.rank)) {
    const cut = Math.min(rest, Math.max(0, column.width - (column.minWidth ?? column.width)));
    rest -= cut;
    widths.set(column, column.width - cut);
  }
  return columns.map((column) => ({ ...column, width: widths.get(column) ?? column.width }));
}

function widthOf<Row>(columns: readonly SizedColumn<Row>[]): number {
  return columns.reduce((sum, { width }) => sum + width, GAP.length * (columns.length - 1));
}
