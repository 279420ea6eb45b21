import { type Html, html } from "../html.js"
import { formatNumber, formatRange, type Quantity } from "../quantity.js"

/** One headline figure or word. */
export interface Card {
  readonly label: string
  /** a number with its interval and counts, or a word */
  readonly value: Quantity | string
  /** one short line below */
  readonly note?: string
}

/** A few headline figures. */
export interface Cards {
  readonly kind: "cards"
  readonly cards: readonly Card[]
  /** how the intervals were made, said once */
  readonly intervals?: string
}

export const renderCards = ({ cards, intervals }: Cards): Html =>
  html`<dl class="cards">${cards.map(renderCard)}</dl>${
    intervals === undefined ? undefined : html`<p class="fine">${intervals}</p>`
  }`

function renderCard({ label, value, note }: Card): Html {
  if (typeof value === "string") {
    return html`<div><dt>${label}</dt><dd><span class="big word">${value}</span>${line(note)}</dd></div>`
  }
  const { low, high, unit, n } = value
  const range = low === undefined || high === undefined ? undefined : formatRange(low, high, unit)
  const lines = [line(range), line(n), line(note)]
  return html`<div><dt>${label}</dt><dd><span class="big">${formatNumber(value.value, unit)}</span>${lines}</dd></div>`
}

const line = (text: string | undefined): Html | undefined =>
  text === undefined ? undefined : html`<span class="line">${text}</span>`
