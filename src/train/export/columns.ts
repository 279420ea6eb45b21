import { stringify } from "csv-stringify/sync"

/** A column of a table: all of them have as many values. */
export interface Column {
  readonly name: string
  readonly type: "STRING" | "INT32" | "DOUBLE" | "BOOLEAN"
  readonly data: (string | number | boolean)[]
}

/** RFC 4180 with a head; numbers in full precision. */
export function csvOf(columns: readonly Column[]): string {
  const rows = (columns[0]?.data ?? []).map((_, i) => columns.map(({ data }) => String(data[i])))
  return stringify([columns.map(({ name }) => name), ...rows])
}
