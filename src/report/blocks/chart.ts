import { plotlyFigure } from "../charts/plotly-figure.js"
import { type Html, html, scriptJson } from "../html.js"
import type { RenderContext } from "../render-context.js"
import type { ChartBlock } from "./chart-block.js"

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
