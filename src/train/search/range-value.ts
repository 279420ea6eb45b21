import { defined } from "@sourceprint/core/defined.js"
import type { SearchRange } from "./search-config.js"

const DIGITS = 4

/** The value of a range at `unit` in [0, 1): four significant digits, or the nearest step. */
export function rangeValue(range: SearchRange, unit: number): unknown {
  if ("values" in range) return defined(range.values[Math.min(range.values.length - 1, choiceOf(range, unit))])
  const { from, to, scale, step } = range
  const raw = scale === "log" ? from * (to / from) ** unit : from + (to - from) * unit
  if (step === undefined) return Math.min(to, Math.max(from, Number(raw.toPrecision(DIGITS))))
  const steps = Math.min(Math.floor((to - from) / step + 1e-9), Math.round((raw - from) / step))
  return Number((from + steps * step).toPrecision(12))
}

const choiceOf = (range: { readonly values: readonly unknown[] }, unit: number): number =>
  Math.floor(unit * range.values.length)

/** How many different values a range has without an order; undefined for numbers. */
export const choicesOf = (range: SearchRange): number | undefined =>
  "values" in range ? range.values.length : undefined

/** What lies at the ends of a range, or all of its values: what can be checked before anything runs. */
export const extremes = (range: SearchRange): unknown[] =>
  "values" in range ? range.values : [rangeValue(range, 0), rangeValue(range, 1)]

/** "0.0001 to 0.1, log" */
export function describeRange(range: SearchRange): string {
  if ("values" in range) return range.values.map((value) => JSON.stringify(value)).join(", ")
  const step = range.step === undefined ? "" : `, step ${range.step}`
  return `${range.from} to ${range.to}${range.scale === "log" ? ", log" : ""}${step}`
}
