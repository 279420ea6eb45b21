import { type Html, html } from "./html.js"

/** Running text: a string, or pieces with emphasis. Strings from data are safe: everything is escaped. */
export type Text = string | readonly Inline[]
export type Inline =
  | string
  | { readonly strong: string }
  | { readonly em: string }
  | { readonly code: string }
  | { readonly href: string; readonly text: string }

export function renderText(text: Text): Html {
  if (typeof text === "string") return html`${text}`
  return html`${text.map(renderInline)}`
}

function renderInline(inline: Inline): Html {
  if (typeof inline === "string") return html`${inline}`
  if ("strong" in inline) return html`<strong>${inline.strong}</strong>`
  if ("em" in inline) return html`<em>${inline.em}</em>`
  if ("code" in inline) return html`<code>${inline.code}</code>`
  // only places inside the reports folder or the page: a report makes no outside request and leads nowhere else
  return /^(#|\.{0,2}\/?[\w./-]+$)/.test(inline.href) && !inline.href.includes("//")
    ? html`<a href="${inline.href}">${inline.text}</a>`
    : html`${inline.text}`
}
