import { type Html, html } from "../html.js"
import { renderText, type Text } from "../text.js"

/** Paragraphs of text. */
export interface Prose {
  readonly kind: "prose"
  readonly paragraphs: readonly Text[]
}

export const renderProse = ({ paragraphs }: Prose): Html =>
  html`<div class="prose">${paragraphs.map((paragraph) => html`<p>${renderText(paragraph)}</p>`)}</div>`
