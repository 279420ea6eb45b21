import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { fileCalls } from "@sourceprint/protocol/files/file-wire.js"
import type { BrowserContext } from "playwright-core"
import sharp from "sharp"
import { enterRoom, nthPosted, openRoom, showFile } from "../../../../bench/prove/files/file-page.js"
import { seriousFindings } from "../../../support/axe.js"
import { openProfile, withoutChromium } from "../../../support/chromium.js"
import { type FilePages, filePages } from "../../../support/file-pages.js"
import { PATIENCE_MS } from "../../../support/patience.js"

const SIZE_BYTES = 8 * 1024 * 1024

let folder: string
let browser: BrowserContext
let pages: FilePages
/** Puts from this index on wait for the gate. */
let gateFrom = Number.POSITIVE_INFINITY
let openGate: () => void = () => {}
let gate: Promise<void> = Promise.resolve()
const puts: number[] = []

before(async () => {
  if (withoutChromium) return
  folder = await mkdtemp(join(tmpdir(), "file-pages-test-"))
  pages = await filePages(async (body) => {
    const request = fileCalls.request.decode(body)
    if (request?.kind !== "put") return
    if (request.index >= gateFrom) await gate
    puts.push(request.index)
  })
  browser = await openProfile(join(folder, "profile"))
  browser.setDefaultTimeout(PATIENCE_MS)
})
after(async () => {
  await browser?.close()
  await pages?.stop()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

const roomOf = (who: "ada" | "grace") => openRoom(browser, pages.origin, pages.tokens[who], pages.roomId)

test("an upload outlives a reload of the page, and the other page fetches and saves the file", {
  skip: withoutChromium,
}, async () => {
  const path = join(folder, "film.bin")
  const bytes = randomBytes(SIZE_BYTES)
  await writeFile(path, bytes)
  gateFrom = 10
  gate = new Promise((resolve) => {
    openGate = resolve
  })
  const ada = await roomOf("ada")
  await ada.page.locator("input[type=file]").last().setInputFiles(path)
  await ada.page.getByText(/^2\.\d MB of 8\.4 MB$/).waitFor()
  await ada.page.reload()
  openGate()
  await enterRoom(ada.page, pages.tokens.ada, pages.roomId)
  await ada.page.getByText("interrupted; choose the same file").waitFor()
  const other = join(folder, "other.bin")
  await writeFile(other, bytes.subarray(1))
  const again = ada.page.getByRole("listitem").locator("input[type=file]")
  await again.setInputFiles(other)
  await ada.page.getByText("This is not the same film.bin").waitFor()
  await again.setInputFiles(path)
  const posted = await nthPosted(ada.page, 1, PATIENCE_MS)
  await ada.page.getByRole("listitem").waitFor({ state: "detached" })
  assert.equal(new Set(puts).size, 32)
  assert.ok(puts.length < 32 + 10, `${puts.length} chunks were sent`) // what was under way may come twice

  const grace = await roomOf("grace")
  await showFile(grace.page, posted)
  await grace.page.getByRole("button", { name: "Fetch film.bin" }).click()
  await grace.page.getByText("verified").waitFor()
  const coming = grace.page.waitForEvent("download")
  await grace.page.getByRole("button", { name: "Save film.bin" }).click()
  const saved = join(folder, "saved.bin")
  await (await coming).saveAs(saved)
  assert.ok((await readFile(saved)).equals(bytes))
  // A reloaded page finds the file where it lies and fetches nothing.
  await grace.page.reload()
  await enterRoom(grace.page, pages.tokens.grace, pages.roomId)
  await showFile(grace.page, posted)
  await grace.page.getByRole("button", { name: "Save film.bin" }).waitFor()
  assert.deepEqual([...ada.faults, ...grace.faults], [])
  await ada.page.close()
  await grace.page.close()
})

test("an image shows a picture; what only claims to be one does not, and no name or content runs", {
  skip: withoutChromium,
}, async () => {
  gateFrom = Number.POSITIVE_INFINITY
  const image = { create: { width: 900, height: 600, channels: 3 as const, background: "#207050" } }
  const svg =
    "<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'><script>document.title=1</script></svg>"
  const name = '<img src=x onerror="document.title=1">.png'
  const more = await sharp(image).resize(300).png().toBuffer()
  const files = [
    ...Array.from({ length: 5 }, (_, i) => ({ name: `more-${i}.png`, mimeType: "image/png", buffer: more })),
    { name, mimeType: "image/png", buffer: await sharp(image).png().toBuffer() },
    { name: "evil.png", mimeType: "image/png", buffer: Buffer.from(svg) },
    {
      name: "cut.jpg",
      mimeType: "image/jpeg",
      buffer: (await sharp(image).jpeg().toBuffer()).subarray(0, 300),
    },
  ]
  const ada = await roomOf("ada")
  await ada.page.locator("input[type=file]").last().setInputFiles(files)
  await nthPosted(ada.page, 8, PATIENCE_MS)
  const grace = await roomOf("grace")
  for (let n = 1; n <= 8; n++) await showFile(grace.page, await nthPosted(ada.page, n, PATIENCE_MS))
  await grace.page.getByText("verified").nth(7).waitFor()
  const pictures = grace.page.getByRole("img")
  assert.equal(await pictures.count(), 6) // what is no image, and what is cut, has none
  const large = grace.page.getByRole("img", { name: /onerror/ })
  const [width, height] = await large.evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight])
  assert.deepEqual([width, height], [640, 427])
  await grace.page.getByText("_img src=x onerror=_document.title=1__.png", { exact: true }).waitFor()
  assert.equal(await grace.page.title(), "Files")
  assert.deepEqual([...ada.faults, ...grace.faults], [])
  await ada.page.close()
  await grace.page.close()
})

test("the parts have no serious finding of axe, light and dark", { skip: withoutChromium }, async () => {
  const path = join(folder, "notes.txt")
  await writeFile(path, randomBytes(SIZE_BYTES))
  gateFrom = 1
  gate = new Promise((resolve) => {
    openGate = resolve
  })
  const bypassing = await openProfile(join(folder, "axe-profile"), { bypassCSP: true })
  bypassing.setDefaultTimeout(PATIENCE_MS)
  try {
    const { page } = await openRoom(bypassing, pages.origin, pages.tokens.ada, pages.roomId)
    const choose = page.locator("input[type=file]").last()
    await choose.setInputFiles({ name: "small.txt", mimeType: "text/plain", buffer: Buffer.from("small") })
    // The server answers a connection in order: behind a chunk that is held at the gate nothing else would arrive.
    await showFile(page, await nthPosted(page, 1, PATIENCE_MS))
    await choose.setInputFiles(path)
    await page.getByRole("progressbar").waitFor()
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme })
      assert.deepEqual(await seriousFindings(page), [])
    }
    await page.getByRole("button", { name: "Pause notes.txt" }).click()
    await page.getByText("paused").waitFor()
    openGate()
    await page.getByRole("button", { name: "Go on with notes.txt" }).click()
    await nthPosted(page, 2, PATIENCE_MS)
    await page.getByRole("button", { name: "Fetch small.txt" }).click()
    await page.getByText("verified").waitFor()
    assert.deepEqual(await seriousFindings(page), [])
  } finally {
    await bypassing.close()
  }
})
