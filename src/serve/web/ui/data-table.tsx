import type { ComponentChildren } from "preact"

export interface Column<Row> {
  readonly label: string
  /** Right-aligned, figures of equal width. */
  readonly number?: boolean
  show(row: Row): ComponentChildren
}

/** Rows under a caption; on a narrow screen each row becomes a card with its labels. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  keyOf(row: Row): string | number
}) {
  return (
    <table class="data">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ label, number }) => (
            <th key={label} scope="col" class={number ? "number" : undefined}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ label, number, show }) => (
              <td key={label} data-label={label} class={number ? "number" : undefined}>
                <div>{show(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
