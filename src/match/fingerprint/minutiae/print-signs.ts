import type { OrientationField } from "./orientation-field.js"
import { cellPx } from "./parameters.js"
import type { Plane } from "./plane.js"
import type { RidgePeriod } from "./ridge-period.js"

/** What tells a print from another picture; means are over the cells taken for print. */
export interface PrintSigns {
  /** Share of the profile across the ridges that has one frequency, 0-1. */
  readonly purity: number
  /** Agreement of the image with its enhanced self, 0-1. */
  readonly reliability: number
  /** How far gradients agree about a direction, 0-1. */
  readonly coherence: number
  /** Geometric mean of the ridge period, pixels at 500 dpi. */
  readonly periodPx: number
  /** Square ridge periods of print. */
  readonly areaPeriods: number
  /** Share of the cells with contrast that show ridges, 0-1. */
  readonly share: number
  /** Minutiae in 100 square ridge periods. */
  readonly density: number
  /** How far directions vary over the print: 0 parallel lines, 1 every direction alike. */
  readonly turning: number
  /** Standard deviation of the natural logarithm of the ridge period. */
  readonly periodSpread: number
}

export interface SignSources {
  readonly field: OrientationField
  readonly period: RidgePeriod
  readonly reliability: Plane
  readonly mask: Uint8Array
  readonly contrast: Uint8Array
  readonly minutiae: number
}

export function printSigns({ field, period, reliability, mask, contrast, minutiae }: SignSources): PrintSigns {
  let cells = 0
  let contrasty = 0
  const sums = { purity: 0, reliability: 0, coherence: 0, cos: 0, sin: 0, log: 0, squares: 0 }
  for (let i = 0; i < mask.length; i++) {
    contrasty += contrast[i]
    if (mask[i] === 0) continue
    cells++
    const length = Math.hypot(field.cos.values[i], field.sin.values[i])
    const logPeriod = Math.log(period.periodPx.values[i])
    sums.purity += period.purity.values[i]
    sums.reliability += reliability.values[i]
    sums.coherence += length
    sums.cos += field.cos.values[i] / (length + 1e-9)
    sums.sin += field.sin.values[i] / (length + 1e-9)
    sums.log += logPeriod
    sums.squares += logPeriod * logPeriod
  }
  const n = Math.max(1, cells)
  const meanLog = sums.log / n
  const periodPx = Math.exp(meanLog)
  const areaPeriods = (cells * cellPx * cellPx) / periodPx ** 2
  return {
    purity: sums.purity / n,
    reliability: sums.reliability / n,
    coherence: sums.coherence / n,
    periodPx,
    areaPeriods,
    share: cells / Math.max(1, contrasty),
    density: (100 * minutiae) / Math.max(1, areaPeriods),
    turning: 1 - Math.hypot(sums.cos, sums.sin) / n,
    periodSpread: Math.sqrt(Math.max(0, sums.squares / n - meanLog * meanLog)),
  }
}
