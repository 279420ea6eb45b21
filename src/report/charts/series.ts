/** One line, set of points or set of bars. Numbers are in the units of the axes. */
export type Series = LineSeries | PointSeries | BarSeries | HistogramSeries

interface Named {
  readonly name: string
  /** which of the page's colours; 8 colours, then the same with other dashes. Its place in the list unless told. */
  readonly colour?: number
  /** listed in the legend but drawn only on demand */
  readonly hidden?: boolean
}

export interface LineSeries extends Named {
  readonly type: "line"
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
  /** edges of a band around the line */
  readonly low?: ArrayLike<number>
  readonly high?: ArrayLike<number>
  readonly dashed?: boolean
  /** stays level until the next point */
  readonly steps?: boolean
  readonly markers?: boolean
}

export interface PointSeries extends Named {
  readonly type: "points"
  readonly x: ArrayLike<number> | readonly string[]
  readonly y: ArrayLike<number> | readonly string[]
  /** ends of an interval along the axis named by `along` ("y" unless told) */
  readonly low?: ArrayLike<number>
  readonly high?: ArrayLike<number>
  readonly along?: "x" | "y"
  /** words shown when a point is under the cursor */
  readonly words?: readonly string[]
}

export interface BarSeries extends Named {
  readonly type: "bars"
  readonly x: readonly string[]
  readonly y: ArrayLike<number>
  readonly low?: ArrayLike<number>
  readonly high?: ArrayLike<number>
  readonly words?: readonly string[]
}

/** Counts between neighbouring edges (edges.length = counts.length + 1). */
export interface HistogramSeries extends Named {
  readonly type: "histogram"
  readonly edges: ArrayLike<number>
  readonly counts: ArrayLike<number>
}

/** A line that is no data: a threshold, chance, the diagonal. */
export type Guide =
  | { readonly at: "x" | "y"; readonly value: number; readonly label: string }
  | { readonly at: "diagonal"; readonly label: string }
