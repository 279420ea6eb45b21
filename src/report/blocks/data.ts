import { type Html, html, scriptJson } from "../html.js"
import type { RenderContext } from "../render-context.js"

/** Numbers carried along in the page, so that a report alone is enough to compute with. */
export interface DataBlock {
  readonly kind: "data"
  readonly fileName: string
  /** what is inside, one sentence */
  readonly summary: string
  readonly value: unknown
}

export function renderData({ fileName, summary, value }: DataBlock, context: RenderContext): Html {
  context.parts.add("data")
  const id = context.uniqueId(`data-${fileName}`)
  const saves = html`data-save="${id}" data-name="${fileName}"`
  const button = html`<button type="button" class="quiet" ${saves}>Save ${fileName}</button>`
  const values = html`<script type="application/json" id="${id}">${scriptJson(value)}</script>`
  return html`<p class="data">${button} <span class="fine">${summary}</span></p>${values}`
}
