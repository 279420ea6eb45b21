import type { CellValue, RunState, ValueColumn } from "@sourceprint/core/workbench/workbench-data.js"

const percent = new Intl.NumberFormat(undefined, {
  style: "percent",
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
})
const score = new Intl.NumberFormat(undefined, { minimumFractionDigits: 4, maximumFractionDigits: 4 })
const plain = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 5 })

const numberWords = (value: number, unit: string | undefined): string =>
  (unit === "rate" ? percent : unit === "score" ? score : plain).format(value)

/** The number in a value; undefined where it is none. */
export const numberOf = (value: CellValue | undefined): number | undefined =>
  typeof value === "number" ? value : typeof value === "object" ? value.value : undefined

/** A value with its interval, in the reader's own way of writing numbers. */
export function valueWords(value: CellValue | undefined, unit?: string): string {
  if (value === undefined) return "–"
  if (typeof value === "object") {
    const { low, high } = value
    const range = low === high ? "" : ` (${numberWords(low, unit)} to ${numberWords(high, unit)})`
    return `${numberWords(value.value, unit)}${range}`
  }
  return typeof value === "number" ? numberWords(value, unit) : String(value)
}

/** The number alone, or its text. */
export const shortWords = (value: CellValue | undefined, unit?: string): string =>
  valueWords(typeof value === "object" ? value.value : value, unit)

/** Better first; what has no value last. */
export function byValue<Row>(of: (row: Row) => CellValue | undefined, better: ValueColumn["better"]) {
  return (a: Row, b: Row): number => {
    const [x, y] = [numberOf(of(a)), numberOf(of(b))]
    if (x === undefined || y === undefined) return (x === undefined ? 1 : 0) - (y === undefined ? 1 : 0)
    return better === "lower" ? x - y : y - x
  }
}

/** A run's state as the class of its tag. */
export const stateMood = (state: RunState): string =>
  state === "finished" ? "good" : state === "failed" ? "bad" : state === "running" ? "now" : ""
