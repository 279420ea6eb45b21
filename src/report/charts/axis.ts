import { probit } from "@sourceprint/core/metrics/probit.js"
import type { Unit } from "../quantity.js"

/** One axis. Values are given in the unit's own scale (rates in [0, 1]) and written in its customary one (percent). */
export interface Axis {
  readonly label: string
  readonly unit?: Unit
  /** probit: the axes of a DET plot, on which normal scores make straight lines */
  readonly scale?: "linear" | "log" | "probit" | "category"
  readonly from?: number
  readonly to?: number
  /** categories from top to bottom, or numbers falling */
  readonly reversed?: boolean
}

/** What is drawn for a value: percent for rates, the normal deviate on a probit axis (kept inside the axis). */
export function coordinate(axis: Axis, value: number): number | null {
  if (Number.isNaN(value)) return null
  if (axis.scale === "probit") return round(probit(Math.min(axis.to ?? 0.6, Math.max(axis.from ?? 0.001, value))))
  return Number.isFinite(value) ? round(axis.unit === "rate" ? value * 100 : value) : null
}

/** Six significant digits: below what a screen can show, and a third of the bytes. */
const round = (value: number): number => Number(value.toPrecision(6))

const PROBIT_TICKS = [0.0001, 0.001, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95]

/** The axis in plotly's words; colours come from the page. */
export function plotlyAxis(axis: Axis): Record<string, unknown> {
  const { label, unit, scale = "linear", from, to } = axis
  const title = {
    text: unit === undefined || unit === "none" || unit === "rate" ? label : `${label} (${unitWord(unit)})`,
  }
  const common = { title, automargin: true, ...(axis.reversed ? { autorange: "reversed" } : {}) }
  if (scale === "category") return { ...common, type: "category" }
  if (scale === "probit") {
    const ticks = PROBIT_TICKS.filter((p) => p >= (from ?? 0.001) && p <= (to ?? 0.6))
    return {
      ...common,
      tickangle: 0,
      tickvals: ticks.map((p) => round(probit(p))),
      ticktext: ticks.map((p) => `${Number((p * 100).toPrecision(3))} %`),
      range: [round(probit(from ?? 0.001)), round(probit(to ?? 0.6))],
    }
  }
  const suffix = unit === "rate" ? { ticksuffix: " %" } : {}
  if (from === undefined || to === undefined) return { ...common, ...suffix, type: scale }
  const ends = [coordinate(axis, from) ?? 0, coordinate(axis, to) ?? 1]
  return { ...common, ...suffix, type: scale, range: scale === "log" ? ends.map(Math.log10) : ends }
}

const unitWord = (unit: Unit): string => (unit === "count" ? "number" : unit)
