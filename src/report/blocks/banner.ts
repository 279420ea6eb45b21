import { type Html, html } from "../html.js"
import { renderText, type Text } from "../text.js"

/** verdict: the answer to the page's question; danger is for results that must not be trusted (red). */
export type BannerTone = "verdict" | "good" | "note" | "warning" | "danger"

/** A statement set apart: a verdict, a warning, a danger. */
export interface Banner {
  readonly kind: "banner"
  readonly tone: BannerTone
  readonly title: string
  readonly text?: Text
}

/** The tone is also said in words: colour is never the only carrier. */
const SAYS: Readonly<Record<BannerTone, string>> = {
  verdict: "Verdict",
  good: "Good",
  note: "Note",
  warning: "Warning",
  danger: "Do not trust",
}

export const renderBanner = ({ tone, title, text }: Banner): Html =>
  html`<div class="banner ${tone}" role="note"><p class="says">${SAYS[tone]}</p><p class="what">${title}</p>${
    text === undefined ? undefined : html`<p class="why">${renderText(text)}</p>`
  }</div>`
