import type { ChartBlock } from "../blocks/chart-block.js"
import { formatNumber, type Unit } from "../quantity.js"

export interface ScoreHistogramOptions {
  readonly title: string
  readonly genuineName: string
  readonly impostorName: string
  readonly scoreLabel: string
  readonly unit?: Unit
  readonly threshold?: number
  readonly binCount?: number
}

/** Both score sets over one axis, counts on a logarithmic scale so that the few errors among thousands show. Failures
 *  (NaN) are left out and counted in the note. */
export function scoreHistogram(
  genuine: Float64Array,
  impostor: Float64Array,
  options: ScoreHistogramOptions,
): ChartBlock {
  const { title, genuineName, impostorName, scoreLabel, unit, threshold, binCount = 40 } = options
  const finite = (scores: Float64Array) => scores.filter(Number.isFinite)
  const [g, i] = [finite(genuine), finite(impostor)]
  const [low, high] = extent([g, i])
  const edges = Float64Array.from({ length: binCount + 1 }, (_, k) => low + ((high - low) * k) / binCount)
  const missing = genuine.length + impostor.length - g.length - i.length
  return {
    kind: "chart",
    title,
    alt: `Histogram of ${g.length} ${genuineName} and ${i.length} ${impostorName} scores.`,
    x: { label: scoreLabel, ...(unit === undefined ? {} : { unit }) },
    y: { label: "Number", scale: "log" },
    series: [
      {
        type: "histogram",
        name: `${impostorName} (n = ${formatNumber(impostor.length, "count")})`,
        colour: 1,
        edges,
        counts: histogramCounts(i, low, high, binCount),
      },
      {
        type: "histogram",
        name: `${genuineName} (n = ${formatNumber(genuine.length, "count")})`,
        colour: 0,
        edges,
        counts: histogramCounts(g, low, high, binCount),
      },
    ],
    guides: threshold === undefined ? [] : [{ at: "x", value: threshold, label: "threshold" }],
    ...(missing > 0 ? { note: `${missing} comparisons without a finite score are not drawn.` } : {}),
  }
}

function extent(sets: readonly Float64Array[]): [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const set of sets) {
    for (const score of set) {
      low = Math.min(low, score)
      high = Math.max(high, score)
    }
  }
  return low < high ? [low, high] : low === high ? [low - 0.5, low + 0.5] : [0, 1]
}

/** Counts in `binCount` bins of equal width over [low, high]; the last includes its upper edge. */
export function histogramCounts(values: Float64Array, low: number, high: number, binCount: number): Float64Array {
  const counts = new Float64Array(binCount)
  for (const value of values) {
    const bin = Math.min(binCount - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * binCount)))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}
