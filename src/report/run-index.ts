import { html, scriptJson, trusted } from "./html.js"
import { INDEX_STYLE } from "./index-style.js"
import { ownScript } from "./page-assets.js"
import { pageShell } from "./page-shell.js"
import type { Unit } from "./quantity.js"
import { renderText, type Text } from "./text.js"

/** A figure or a setting that runs have. */
export interface IndexColumn {
  readonly key: string
  readonly label: string
  /** results are measured, settings were chosen; a comparison shows results first */
  readonly group: "result" | "setting"
  readonly unit?: Unit
  readonly better?: "lower" | "higher"
  /** shown in the list, not only in comparisons */
  readonly listed?: boolean
  /** says which images the figures are of: where runs differ in it, none of their figures is called better */
  readonly namesData?: boolean
}

export type IndexValue =
  | number
  | string
  | boolean
  | { readonly value: number; readonly low: number; readonly high: number }

export interface IndexRun {
  /** unique in the index */
  readonly id: string
  /** "experiment", "benchmark", "trial" */
  readonly kind: string
  readonly title: string
  /** one sentence; empty while the run is not finished */
  readonly verdict: string
  /** ISO 8601 */
  readonly createdAt: string
  /** page of the run, relative to the index */
  readonly href?: string
  /** "running", "failed", "split by image": shown beside the title */
  readonly flags?: readonly string[]
  readonly values: Readonly<Record<string, IndexValue>>
}

export interface RunIndex {
  readonly title: string
  readonly lead?: Text
  readonly columns: readonly IndexColumn[]
  readonly runs: readonly IndexRun[]
}

/** All runs on one page that filters, sorts and compares by itself, offline. Values lie in columns with each distinct
 *  one written once, so that ten thousand rows stay a few megabytes. */
export function renderRunIndex({ title, lead, columns, runs }: RunIndex): string {
  const newest = [...runs].sort((a, b) =>
    a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : a.id < b.id ? -1 : 1,
  )
  const used = columns.filter((column) => newest.some((run) => run.values[column.key] !== undefined))
  const data = {
    columns: used,
    runs: newest.map(({ values: _, ...run }) => run),
    values: used.map(({ key }) => packColumn(newest.map((run) => run.values[key]))),
  }
  const kinds = [...new Set(newest.map((run) => run.kind))].sort()
  return pageShell({
    title,
    extraStyle: INDEX_STYLE,
    scripts: [ownScript("run-index")],
    body: html`<a class="skip" href="#list">Skip to the list</a>
<div class="page">
<header><h1>${title}</h1>${lead === undefined ? undefined : html`<p class="lead">${renderText(lead)}</p>`}</header>
<main>
<section id="comparison" aria-labelledby="comparison-title" hidden>
<h2 id="comparison-title">Comparison</h2><div class="picture"></div>
<div class="controls"><label>Figure <select id="figure"></select></label>
<label><input type="checkbox" id="all-rows"> also what is the same</label>
<button type="button" class="quiet" id="clear">Clear the choice</button></div>
<p class="fine" id="other-data" hidden></p>
<div class="scroll" tabindex="0" role="region" aria-label="Comparison"><table></table></div></section>
<section id="list" aria-label="Runs">
<div class="controls"><label class="search">Find
<input type="search" id="find" placeholder="name, verdict, setting" autocomplete="off"></label>
<label>Kind <select id="kind"><option value="">all</option>${kinds.map(
      (kind) => html`<option>${kind}</option>`,
    )}</select></label>
<label><input type="checkbox" id="only-chosen"> only the chosen</label>
<span id="count" class="fine" role="status"></span></div>
<div class="table">
<div class="scroll" tabindex="0" role="region" aria-label="Runs">
<table id="runs"><thead></thead><tbody></tbody></table></div></div>
<p class="pager"><button type="button" class="quiet" id="previous">← Newer</button>
<span id="place" class="fine"></span>
<button type="button" class="quiet" id="next">Older →</button></p></section>
<p class="chosen-bar" id="chosen-bar" hidden><span id="chosen-count" role="status"></span>
<a href="#comparison" id="to-comparison">See the comparison</a></p>
<noscript><p>This page needs JavaScript to list its runs; it asks the network for nothing.</p></noscript>
</main>
</div>
${trusted('<script type="application/json" id="index">')}${scriptJson(data)}${trusted("</script>")}`,
  })
}

/** Distinct values once, then the place of each row's value; -1 for none. */
export function packColumn(values: readonly (IndexValue | undefined)[]): {
  readonly distinct: readonly IndexValue[]
  readonly at: readonly number[]
} {
  const places = new Map<string, number>()
  const distinct: IndexValue[] = []
  const at = values.map((value) => {
    if (value === undefined) return -1
    const rounded = roundValue(value)
    const key = JSON.stringify(rounded)
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, distinct.length)
    distinct.push(rounded)
    return distinct.length - 1
  })
  return { distinct, at }
}

const round = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(6)))
const roundValue = (value: IndexValue): IndexValue => {
  if (typeof value === "number") return round(value)
  if (typeof value !== "object") return value
  return { value: round(value.value), low: round(value.low), high: round(value.high) }
}
