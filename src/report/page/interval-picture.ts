import { formatNumber } from "../quantity.js"
import type { IndexColumn } from "../run-index.js"
import { type Row, shown } from "./run-index-data.js"

const WIDTH = 760
const LEFT = 250
const RIGHT = 90
const STEP = 28

function shape(tag: string, attributes: Readonly<Record<string, string | number>>, text = ""): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  element.textContent = text
  return element
}

/** One figure of several runs as dots with their intervals on one scale. */
export function picture(rows: readonly Row[], column: IndexColumn): SVGElement {
  const points = rows.flatMap((row) => {
    const value = row.values[column.key]
    if (typeof value === "number") return [{ row, value, low: value, high: value }]
    return typeof value === "object" ? [{ row, ...value }] : []
  })
  const low = Math.min(...points.map((point) => point.low))
  const high = Math.max(...points.map((point) => point.high))
  const span = high > low ? high - low : Math.abs(high) || 1
  const [from, to] = [low - span * 0.06, high + span * 0.06]
  const x = (value: number): number => LEFT + ((value - from) / (to - from)) * (WIDTH - LEFT - RIGHT)
  const height = points.length * STEP + 34
  const svg = shape("svg", {
    viewBox: `0 0 ${WIDTH} ${height}`,
    role: "img",
    "aria-label": `${column.label} of ${points.length} runs`,
  })
  for (let k = 0; k <= 4; k++) {
    const value = from + ((to - from) * k) / 4
    svg.append(shape("line", { class: "grid", x1: x(value), x2: x(value), y1: 4, y2: height - 24 }))
    svg.append(
      shape(
        "text",
        { class: "tick", x: x(value), y: height - 8, "text-anchor": "middle" },
        formatNumber(value, column.unit),
      ),
    )
  }
  points.forEach((point, k) => {
    const y = 4 + STEP * (k + 0.5)
    const name = point.row.run.title === rows[0]?.run.title ? point.row.run.id : point.row.run.title
    svg.append(
      shape(
        "text",
        { x: LEFT - 12, y: y + 4, "text-anchor": "end" },
        name.length > 36 ? `${name.slice(0, 35)}…` : name,
      ),
    )
    svg.append(shape("line", { class: "whisker", x1: x(point.low), x2: x(point.high), y1: y, y2: y }))
    svg.append(shape("circle", { cx: x(point.value), cy: y, r: 4.5 }))
    svg.append(shape("text", { x: WIDTH - RIGHT + 10, y: y + 4 }, shown(point.row, column).text))
  })
  return svg
}
