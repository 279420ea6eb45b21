import type { WeightedStatistic } from "@sourceprint/core/metrics/weighted-statistics.js"

/** Slow, obvious versions of the metrics, straight from their definitions, for checking the fast ones. */

/** Mann-Whitney by comparing every pair; NaN is below every number and equal to NaN. */
export function slowAuc(genuine: readonly number[], impostor: readonly number[]): number {
  let wins = 0
  for (const g of genuine) {
    for (const i of impostor) {
      if (Number.isNaN(g) && Number.isNaN(i)) wins += 0.5
      else if (Number.isNaN(i)) wins += 1
      else if (!Number.isNaN(g)) wins += g > i ? 1 : g === i ? 0.5 : 0
    }
  }
  return wins / (genuine.length * impostor.length)
}

/** The crossing of the interpolated curve with the diagonal, by bisection along the polyline's length parameter. */
export function slowEer(points: readonly { readonly fmr: number; readonly fnmr: number }[]): number {
  const line = [...points, { fmr: 1, fnmr: 0 }]
  const at = (u: number) => {
    const k = Math.min(line.length - 2, Math.floor(u))
    const part = u - k
    return {
      fmr: line[k].fmr + (line[k + 1].fmr - line[k].fmr) * part,
      fnmr: line[k].fnmr + (line[k + 1].fnmr - line[k].fnmr) * part,
    }
  }
  let low = 0
  let high = line.length - 1
  for (let n = 0; n < 200; n++) {
    const middle = (low + high) / 2
    const { fmr, fnmr } = at(middle)
    if (fmr < fnmr) low = middle
    else high = middle
  }
  return (at(high).fmr + at(high).fnmr) / 2
}

/** Weighted mean of one value a sample. */
export const weightedMean =
  (values: Float64Array): WeightedStatistic =>
  (weights) =>
    weights.reduce((sum, weight, k) => sum + (weight === 0 ? 0 : weight * (values[k] ?? Number.NaN)), 0) /
    weights.reduce((sum, weight) => sum + weight, 0)
