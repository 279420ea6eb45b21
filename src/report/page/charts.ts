/** In the page: draws each chart when it comes near the window, in the colours of the present scheme, and all of them
 *  in black on white before the page is printed. */
interface Plotly {
  downloadImage(
    figure: Figure,
    file: { format: "svg"; filename: string; width: number; height: number },
  ): Promise<unknown>
  Icons: { camera: unknown }
  react(element: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>
  Plots: { resize(element: HTMLElement): void }
}
declare const Plotly: Plotly
interface Figure {
  readonly data: readonly object[]
  readonly layout: Readonly<Record<string, object>>
}

const PRINT_WIDTH_PX = 660
const plots = [...document.querySelectorAll<HTMLElement>(".plot")]
const drawn = new Set<HTMLElement>()
const root = document.documentElement

/** "$series-1/20" -> the property --series-1 at 20 % opacity; everything else as it is. */
function inColours(value: unknown, style: CSSStyleDeclaration): unknown {
  if (typeof value === "string" && value.startsWith("$")) {
    const [name, percent] = value.slice(1).split("/")
    const colour = style.getPropertyValue(`--${name}`).trim()
    const alpha = Math.round((Number(percent ?? 100) / 100) * 255)
    return percent === undefined ? colour : colour + alpha.toString(16).padStart(2, "0")
  }
  if (Array.isArray(value)) return value.map((item) => inColours(item, style))
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inColours(item, style)]))
}

/** A chart in the colours of the present scheme. @param widthPx undefined: as wide as its place */
function figureOf(plot: HTMLElement, widthPx?: number): Figure {
  const source = document.querySelector(`script[data-plot="${plot.id}"]`)
  const figure = JSON.parse(source?.textContent ?? "{}") as Figure
  const narrow = (widthPx ?? plot.clientWidth) < 520
  const axis = {
    gridcolor: "$rule",
    linecolor: "$rule-strong",
    tickcolor: "$rule-strong",
    zeroline: false,
    ticks: "outside",
    ticklen: 4,
    title: { standoff: 8, font: { size: 12, color: "$muted" } },
  }
  const withAxis = (own: { title?: object } = {}) => ({
    ...axis,
    ...own,
    title: { ...axis.title, ...own.title },
  })
  const layout = {
    ...figure.layout,
    xaxis: withAxis(figure.layout.xaxis),
    yaxis: withAxis(figure.layout.yaxis),
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: narrow ? 11 : 12, color: "$ink" },
    margin: { l: 48, r: narrow ? 8 : 16, t: 12, b: 44 },
    legend: {
      orientation: "h",
      x: 0,
      xanchor: "left",
      y: 1.02,
      yanchor: "bottom",
      font: { size: narrow ? 11 : 12 },
    },
    hoverlabel: { bgcolor: "$paper", bordercolor: "$rule-strong", font: { color: "$ink", size: 12 } },
    hovermode: "closest",
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    ...(widthPx === undefined ? { autosize: true } : { width: widthPx, autosize: false }),
  }
  const style = getComputedStyle(root)
  return inColours({ data: figure.data, layout }, style) as Figure
}

/** What Plotly keeps with a chart: axes as they are zoomed, series that the legend may have switched off. */
interface Drawn extends HTMLElement {
  readonly data?: readonly { readonly visible?: unknown }[]
  readonly layout?: Readonly<Record<string, { readonly range?: unknown } | undefined>>
}

/** Saves a chart as it is seen, but in the colours of paper, as an SVG file. */
async function save(plot: Drawn): Promise<void> {
  const { clientWidth: width, clientHeight: height } = plot
  root.classList.add("on-paper")
  const { data, layout } = figureOf(plot, width) // colours are read here
  root.classList.remove("on-paper")
  const axisAsSeen = (name: "xaxis" | "yaxis"): object => ({ ...layout[name], range: plot.layout?.[name]?.range })
  const title = plot.closest("figure")?.querySelector("figcaption")?.textContent ?? plot.id
  await Plotly.downloadImage(
    {
      data: data.map((trace, i) => ({ ...trace, visible: plot.data?.[i]?.visible })),
      layout: { ...layout, xaxis: axisAsSeen("xaxis"), yaxis: axisAsSeen("yaxis") },
    },
    { format: "svg", filename: title.trim().replace(/[^\p{L}\p{N}]+/gu, "-"), width, height },
  )
}

function draw(plot: HTMLElement, widthPx?: number): void {
  const touch = matchMedia("(pointer: coarse)").matches
  const config = {
    displaylogo: false,
    responsive: widthPx === undefined,
    displayModeBar: !touch,
    modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
    modeBarButtonsToAdd: [
      { name: "saveSvg", title: "Save as SVG", icon: Plotly.Icons.camera, click: () => void save(plot) },
    ],
    scrollZoom: false,
  }
  drawn.add(plot)
  const { data, layout } = figureOf(plot, widthPx)
  Plotly.react(plot, data, layout, config).catch((error) => {
    plot.className = "chart-error"
    plot.textContent = `This chart could not be drawn: ${error instanceof Error ? error.message : String(error)}`
  })
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting || drawn.has(target as HTMLElement)) continue
      near.unobserve(target)
      draw(target as HTMLElement)
    }
  },
  { rootMargin: "800px" },
)
for (const plot of plots) near.observe(plot)

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const plot of drawn) draw(plot)
})
// a chart inside closed details has no width until they open
for (const details of document.querySelectorAll("details")) {
  details.addEventListener("toggle", () => {
    for (const plot of details.querySelectorAll<HTMLElement>(".plot")) if (drawn.has(plot)) Plotly.Plots.resize(plot)
  })
}

addEventListener("beforeprint", () => {
  root.classList.add("on-paper")
  for (const plot of plots) {
    const shared = plot.closest(".columns") !== null
    draw(plot, shared ? PRINT_WIDTH_PX / 2 - 10 : PRINT_WIDTH_PX)
  }
})
addEventListener("afterprint", () => {
  root.classList.remove("on-paper")
  for (const plot of plots) draw(plot)
})

export {}
