import { type Html, html } from "../html.js"
import { formatNumber, formatRange, type Quantity, type Unit } from "../quantity.js"
import type { RenderContext } from "../render-context.js"

/** A column: which value of each row it shows, and how. */
export interface Column {
  readonly key: string
  readonly label: string
  /** numbers of the column carry this unit */
  readonly unit?: Unit
  /** marks the best value of the column */
  readonly better?: "lower" | "higher"
  /** shown even where every row has the same value */
  readonly always?: boolean
  /** longer explanation of the heading */
  readonly hint?: string
}

/** A word, a number in the column's unit, a quantity with interval, or nothing. */
export type Cell = string | number | boolean | Quantity | null | undefined

/** A table that sorts by a click on a heading and hides the columns in which nothing differs. */
export interface Table {
  readonly kind: "table"
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly Readonly<Record<string, Cell>>[]
  /** index of a row to mark (the winner) */
  readonly marked?: number
  readonly note?: string
}

export function renderTable(table: Table, context: RenderContext): Html {
  context.parts.add("tables")
  const { title, rows, note } = table
  const columns = table.columns.filter(({ always, key }) => always || rows.some((row) => (row[key] ?? null) !== null))
  const same = columns.filter((column) => !column.always && rows.length > 1 && isSame(rows, column.key))
  const hidden = new Set(same.map((column) => column.key))
  const best = new Map(columns.map((column) => [column.key, bestValue(column, rows)]))
  const head = columns.map((column) => {
    const button = html`<button type="button"${hint(column)}>${column.label}</button>`
    return html`<th scope="col"${classOf(column, rows, hidden)} aria-sort="none">${button}</th>`
  })
  const body = rows.map((row, r) => {
    const cells = columns.map((column, c) =>
      renderCell(row[column.key], column, {
        first: c === 0,
        best: best.get(column.key),
        className: classOf(column, rows, hidden),
      }),
    )
    return html`<tr${table.marked === r ? html` class="marked"` : undefined}>${cells}</tr>`
  })
  const caption = html`<figcaption class="caption">${title}</figcaption>`
  const scroll = rows.length > MANY_ROWS ? "scroll long" : "scroll"
  const inner = html`<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`
  const box = html`<div class="${scroll}" tabindex="0" role="region" aria-label="${title}">${inner}</div>`
  const fine = note === undefined ? undefined : html`<p class="fine">${note}</p>`
  return html`<figure class="table">${caption}${box}${sameLine(same, rows)}${fine}</figure>`
}

const hint = (column: Column): Html | undefined =>
  column.hint === undefined ? undefined : html` title="${column.hint}"`

/** "The same in every row: …", with the way to see those columns. */
function sameLine(same: readonly Column[], rows: Table["rows"]): Html | undefined {
  if (same.length === 0) return undefined
  const words = same.map((column) => `${column.label} ${cellText(rows[0]?.[column.key], column.unit)}`).join(" · ")
  const pressed = html`data-show-same aria-pressed="false"`
  const button = html`<button type="button" class="quiet" ${pressed}>Show these columns</button>`
  if (same.length <= MANY_COLUMNS) return html`<p class="fine same-line">The same in every row: ${words}. ${button}</p>`
  const summary = html`<summary>The same in every row: ${same.length} columns</summary>`
  return html`<details class="same-line">${summary}<p>${words}.</p>${button}</details>`
}

/** A table with more rows scrolls in a box of its own, so that the page stays short. */
const MANY_ROWS = 40

/** More than this many columns without a difference are folded away. */
const MANY_COLUMNS = 4

/** True where the column says the same in every row. */
const isSame = (rows: Table["rows"], key: string): boolean =>
  rows.every((row) => JSON.stringify(row[key] ?? null) === JSON.stringify(rows[0]?.[key] ?? null))

function classOf(column: Column, rows: Table["rows"], hidden: ReadonlySet<string>): Html | undefined {
  const numeric = rows.some((row) => sortValue(row[column.key]) !== undefined && typeof row[column.key] !== "string")
  const names = [numeric ? "number" : "", hidden.has(column.key) ? "same" : ""].filter(Boolean).join(" ")
  return names === "" ? undefined : html` class="${names}"`
}

function bestValue(column: Column, rows: Table["rows"]): number | undefined {
  if (column.better === undefined || rows.length < 2) return undefined
  const values = rows.map((row) => sortValue(row[column.key])).filter((value) => typeof value === "number")
  const finite = values.filter((value) => !Number.isNaN(value))
  if (finite.length === 0) return undefined
  return column.better === "lower" ? Math.min(...finite) : Math.max(...finite)
}

interface CellStyle {
  readonly first: boolean
  readonly best: number | undefined
  readonly className: Html | undefined
}

function renderCell(cell: Cell, column: Column, { first, best, className }: CellStyle): Html {
  const value = sortValue(cell)
  const isBest = best !== undefined && value === best
  const content = isBest ? html`<strong>${cellText(cell, column.unit)}</strong>` : html`${cellText(cell, column.unit)}`
  const extra = intervalLine(cell, column.unit)
  const sort = value === undefined ? undefined : html` data-v="${value}"`
  const short = cellText(cell, column.unit).length <= 34 ? html` class="short"` : undefined
  return first
    ? html`<th scope="row"${className ?? short}${sort}>${content}${extra}</th>`
    : html`<td${className}${sort}>${content}${extra}</td>`
}

function intervalLine(cell: Cell, unit: Unit | undefined): Html | undefined {
  if (cell === null || typeof cell !== "object") return undefined
  const { low, high, n } = cell
  const range = low === undefined || high === undefined ? undefined : formatRange(low, high, cell.unit ?? unit)
  if (range === undefined && n === undefined) return undefined
  return html`<span class="line">${[range, n].filter((part) => part !== undefined).join(" · ")}</span>`
}

/** What a cell says. */
function cellText(cell: Cell, unit?: Unit): string {
  if (cell === null || cell === undefined) return "–"
  if (typeof cell === "boolean") return cell ? "yes" : "no"
  if (typeof cell === "string") return cell
  return typeof cell === "number" ? formatNumber(cell, unit) : formatNumber(cell.value, cell.unit ?? unit)
}

function sortValue(cell: Cell): number | string | undefined {
  if (cell === null || cell === undefined) return undefined
  if (typeof cell === "boolean") return Number(cell)
  return typeof cell === "object" ? cell.value : cell
}
