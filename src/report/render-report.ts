import type { ReportDocument, Section } from "./document.js"
import { html } from "./html.js"
import { pageScripts } from "./page-assets.js"
import { pageShell } from "./page-shell.js"
import { renderBlock, renderSection } from "./render-block.js"
import { newRenderContext } from "./render-context.js"
import { renderText } from "./text.js"

/** A report as one HTML file that works offline. The same document gives the same bytes.
 *  @throws RangeError for a gallery image that is not a data URI; AppError "report/asset" for a broken install */
export function renderReport(document: ReportDocument): string {
  const context = newRenderContext()
  const sections = document.blocks.filter((block): block is Section => block.kind === "section")
  const ids = new Map(sections.map((section) => [section, context.uniqueId(section.title)]))
  const body = document.blocks.map((block) => {
    const id = block.kind === "section" ? ids.get(block) : undefined
    return block.kind === "section" && id !== undefined
      ? renderSection(block, context, id)
      : renderBlock(block, context)
  })
  const contents =
    sections.length < 3
      ? undefined
      : html`<nav aria-label="Contents"><details><summary>Contents</summary><ol>${sections.map(
          (section) => html`<li><a href="#${ids.get(section)}">${section.title}</a></li>`,
        )}</ol></details></nav>`
  return pageShell({
    title: document.title,
    scripts: pageScripts(context.parts),
    body: html`<a class="skip" href="#content">Skip to the content</a>
<div class="page${contents === undefined ? "" : " with-contents"}">
<header><p class="kicker"><span>${document.kicker ?? ""}</span>${
      document.index === undefined ? undefined : html`<a class="back" href="${document.index}">All runs</a>`
    }</p><h1>${document.title}</h1>${
      document.lead === undefined ? undefined : html`<p class="lead">${renderText(document.lead)}</p>`
    }</header>
${contents}<main id="content">${body}</main>
${document.footer === undefined ? undefined : html`<footer>${renderText(document.footer)}</footer>`}</div>`,
  })
}
