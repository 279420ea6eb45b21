import type { Axis } from "../charts/axis.js"
import type { Guide, Series } from "../charts/series.js"

/** A chart. `alt` says in one sentence what it shows, for people who cannot see it. */
export interface ChartBlock {
  readonly kind: "chart"
  readonly title: string
  readonly alt: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  readonly guides?: readonly Guide[]
  /** one unit of x is as long as one of y (ROC, DET, reliability) */
  readonly square?: boolean
  /** 340 unless told; square charts and long category lists take what they need; a legend of long names adds to it */
  readonly heightPx?: number
  readonly note?: string
}
