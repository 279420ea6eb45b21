import assert from "node:assert/strict"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { aliasHistory } from "@sourceprint/model/model-aliases.js"
import { requestStop } from "@sourceprint/train/live-run.js"
import { readNotes } from "@sourceprint/train/run-notes.js"
import type { Browser } from "playwright-core"
import { seriousFindings } from "../../support/axe.js"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { until } from "../../support/patience.js"
import { tabTo } from "../../support/tab-to.js"
import { type WatchedPage, watchedPage } from "../../support/watched-page.js"
import { copiesOfRun, type WorkbenchWorld, workbenchWorld } from "../../support/workbench-world.js"

let browser: Browser
let world: WorkbenchWorld
let watched: WatchedPage
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  world = await workbenchWorld()
  await copiesOfRun(world.runs, world.finished, 8)
  watched = await watchedPage(browser, world.origin, { bypassCSP: true })
})
after(async () => {
  await browser?.close()
  await world?.stop()
})
const skip = withoutChromium

test("without the key the page says where it comes from; with it the address shows none", { skip }, async () => {
  const { page } = watched
  await page.goto(`${world.origin}/runs`)
  await page.getByText("open the address that sourceprint ui printed").waitFor()
  watched.faults.splice(0) // the refusals, which the browser tells too
  await page.goto(world.url)
  await page.reload()
  await page.getByRole("link", { name: world.finished }).waitFor()
  assert.ok(!page.url().includes("key"))
})

test("every page has a title of its own, nothing that axe finds, and fits a phone", { skip }, async () => {
  const { page, faults } = watched
  const compared = ["copy-0001", "copy-0002", world.finished].join(",") // of copies there are no jobs to pair
  const paths = ["/runs", `/runs/${world.finished}`, `/compare/${compared}`, `/new/${world.finished}`]
  const titles = new Set<string>()
  for (const path of [...paths, "/datasets", "/datasets/data", "/trials", "/registry"]) {
    await page.goto(world.origin + path)
    await page.getByText("Asking the server").waitFor({ state: "detached" })
    titles.add(await page.title())
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 })
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(excess <= 0, `${path}: ${excess} px too wide at ${width}`)
    }
    await page.emulateMedia({ colorScheme: titles.size % 2 === 0 ? "light" : "dark" })
    assert.deepEqual(await seriousFindings(page), [], path) // in every form: npm run prove -- workbench
  }
  assert.equal(titles.size, paths.length + 4)
  assert.deepEqual(faults, [])
})

test("runs are filtered by tag and figure, ordered, and grouped by seed", { skip }, async () => {
  const { page } = watched
  await page.goto(`${world.origin}/runs`)
  const lines = page.locator("tbody tr")
  await page.getByText("9 of 9 runs").waitFor()
  await page.getByLabel("Tag").selectOption("night")
  await page.getByText("1 of 9 runs").waitFor()
  await page.getByLabel("Tag").selectOption("")
  await page.getByLabel("From, %").fill("70")
  await page.getByText("4 of 9 runs").waitFor() // 95.8 of the run, 72.2, 75.9 and 79.6 of copies 6 to 8
  await page.getByLabel("Order").selectOption("ba")
  assert.match((await lines.first().textContent()) ?? "", new RegExp(world.finished))
  await page.getByLabel("From, %").fill("")
  await page.getByLabel("Group runs that differ in their seeds alone").check()
  await page.getByText("9 of 9 runs in 9 lines").waitFor() // their learning rates differ too
})

test("a finished run is promoted, and an alias moved to its model with a reason", { skip }, async () => {
  const { page, faults } = watched
  await page.goto(`${world.origin}/runs/${world.finished}`)
  await page.getByRole("button", { name: "Promote" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Promote" }).click()
  await page.waitForURL(/\/registry$/)
  await page.getByRole("button", { name: "Move" }).click()
  await page.getByText("say why the alias moves").waitFor()
  faults.splice(0) // the refusal, which the browser tells too
  await page.getByLabel("Why").fill("the first one")
  await page.getByRole("button", { name: "Move" }).click()
  await page.getByRole("cell", { name: "the first one" }).waitFor()
  assert.equal((await aliasHistory(world.registry))[0].alias, "production")
  assert.deepEqual(await seriousFindings(page), [])
})

test("a report opens in a tab of its own, where its scripts reach nothing of the workbench", { skip }, async () => {
  const { page } = watched
  await page.goto(`${world.origin}/trials`)
  const opening = page.waitForEvent("popup")
  const answering = page.context().waitForEvent("response", (answer) => answer.url().includes("report/"))
  await page.getByRole("button", { name: "Open the report" }).click()
  const report = await opening
  await report.getByText("Nobody got in.").waitFor()
  const policy = (await answering).headers()["content-security-policy"] // this browser context obeys none, for axe
  assert.match(policy, /^sandbox allow-scripts allow-downloads; default-src 'none'/)
  await report.close()
})

test("an experiment is started from the form by keyboard alone and watched to its end", { skip }, async () => {
  const { page, faults } = watched
  await page.goto(`${world.origin}/new/${world.finished}`)
  await page.getByText("is there already: finished").waitFor()
  await tabTo(page, /^name$/)
  await page.keyboard.press("Control+A")
  await page.keyboard.type("By Hand")
  await page.getByText('name is "By Hand"').first().waitFor()
  await page.keyboard.press("Control+A")
  await page.keyboard.type("by-hand")
  await page.getByText("1 jobs: 1 models, 1 tasks, 36 images").waitFor()
  await tabTo(page, /^Start$/)
  await page.keyboard.press("Enter")
  await page.waitForURL(/\/runs\/by-hand-/)
  await page.getByText("noise-reference: balanced accuracy").waitFor()
  await page.getByText("finished: 1 of 1 jobs are finished").waitFor()
  await tabTo(page, /^New tag$/)
  await page.keyboard.type("mine")
  await page.keyboard.press("Enter")
  await page.getByRole("button", { name: "Take the tag mine away" }).waitFor()
  const run = decodeURIComponent(page.url().split("/").at(-1) ?? "")
  assert.deepEqual((await readNotes(join(world.runs, run))).tags, ["mine"])
  assert.deepEqual(faults, [])
})

test("a run is stopped as by Ctrl-C and goes on: stopped is not failed", { skip }, async () => {
  const { page } = watched
  await page.goto(`${world.origin}/new/${world.finished}`)
  await page.getByLabel("name", { exact: true }).fill("long")
  await page.getByLabel("id", { exact: true }).selectOption("small-cnn")
  await page.getByLabel("epochs", { exact: true }).fill("400")
  await page.getByLabel("patience", { exact: true }).fill("400")
  await page.getByRole("button", { name: "Leave out models.0.settings", exact: true }).click()
  await page.getByText(/^1 jobs/).waitFor()
  await page.getByRole("button", { name: "Start" }).click()
  await page.locator(".curves svg").first().waitFor()
  const run = decodeURIComponent(page.url().split("/").at(-1) ?? "")
  await page.getByRole("button", { name: "Stop" }).click()
  await page.getByText("stopped", { exact: true }).waitFor()
  await page.getByRole("button", { name: "Go on" }).click()
  await page.getByText("running", { exact: true }).waitFor()
  await requestStop(join(world.runs, run))
  await page.getByText("stopped", { exact: true }).waitFor()
  assert.equal(await page.getByText("failed", { exact: true }).count(), 0)
  await until(async () => (await page.locator(".log").textContent())?.includes("stopped: ") === true, "the log")
})
