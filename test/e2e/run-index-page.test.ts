import assert from "node:assert/strict"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { pathToFileURL } from "node:url"
import { type IndexRun, renderRunIndex } from "@sourceprint/report/run-index.js"
import { seriousFindings } from "../support/axe.js"
import { openChromium, withoutChromium } from "../support/chromium.js"
import { PATIENCE_MS } from "../support/patience.js"

const runs = Array.from(
  { length: 1000 },
  (_, k): IndexRun => ({
    id: `run-${String(k).padStart(4, "0")}`,
    kind: k % 10 === 0 ? "benchmark" : "experiment",
    title: k === 7 ? "</script><b>seven</b>" : `Question ${k}`,
    verdict: `verdict ${k}`,
    createdAt: new Date(1e12 + k * 60_000).toISOString(),
    href: `run-${k}.html`,
    values: {
      eer: { value: k / 2000, low: k / 4000, high: k / 1000 },
      epochs: 30,
      rate: k % 2 === 0 ? 0.1 : 0.2,
    },
  }),
)

test("1,000 runs: find, sort, choose and compare in the page itself, without a request", {
  skip: withoutChromium,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "index-"))
  const browser = await openChromium()
  t.after(async () => {
    await browser.close()
    await rm(folder, { recursive: true })
  })
  const path = join(folder, "index.html")
  await writeFile(
    path,
    renderRunIndex({
      title: "Runs",
      runs,
      columns: [
        { key: "eer", label: "Pooled EER", group: "result", unit: "rate", better: "lower", listed: true },
        { key: "epochs", label: "Epochs", group: "setting" },
        { key: "rate", label: "Learning rate", group: "setting" },
      ],
    }),
  )
  const page = await browser.newPage({ bypassCSP: true })
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  page.on("console", (message) => complaints.push(message.text()))
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && request.url() !== pathToFileURL(path).href)
      complaints.push(request.url())
  })
  await page.goto(pathToFileURL(path).href)
  assert.equal(await page.locator("#count").textContent(), "1,000 of 1,000 runs")
  assert.equal(await page.locator("#runs tbody tr").count(), 100)
  assert.match((await page.locator("#runs tbody tr .name").first().textContent()) ?? "", /run-0999/)
  await page.getByRole("button", { name: "Pooled EER" }).click()
  assert.match((await page.locator("#runs tbody tr .name").first().textContent()) ?? "", /run-0000/)
  await page.locator("#find").fill("seven")
  assert.equal(await page.locator("#count").textContent(), "1 of 1,000 runs")
  await page.locator("#runs input").check()
  await page.locator("#find").fill("run-0004")
  await page.locator("#runs input").check()
  const comparison = page.locator("#comparison")
  assert.match((await comparison.textContent()) ?? "", /2 runs compared/)
  assert.match((await comparison.textContent()) ?? "", /Learning rate/)
  assert.doesNotMatch((await comparison.textContent()) ?? "", /Epochs/)
  assert.equal(await comparison.locator("svg circle").count(), 2)
  await page.getByLabel("also what is the same").check()
  assert.match((await comparison.textContent()) ?? "", /Epochs/)
  assert.deepEqual(await seriousFindings(page), [])
  await page.reload()
  assert.match((await comparison.textContent()) ?? "", /2 runs compared/)
  assert.deepEqual(complaints, [])
})

test("runs on different data: no figure is marked as better; few runs have no pager", {
  skip: withoutChromium,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "index-"))
  const browser = await openChromium()
  t.after(async () => {
    await browser.close()
    await rm(folder, { recursive: true })
  })
  const three = ["one", "one", "two"].map((data, k): IndexRun => ({ ...runs[k], values: { eer: 0.1 + k / 100, data } }))
  const path = join(folder, "index.html")
  const columns = [
    { key: "eer", label: "Pooled EER", group: "result", unit: "rate", better: "lower", listed: true },
    { key: "data", label: "data hash", group: "setting", namesData: true },
  ] as const
  await writeFile(path, renderRunIndex({ title: "Runs", runs: three, columns }))
  const page = await browser.newPage({ bypassCSP: true })
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(pathToFileURL(path).href)
  assert.equal(await page.locator(".pager").isVisible(), false, "one page needs no pager")
  const choose = (id: string) => page.getByLabel(new RegExp(`, ${id}$`)).check()
  await choose("run-0000")
  await choose("run-0001")
  assert.equal(await page.locator("#comparison strong").count(), 1)
  assert.equal(await page.locator("#other-data").isVisible(), false)
  await choose("run-0002")
  assert.equal(await page.locator("#comparison strong").count(), 0)
  assert.match((await page.locator("#other-data").textContent()) ?? "", /differ in data hash.*none is marked as better/)
  assert.deepEqual(await seriousFindings(page), [])
})
