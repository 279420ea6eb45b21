import { formatNumber, formatRange } from "../quantity.js"
import type { IndexColumn, IndexRun, IndexValue } from "../run-index.js"

/** A run with its values unpacked. */
export interface Row {
  readonly run: Omit<IndexRun, "values">
  readonly values: Readonly<Record<string, IndexValue | undefined>>
  /** lower-case words that a search looks through */
  readonly text: string
}

/** What `renderRunIndex` packed into the page. */
export function readIndex(): { readonly columns: readonly IndexColumn[]; readonly rows: readonly Row[] } {
  const packed = JSON.parse(document.getElementById("index")?.textContent ?? "{}") as {
    readonly columns: readonly IndexColumn[]
    readonly runs: readonly Row["run"][]
    readonly values: readonly { readonly distinct: readonly IndexValue[]; readonly at: readonly number[] }[]
  }
  const rows = packed.runs.map((run, r) => {
    const values: Record<string, IndexValue | undefined> = {}
    packed.columns.forEach((column, c) => {
      values[column.key] = packed.values[c]?.distinct[packed.values[c].at[r] ?? -1]
    })
    const words = Object.values(values).filter((value) => typeof value === "string")
    const text = [run.id, run.title, run.verdict, ...(run.flags ?? []), ...words].join(" ").toLowerCase()
    return { run, values, text }
  })
  return { columns: packed.columns, rows }
}

/** A number or text to sort by; undefined where the run has no such value. */
export function sortKey({ run, values }: Row, key: string): number | string | undefined {
  if (key === "title" || key === "verdict" || key === "createdAt") return run[key].toLowerCase()
  const value = values[key]
  if (value === undefined) return undefined
  if (typeof value === "object") return value.value
  return typeof value === "boolean" ? Number(value) : value
}

/** How a value reads, and its interval where it has one. */
export function shown({ values }: Row, { key, unit }: IndexColumn): { readonly text: string; readonly range: string } {
  const value = values[key]
  if (value === undefined) return { text: "–", range: "" }
  if (typeof value === "boolean") return { text: value ? "yes" : "no", range: "" }
  if (typeof value === "string") return { text: value, range: "" }
  if (typeof value === "number") return { text: formatNumber(value, unit), range: "" }
  return { text: formatNumber(value.value, unit), range: formatRange(value.low, value.high, unit) }
}
