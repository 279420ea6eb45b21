import { type Html, html } from "../html.js"
import type { RenderContext } from "../render-context.js"

/** An image as a data URI (see `image-uri.ts`); nothing else is accepted. */
export interface GalleryPanel {
  readonly label: string
  readonly image: string
  /** transparent images of the same frame laid over it: heat map, orientation, minutiae */
  readonly overlays?: readonly { readonly name: string; readonly image: string }[]
}

/** One entry: images side by side and what is known of them. */
export interface GalleryItem {
  readonly title: string
  /** "error" marks the item as a wrong decision */
  readonly tone?: "error" | "plain"
  readonly panels: readonly GalleryPanel[]
  /** short facts: name and value, units included */
  readonly facts: readonly (readonly [string, string])[]
}

/** Images with facts, and overlays that the reader switches. */
export interface Gallery {
  readonly kind: "gallery"
  readonly title: string
  readonly items: readonly GalleryItem[]
  readonly note?: string
}

export function renderGallery({ title, items, note }: Gallery, context: RenderContext): Html {
  context.parts.add("galleries")
  const names = [
    ...new Set(items.flatMap((item) => item.panels.flatMap((panel) => (panel.overlays ?? []).map((o) => o.name)))),
  ]
  const id = context.uniqueId(`gallery-${title}`)
  const caption = html`<figcaption class="caption">${title}</figcaption>${controls(id, names)}`
  return html`<figure class="gallery" data-overlay="${names.length === 0 ? "" : 0}">${caption}<ul>${items.map((item) =>
    renderItem(item, names),
  )}</ul>${note === undefined ? undefined : html`<p class="fine">${note}</p>`}</figure>`
}

function renderItem({ title, tone = "plain", panels, facts }: GalleryItem, names: readonly string[]): Html {
  const images = panels.map((panel) => renderPanel(panel, names, title))
  const rows = facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)
  const heading = html`<p class="item-title">${title}</p>`
  return html`<li class="${tone}">${heading}<div class="panels">${images}</div><dl>${rows}</dl></li>`
}

function controls(id: string, names: readonly string[]): Html | undefined {
  if (names.length === 0) return undefined
  const choice = (label: string, value: string, checked: boolean): Html =>
    html`<label><input type="radio" name="${id}" value="${value}"${
      checked ? html` checked` : undefined
    }> ${label}</label>`
  const choices = [choice("nothing", "", false), ...names.map((name, k) => choice(name, String(k), k === 0))]
  const range = html`<input type="range" min="10" max="100" step="5" value="70">`
  const strength = html`<label class="strength">Strength ${range}</label>`
  const fieldset = html`<fieldset><legend>Over the image</legend>${choices}</fieldset>`
  return html`<div class="controls">${fieldset}${strength}</div>`
}

function renderPanel({ label, image, overlays = [] }: GalleryPanel, names: readonly string[], title: string): Html {
  const layers = overlays.map(
    (overlay) =>
      html`<img class="overlay" data-layer="${names.indexOf(overlay.name)}" src="${onlyDataUri(
        overlay.image,
      )}" alt="">`,
  )
  const stack = html`<img src="${onlyDataUri(image)}" alt="${label}" decoding="async">${layers}`
  return html`<button type="button" class="panel" aria-label="Enlarge: ${title}, ${label}"><span class="stack">${
    stack
  }</span><span class="line">${label}</span></button>`
}

function onlyDataUri(uri: string): string {
  if (!/^data:image\/(png|jpeg);base64,[A-Za-z0-9+/=]*$/.test(uri))
    throw new RangeError("a gallery image is not a data URI")
  return uri
}
