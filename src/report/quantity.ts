/** Units that the renderer knows how to write; any other word is written after the number as it is ("dpi", "px"). */
export type Unit = "rate" | "count" | "ms" | "s" | "bytes" | "score" | "bits" | "none" | (string & {})

/** A number that is shown: with its unit, and where it has them its interval and the counts behind it. */
export interface Quantity {
  readonly value: number
  readonly unit?: Unit
  readonly low?: number
  readonly high?: number
  /** "3 of 376 images" */
  readonly n?: string
}

/** No line break between a number and its unit. */
const SPACE = "\u00a0"

/** The number with its unit, for people: "0.83 %", "1,204", "3.4 ms", "1.2 MB". NaN is "not available". */
export function formatNumber(value: number, unit: Unit = "none"): string {
  if (Number.isNaN(value)) return "n/a"
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞"
  switch (unit) {
    case "rate":
      return `${formatPercent(value)}${SPACE}%`
    case "count":
      return group(Math.round(value).toString())
    case "ms":
      return Math.abs(value) >= 10_000 ? `${significant(value / 1000)}${SPACE}s` : `${significant(value)}${SPACE}ms`
    case "s":
      return formatSeconds(value)
    case "bytes":
      return formatBytes(value)
    case "score":
      return minus(value.toFixed(Math.abs(value) >= 100 ? 1 : 3))
    case "none":
      return significant(value, 4)
    default:
      return `${Number.isInteger(value) ? minus(group(value.toString())) : significant(value, 4)}${SPACE}${unit}`
  }
}

/** "0.31–2.27 %": the unit once. */
export function formatRange(low: number, high: number, unit: Unit = "none"): string {
  const [from, to] = [formatNumber(low, unit), formatNumber(high, unit)]
  const suffix = /\u00a0\S+$/.exec(to)?.[0]
  const dash = low < 0 ? " to " : "–" // no dash before a minus
  return suffix !== undefined && from.endsWith(suffix)
    ? `${from.slice(0, -suffix.length)}${dash}${to}`
    : `${from} – ${to}`
}

function formatPercent(rate: number): string {
  const percent = rate * 100
  const size = Math.abs(percent)
  return minus(percent.toFixed(size === 0 || size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4))
}

function formatSeconds(seconds: number): string {
  if (Math.abs(seconds) < 1) return `${significant(seconds * 1000)}${SPACE}ms`
  if (seconds < 120) return `${significant(seconds)}${SPACE}s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120
    ? `${minutes}${SPACE}min`
    : `${Math.floor(minutes / 60)}${SPACE}h${SPACE}${String(minutes % 60).padStart(2, "0")}${SPACE}min`
}

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}${SPACE}B`
  const [scale, unit] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"]
  return `${significant(bytes / scale)}${SPACE}${unit}`
}

function significant(value: number, digits = 3): string {
  if (value === 0) return "0"
  const size = Math.floor(Math.log10(Math.abs(value)))
  if (size < -5) return minus(value.toExponential(digits - 1))
  const text = value.toFixed(Math.min(20, Math.max(0, digits - 1 - size)))
  const trimmed = text.includes(".") ? text.replace(/\.?0+$/, "") : text
  return minus(group(trimmed))
}

const minus = (text: string): string => text.replace("-", "−")
const group = (digits: string): string => {
  const [whole = "", part] = digits.split(".")
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")
  return part === undefined ? grouped : `${grouped}.${part}`
}
