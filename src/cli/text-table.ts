/** Columns padded for a terminal: text left, numbers right, two spaces between. */
export function textTable(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const show = (cell: string | number): string =>
    typeof cell === "string" ? cell : Number.isInteger(cell) ? String(cell) : cell.toPrecision(4)
  const cells = rows.map((row) => row.map(show))
  const widths = columns.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)))
  const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === "number"))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd()
  return [line(columns), line(widths.map((w) => "-".repeat(w))), ...cells.map(line)].join("\n")
}
