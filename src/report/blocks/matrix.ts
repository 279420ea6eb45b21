import { defined } from "@sourceprint/core/defined.js"
import { type Html, html } from "../html.js"

/** Counts by truth (rows) and decision (columns), shaded by their share of the row. */
export interface Matrix {
  readonly kind: "matrix"
  readonly title: string
  readonly rowTitle: string
  readonly columnTitle: string
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly counts: readonly (readonly number[])[]
  /** what each row is a share of; the row's sum unless told */
  readonly totals?: readonly number[]
  /** cells on the diagonal are right decisions; others are errors (default true) */
  readonly diagonalIsRight?: boolean
  readonly note?: string
}

export function renderMatrix(matrix: Matrix): Html {
  const { title, rowTitle, columnTitle, rows, columns, counts, note } = matrix
  const corner = html`<td class="corner"><span>${columnTitle} →</span><span>${rowTitle} ↓</span></td>`
  const headings = columns.map((column) => html`<th scope="col"><span>${column}</span></th>`)
  const head = html`${corner}${headings}<th scope="col" class="total"><span>n</span></th>`
  const body = rows.map((row, r) => {
    const own = defined(counts[r], "row of counts")
    const total = matrix.totals?.[r] ?? own.reduce((sum, count) => sum + count, 0)
    const cells = own.map((count, c) => renderCell(matrix, r, c, count, total))
    return html`<tr><th scope="row">${row}</th>${cells}<td class="total">${total}</td></tr>`
  })
  const table = html`<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`
  const caption = html`<figcaption class="caption">${title}</figcaption>`
  return html`<figure class="matrix">${caption}<div class="scroll" tabindex="0" role="region" aria-label="${title}">${
    table
  }</div><p class="fine">Counts; shading is the share of the row.${note === undefined ? "" : ` ${note}`}</p></figure>`
}

function renderCell(matrix: Matrix, r: number, c: number, count: number, total: number): Html {
  const share = total === 0 ? 0 : count / total
  const right = matrix.diagonalIsRight !== false && r === c
  // an error of 2 % must be visible beside a hit of 98 %: its shade starts at a floor
  const shade = count === 0 ? 0 : right ? 0.12 + 0.6 * share : 0.25 + 0.65 * share
  const percent = `${(share * 100).toFixed(1)} % of ${matrix.rows[r]}`
  const tone = `${right ? "right" : "wrong"}${count === 0 ? " zero" : ""}`
  return html`<td class="${tone}" style="--shade:${(shade * 100).toFixed(0)}%" title="${percent}">${count}</td>`
}
