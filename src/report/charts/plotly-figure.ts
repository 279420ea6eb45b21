import { defined } from "@sourceprint/core/defined.js"
import type { ChartBlock } from "../blocks/chart-block.js"
import { type Axis, coordinate, plotlyAxis } from "./axis.js"
import type { BarSeries, Guide, HistogramSeries, LineSeries, PointSeries, Series } from "./series.js"

/** Colours are names of the page's custom properties ("$series-2", "$muted"; "$series-2/20" is 20 % opaque), so that
 *  one figure serves light, dark and print. */
export interface PlotlyFigure {
  readonly data: readonly Record<string, unknown>[]
  readonly layout: Record<string, unknown>
}

const COLOUR_COUNT = 8
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"]
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon"]

export function plotlyFigure(chart: ChartBlock): PlotlyFigure {
  const { x, y, series, guides = [] } = chart
  const bars = series.some((one) => one.type === "bars")
  const histogram = series.some((one) => one.type === "histogram")
  const yAxis = plotlyAxis(y)
  return {
    data: series.flatMap((one, place) => traces(one, one.colour ?? place, x, y)),
    layout: {
      xaxis: chart.square ? { ...plotlyAxis(x), constrain: "domain" } : plotlyAxis(x),
      yaxis: chart.square ? { ...yAxis, scaleanchor: "x", scaleratio: 1, constrain: "domain" } : yAxis,
      showlegend: series.length > 1,
      ...(bars ? { barmode: "group", bargap: 0.25, bargroupgap: 0.08 } : {}),
      ...(histogram ? { barmode: "overlay", bargap: 0 } : {}),
      shapes: guides.map((guide) => guideShape(guide, x, y)),
      annotations: guides.flatMap((guide) => guideLabel(guide, x, y)),
    },
  }
}

function traces(series: Series, colour: number, x: Axis, y: Axis): Record<string, unknown>[] {
  const common = {
    name: series.name,
    legendgroup: series.name,
    ...(series.hidden ? { visible: "legendonly" } : {}),
  }
  switch (series.type) {
    case "line":
      return lineTraces(series, colour, x, y, common)
    case "points":
      return [pointTrace(series, colour, x, y, common)]
    case "bars":
      return [barTrace(series, colour, y, common)]
    case "histogram":
      return [histogramTrace(series, colour, x, common)]
  }
}

const token = (colour: number, percent?: number): string =>
  `$series-${colour % COLOUR_COUNT}${percent === undefined ? "" : `/${percent}`}`
const dashOf = (colour: number) => DASHES[Math.floor(colour / COLOUR_COUNT) % DASHES.length]

function along(axis: Axis, values: ArrayLike<number> | readonly string[]): (number | string | null)[] {
  return Array.from<number | string, number | string | null>(values as ArrayLike<number | string>, (value) =>
    typeof value === "string" ? value : coordinate(axis, value),
  )
}

/** How a value reads under the cursor. */
const hover = (axis: Axis, letter: "x" | "y"): string => {
  if (axis.scale === "probit") return `%{customdata[${letter === "x" ? 0 : 1}]} %`
  if (axis.scale === "category") return `%{${letter}}`
  const { unit = "none" } = axis
  const word = unit === "none" ? "" : unit === "rate" ? " %" : ` ${unit === "count" ? "" : unit}`
  return `%{${letter}:.4~g}${word}`
}

function lineTraces(line: LineSeries, colour: number, x: Axis, y: Axis, common: object): Record<string, unknown>[] {
  const shape = line.steps ? { shape: "hv" } : {}
  const xs = along(x, line.x)
  const probitAxes = x.scale === "probit" || y.scale === "probit"
  const percent = (rate: number): number => Number((rate * 100).toPrecision(3))
  const main = {
    ...common,
    type: "scatter",
    mode: line.markers ? "lines+markers" : "lines",
    x: xs,
    y: along(y, line.y),
    line: { color: token(colour), width: 2, dash: line.dashed ? "dash" : dashOf(colour), ...shape },
    marker: { color: token(colour), size: 6, symbol: SYMBOLS[colour % SYMBOLS.length] },
    hovertemplate: `${hover(x, "x")}, ${hover(y, "y")}`,
    ...(probitAxes
      ? { customdata: Array.from(line.x, (rate, k) => [percent(rate), percent(defined(line.y[k]))]) }
      : {}),
  }
  if (line.low === undefined || line.high === undefined) return [main]
  const edge = { ...common, type: "scatter", mode: "lines", x: xs, hoverinfo: "skip", showlegend: false }
  return [
    { ...edge, y: along(y, line.low), line: { width: 0, ...shape } },
    {
      ...edge,
      y: along(y, line.high),
      line: { width: 0, ...shape },
      fill: "tonexty",
      fillcolor: token(colour, 18),
    },
    main,
  ]
}

