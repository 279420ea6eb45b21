import assert from "node:assert/strict"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { pathToFileURL } from "node:url"
import { renderReport } from "@sourceprint/report/render-report.js"
import { seriousFindings } from "../support/axe.js"
import { openChromium, withoutChromium } from "../support/chromium.js"
import { exampleReport } from "../support/example-report.js"
import { PATIENCE_MS } from "../support/patience.js"

test("a report in a real browser: silent console, no request, charts, sorting, overlays, print", {
  skip: withoutChromium,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "report-"))
  const browser = await openChromium()
  t.after(async () => {
    await browser.close()
    await rm(folder, { recursive: true })
  })
  const path = join(folder, "report.html")
  await writeFile(path, renderReport(await exampleReport()))
  for (const colorScheme of ["light", "dark"] as const) {
    const plain = await browser.newPage({ colorScheme, bypassCSP: true })
    await plain.goto(pathToFileURL(path).href)
    assert.deepEqual(await seriousFindings(plain), [])
    await plain.close()
  }
  const page = await browser.newPage({ colorScheme: "dark", viewport: { width: 1200, height: 800 } })
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && request.url() !== pathToFileURL(path).href)
      complaints.push(request.url())
  })
  await page.goto(pathToFileURL(path).href)

  const first = () => page.locator(".table tbody th").first().textContent()
  assert.equal(await first(), "model-a")
  await page.getByRole("button", { name: "Model", exact: true }).press("Enter")
  await page.getByRole("button", { name: "Model", exact: true }).press("Enter")
  assert.equal(await first(), "model-e")
  assert.equal(await page.locator(".table th.same").first().isVisible(), false)
  await page.getByRole("button", { name: "Show these columns" }).click()
  assert.equal(await page.locator(".table th.same").first().isVisible(), true)

  await page.locator(".plot").first().scrollIntoViewIfNeeded()
  await page.locator(".plot .main-svg").first().waitFor()
  const saved = page.waitForEvent("download")
  await page.locator(".plot").first().hover()
  await page.locator(".plot [data-title='Save as SVG']").first().click()
  const download = await saved
  const title = (await page.locator(".chart figcaption").first().textContent()) ?? ""
  assert.equal(download.suggestedFilename(), `${title.replace(/[^\p{L}\p{N}]+/gu, "-")}.svg`)
  await download.saveAs(join(folder, "chart.svg"))
  const svg = await readFile(join(folder, "chart.svg"), "utf8")
  assert.match(svg, /^<svg/)
  const inkOf = (figure: string): string => /<text[^>]*fill: (rgb\([^)]*\))/.exec(figure)?.[1] ?? ""
  assert.notEqual(inkOf(svg), inkOf(await page.locator(".plot").first().innerHTML()), "on paper, not on a dark page")
  assert.equal(await page.locator(".overlay.on").count(), 8)
  await page.getByLabel("nothing").check()
  assert.equal(await page.locator(".overlay.on").count(), 0)
  await page.locator(".panel").first().click()
  await page.keyboard.press("ArrowRight")
  assert.match((await page.locator("dialog .line").textContent()) ?? "", /102_2/)
  await page.keyboard.press("Escape")
  await page.locator("dialog").waitFor({ state: "detached" })

  await page.pdf({ format: "A4" })
  const plots = await page.locator(".plot").count()
  assert.equal(await page.locator(".plot:has(.main-svg)").count(), plots)
  await page.setViewportSize({ width: 390, height: 800 })
  await page.waitForFunction("document.documentElement.scrollWidth <= 390")
  assert.deepEqual(complaints, [])
})
