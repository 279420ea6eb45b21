import { type Html, html } from "../html.js"
import { renderText, type Text } from "../text.js"

/** Names and values, such as an environment or a protocol. */
export interface Facts {
  readonly kind: "facts"
  readonly title?: string
  readonly facts: readonly (readonly [name: string, value: Text])[]
}

export const renderFacts = ({ title, facts }: Facts): Html =>
  html`<div class="facts">${title === undefined ? undefined : html`<p class="caption">${title}</p>`}<dl>${facts.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${renderText(value)}</dd></div>`,
  )}</dl></div>`
