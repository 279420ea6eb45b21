import { renderBanner } from "./blocks/banner.js"
import { renderCards } from "./blocks/cards.js"
import { renderChart } from "./blocks/chart.js"
import { renderCode } from "./blocks/code.js"
import { renderData } from "./blocks/data.js"
import { renderFacts } from "./blocks/facts.js"
import { renderGallery } from "./blocks/gallery.js"
import { renderMatrix } from "./blocks/matrix.js"
import { renderProse } from "./blocks/prose.js"
import { renderTable } from "./blocks/table.js"
import type { Block, Section } from "./document.js"
import { type Html, html, trusted } from "./html.js"
import type { RenderContext } from "./render-context.js"
import { renderText } from "./text.js"

/** One block and what lies in it. */
export function renderBlock(block: Block, context: RenderContext): Html {
  const inside = ({ blocks }: { readonly blocks: readonly Block[] }): Html[] =>
    blocks.map((inner) => renderBlock(inner, context))
  const summary = (details: { readonly summary: string }): Html => html`<summary>${details.summary}</summary>`
  switch (block.kind) {
    case "section":
      return renderSection(block, context, context.uniqueId(block.title))
    case "details":
      return html`<details${block.open ? trusted(" open") : undefined}>${summary(block)}${inside(block)}</details>`
    case "columns":
      return html`<div class="columns">${inside(block)}</div>`
    case "prose":
      return renderProse(block)
    case "banner":
      return renderBanner(block)
    case "cards":
      return renderCards(block)
    case "facts":
      return renderFacts(block)
    case "code":
      return renderCode(block)
    case "matrix":
      return renderMatrix(block)
    case "table":
      return renderTable(block, context)
    case "chart":
      return renderChart(block, context)
    case "gallery":
      return renderGallery(block, context)
    case "data":
      return renderData(block, context)
  }
}

/** A section under a known id. */
export function renderSection(section: Section, context: RenderContext, id: string): Html {
  const level = Math.min(6, context.level + 1)
  const inner = { ...context, level }
  const heading = html`${trusted(`<h${level} id="${id}-title">`)}${section.title}${trusted(`</h${level}>`)}`
  return html`<section id="${id}" aria-labelledby="${id}-title">${heading}${
    section.lead === undefined ? undefined : html`<p class="lead">${renderText(section.lead)}</p>`
  }${section.blocks.map((block) => renderBlock(block, inner))}</section>`
}