/** Distances from the values to their interval's ends, as plotly wants them. */
function whiskers(axis: Axis, values: ArrayLike<number>, low?: ArrayLike<number>, high?: ArrayLike<number>) {
  if (low === undefined || high === undefined) return undefined
  const gap = (ends: ArrayLike<number>, sign: 1 | -1) =>
    Array.from(values, (value, k) => {
      const [end, here] = [coordinate(axis, defined(ends[k])), coordinate(axis, value)]
      return end === null || here === null ? 0 : Math.max(0, sign * (end - here))
    })
  return {
    type: "data",
    symmetric: false,
    array: gap(high, 1),
    arrayminus: gap(low, -1),
    color: "$ink",
    thickness: 1.2,
    width: 3,
  }
}

function pointTrace(points: PointSeries, colour: number, x: Axis, y: Axis, common: object): Record<string, unknown> {
  const direction = points.along ?? "y"
  const values = (direction === "x" ? points.x : points.y) as ArrayLike<number>
  const bars = whiskers(direction === "x" ? x : y, values, points.low, points.high)
  return {
    ...common,
    type: "scatter",
    mode: "markers",
    x: along(x, points.x),
    y: along(y, points.y),
    marker: { color: token(colour), size: 9, symbol: SYMBOLS[colour % SYMBOLS.length] },
    ...(bars === undefined ? {} : { [direction === "x" ? "error_x" : "error_y"]: { ...bars, color: token(colour) } }),
    ...words(points.words, `${hover(x, "x")}, ${hover(y, "y")}`),
  }
}

function barTrace(bar: BarSeries, colour: number, y: Axis, common: object): Record<string, unknown> {
  const bars = whiskers(y, bar.y, bar.low, bar.high)
  return {
    ...common,
    type: "bar",
    x: bar.x,
    y: along(y, bar.y),
    marker: { color: token(colour), ...(colour >= COLOUR_COUNT ? { pattern: { shape: "/" } } : {}) },
    ...(bars === undefined ? {} : { error_y: bars }),
    ...words(bar.words, `%{x}: ${hover(y, "y")}`),
  }
}

function histogramTrace(histogram: HistogramSeries, colour: number, x: Axis, common: object): Record<string, unknown> {
  const edges = Array.from(histogram.edges, (edge) => coordinate(x, edge) ?? 0)
  const bins = edges.slice(1).map((right, k) => [defined(edges[k]), right] as const)
  return {
    ...common,
    type: "bar",
    x: bins.map(([left, right]) => (left + right) / 2),
    width: bins.map(([left, right]) => right - left),
    y: Array.from(histogram.counts),
    marker: { color: token(colour, 60), line: { color: token(colour), width: 1 } },
    hovertemplate: "%{y} around %{x:.3~g}",
  }
}

const words = (text: readonly string[] | undefined, otherwise: string) =>
  text === undefined ? { hovertemplate: otherwise } : { hovertext: text, hoverinfo: "text+name" }

function guideShape(guide: Guide, x: Axis, y: Axis): Record<string, unknown> {
  const line = { color: "$muted", width: 1.2, dash: "dot" }
  if (guide.at === "diagonal") {
    const [x0, y0] = [coordinate(x, x.from ?? 0), coordinate(y, y.from ?? 0)]
    const [x1, y1] = [coordinate(x, x.to ?? 1), coordinate(y, y.to ?? 1)]
    return { type: "line", x0, y0, x1, y1, line, layer: "below" }
  }
  return guide.at === "x"
    ? {
        type: "line",
        yref: "paper",
        y0: 0,
        y1: 1,
        x0: coordinate(x, guide.value),
        x1: coordinate(x, guide.value),
        line,
      }
    : {
        type: "line",
        xref: "paper",
        x0: 0,
        x1: 1,
        y0: coordinate(y, guide.value),
        y1: coordinate(y, guide.value),
        line,
      }
}

function guideLabel(guide: Guide, x: Axis, y: Axis): Record<string, unknown>[] {
  const common = { text: guide.label, showarrow: false, font: { color: "$muted", size: 11 } }
  if (guide.at === "diagonal") return []
  return guide.at === "x"
    ? [
        {
          ...common,
          x: coordinate(x, guide.value),
          yref: "paper",
          y: 1,
          yanchor: "top",
          xanchor: "left",
          xshift: 4,
        },
      ]
    : [{ ...common, xref: "paper", x: 1, xanchor: "right", y: coordinate(y, guide.value), yanchor: "bottom" }]
}
