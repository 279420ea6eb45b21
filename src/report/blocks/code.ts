import { type Html, html } from "../html.js"

/** Text kept as it is: a resolved configuration, a command. */
export interface Code {
  readonly kind: "code"
  readonly title?: string
  readonly text: string
}

export const renderCode = ({ title, text }: Code): Html =>
  html`<figure class="code">${
    title === undefined ? undefined : html`<figcaption class="caption">${title}</figcaption>`
  }<pre tabindex="0"><code>${text}</code></pre></figure>`
