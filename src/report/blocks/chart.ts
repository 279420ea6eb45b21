import type { Axis } from "../charts/axis.js"
import { plotlyFigure } from "../charts/plotly-figure.js"
import type { Guide, Series } from "../charts/series.js"
import { type Html, html, scriptJson } from "../html.js"
import type { RenderContext } from "../render-context.js"

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

/** Long names stand below each other in the legend; it must not take the room of the chart. */
function legendPx({ series }: ChartBlock): number {
  const isLong = series.some(({ name }) => name.length > 30)
  return isLong && series.length > 3 ? 29 * series.length : 0
}

export function renderChart(chart: ChartBlock, context: RenderContext): Html {
  context.parts.add("charts")
  const id = context.uniqueId(`chart-${chart.title}`)
  const height = (chart.heightPx ?? (chart.square ? 460 : 340)) + legendPx(chart)
  const caption = html`<figcaption class="caption">${chart.title}</figcaption>`
  const role = html`role="group" aria-label="${chart.alt}"`
  const fallback = html`<noscript>${chart.alt}</noscript>`
  const plot = html`<div class="plot" id="${id}" style="--plot-height:${height}px" ${role}>${fallback}</div>`
  const figure = html`<script type="application/json" data-plot="${id}">${scriptJson(plotlyFigure(chart))}</script>`
  return html`<figure class="chart${chart.square ? " square" : ""}">${caption}${plot}${figure}${
    chart.note === undefined ? undefined : html`<p class="fine">${chart.note}</p>`
  }</figure>`
}
