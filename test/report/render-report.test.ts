import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { detChart, rocChart } from "@sourceprint/report/charts/error-charts.js"
import { plotlyFigure } from "@sourceprint/report/charts/plotly-figure.js"
import { histogramCounts } from "@sourceprint/report/charts/score-histogram.js"
import { heatLayer } from "@sourceprint/report/heat-layer.js"
import { renderReport } from "@sourceprint/report/render-report.js"
import { exampleReport } from "../support/example-report.js"

test("the policy names every script's hash, and nothing points outside", async () => {
  const page = renderReport(await exampleReport())
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? ""
  assert.match(policy, /default-src 'none'/)
  const executed = [...page.matchAll(/<script(?: type="module")?>([\s\S]*?)<\/script>/g)]
  assert.ok(executed.length >= 5)
  for (const [, text] of executed) {
    assert.ok(policy.includes(`sha256-${createHash("sha256").update(text).digest("base64")}`))
  }
  const markup = page.replace(/<script[\s\S]*?<\/script>/g, "")
  assert.doesNotMatch(markup, /(src|href)="(https?:)?\/\//)
  assert.doesNotMatch(markup, /url\(|@import/)
})

test("the same document gives the same bytes", async () => {
  assert.equal(renderReport(await exampleReport(2, 2)), renderReport(await exampleReport(2, 2)))
})

test("a page without charts carries no chart library", () => {
  const page = renderReport({ title: "Empty", blocks: [] })
  assert.ok(page.length < 25_000, `${page.length} bytes`)
})

test("text from data cannot become markup", () => {
  const evil = `"><img src=x onerror=alert(1)><script>alert(1)</script>`
  const page = renderReport({
    title: evil,
    kicker: evil,
    blocks: [
      { kind: "section", title: evil, blocks: [{ kind: "prose", paragraphs: [evil, [{ code: evil }]] }] },
      {
        kind: "table",
        title: evil,
        columns: [{ key: "a", label: evil, hint: evil }],
        rows: [{ a: evil }, { a: 1 }],
      },
      { kind: "facts", facts: [[evil, evil]] },
      { kind: "cards", cards: [{ label: evil, value: evil }] },
      {
        kind: "matrix",
        title: evil,
        rowTitle: evil,
        columnTitle: evil,
        rows: [evil],
        columns: [evil],
        counts: [[1]],
      },
      { kind: "data", fileName: evil, summary: evil, value: evil },
      { kind: "chart", title: evil, alt: evil, x: { label: evil }, y: { label: evil }, series: [] },
    ],
  })
  assert.doesNotMatch(page.replace(/<script>\/\*\*[\s\S]*?<\/script>/, ""), /<img src=x|<script>alert/)
})

test("a table hides the columns in which nothing differs and marks the best value", () => {
  const page = renderReport({
    title: "t",
    blocks: [
      {
        kind: "table",
        title: "t",
        columns: [
          { key: "name", label: "Name", always: true },
          { key: "eer", label: "EER", unit: "rate", better: "lower" },
          { key: "epochs", label: "Epochs", unit: "count" },
        ],
        rows: [
          { name: "a", eer: { value: 0.02, low: 0.01, high: 0.03, n: "640 images" }, epochs: 30 },
          { name: "a", eer: 0.01, epochs: 30 },
        ],
      },
    ],
  })
  assert.match(page, /The same in every row: Epochs 30\./)
  assert.match(page, /<strong>1\.00\u00a0%<\/strong>/)
  assert.match(page, /1\.00–3\.00\u00a0% · 640 images/)
  assert.match(page, /<td class="number same"/)
  assert.doesNotMatch(page, /<th scope="row" class="same"/)
})

test("a gallery takes data URIs alone", () => {
  const gallery = (image: string) =>
    renderReport({
      title: "g",
      blocks: [{ kind: "gallery", title: "g", items: [{ title: "i", panels: [{ label: "p", image }], facts: [] }] }],
    })
  assert.match(gallery("data:image/png;base64,AAAA"), /<img src="data:image\/png;base64,AAAA"/)
  assert.throws(() => gallery("https://example.org/a.png"), RangeError)
})

test("charts: rates in percent, DET on probit axes, intervals as whiskers", () => {
  const curve = errorCurve(Float64Array.of(2, 3, 4), Float64Array.of(0, 1, 2.5))
  const roc = plotlyFigure(rocChart("ROC", [{ name: "m", curve }]))
  assert.deepEqual(roc.data[0].x, [0, 0, 33.3333, 33.3333, 100])
  const det = plotlyFigure(detChart("DET", [{ name: "m", curve }]))
  assert.ok((det.data[0].x as number[]).every(Number.isFinite))
  const bars = plotlyFigure({
    kind: "chart",
    title: "b",
    alt: "b",
    x: { label: "x", scale: "category" },
    y: { label: "y", unit: "rate" },
    series: [{ type: "bars", name: "m", x: ["a"], y: [0.5], low: [0.4], high: [0.7] }],
  })
  const error = bars.data[0].error_y as { array: number[]; arrayminus: number[] }
  assert.deepEqual([Math.round(error.array[0]), Math.round(error.arrayminus[0])], [20, 10])
})

test("histogram counts keep every value", () => {
  assert.deepEqual([...histogramCounts(Float64Array.of(0, 0.1, 0.5, 1), 0, 1, 2)], [2, 2])
})

test("a heat layer is a PNG of the asked size", async () => {
  const uri = await heatLayer({ columns: 2, rows: 1, values: Float32Array.of(1, -1) }, 20, 10)
  const png = Buffer.from(uri.slice(uri.indexOf(",") + 1), "base64")
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [20, 10])
  assert.throws(() => heatLayer({ columns: 2, rows: 2, values: new Float32Array(3) }, 4, 4), RangeError)
})
