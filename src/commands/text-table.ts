/** Columns of text, each as wide as its widest cell, under a head; for terminals. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_title, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map(
      (line) =>
        `${widths
          .map((width, column) => (line[column] ?? "").padEnd(width))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
