import assert from "node:assert/strict"
import { join } from "node:path"
import { after, before, test } from "node:test"
import Database from "libsql"
import type { Browser, Page } from "playwright-core"
import { chatPage, say, textsOn, untilSaid } from "../../../support/chat-pages.js"
import { type ChatServer, chatServer } from "../../../support/chat-server.js"
import { type TerminalClient, terminalClient } from "../../../support/chat-terminal.js"
import { openChromium, withoutChromium } from "../../../support/chromium.js"
import { until } from "../../../support/patience.js"
import { watchedPage } from "../../../support/watched-page.js"

const PASSWORD = "crooked lamp under seven bridges"
const PASSES_FOR_TESS = "Tes\u0455" // the last letter is Cyrillic
const skip = withoutChromium
let browser: Browser
let server: ChatServer
let tess: TerminalClient
before(async () => {
  if (skip) return
  browser = await openChromium()
  server = await chatServer()
  await Promise.all(["Ada", "Tess", "Mallory"].map((name) => server.signUp(name, PASSWORD)))
  const raw = new Database(join(server.folder, "s.db"))
  raw
    .prepare("update accounts set name = ?, name_key = ? where name = 'Mallory'")
    .run(PASSES_FOR_TESS, PASSES_FOR_TESS.toLowerCase())
  raw.close()
  tess = await terminalClient(server, "Tess", PASSWORD)
})
after(async () => {
  await tess?.quit()
  await browser?.close()
  await server?.stop()
})

/** Runs in the page: pastes what a clipboard would hold. */
const paste = (types: readonly string[]): void => {
  const data = new DataTransfer()
  for (const type of types) {
    if (type === "file") data.items.add(new File(["not really a picture"], "image.png", { type: "image/png" }))
    else data.setData(type, "text beside it")
  }
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
  document.querySelector(".composer textarea")?.dispatchEvent(event)
}

/** The page scrolls after it has drawn. */
const untilInView = (page: Page, text: string): Promise<void> => {
  const row = page.locator(".timeline").getByText(text, { exact: true })
  const isInView = () =>
    row.evaluate((one) => {
      const [at, box] = [one.getBoundingClientRect(), one.closest(".timeline")?.getBoundingClientRect()]
      return box !== undefined && at.top >= box.top && at.bottom <= box.bottom
    })
  return until(isInView, `${text} in view`)
}

test("a conversation opens where reading stopped, keeps its place and its draft; what one says is shown; " +
  "pasting asks", {
  skip,
}, async () => {
  const { page, faults, close } = await chatPage(browser, server.origin, "Ada", PASSWORD, {
    viewport: { width: 1280, height: 600 },
  })
  for (const room of ["Garden", "Other"]) {
    await page.getByRole("button", { name: "New conversation" }).click()
    await page.getByLabel("Or make a room").fill(room)
    await page.getByRole("button", { name: "Make the room" }).click()
    await page.getByRole("heading", { level: 2, name: room }).waitFor()
    if (room === "Garden") await page.getByRole("button", { name: "Members" }).click()
    await page.getByRole("button", { name: "Invite a person" }).click()
    await page.getByLabel("Name", { exact: true }).fill("Tes")
    if (room === "Garden") {
      // An account of a version that let such names in.
      await page
        .getByRole("option", { name: `${PASSES_FOR_TESS} This name looks like that of another person` })
        .waitFor()
    }
    await page.getByRole("option", { name: /^Tess/ }).click()
    await page.locator(".member-name").getByText("Tess", { exact: true }).waitFor()
  }
  await page.getByRole("button", { name: "Close members" }).click()
  await tess.until(/Garden[\s\S]*Other/)
  const lines = Array.from({ length: 130 }, (_, n) => `number ${n}`)
  tess.type("/join Garden", ...lines)
  const garden = page.getByRole("link", { name: /Garden/ })
  await page.getByText(/Tess.*number 129/).waitFor()
  await garden.click()

  // 130 are new, a page holds 60: the first new one is in view, and the newest is a press away.
  await page.getByText("New", { exact: true }).waitFor()
  await untilInView(page, "number 0")
  await page.getByRole("button", { name: "99+ new" }).click()
  await untilSaid(page, "number 129")
  await garden.getByText("unread").waitFor({ state: "detached" })
  await page.getByText("New", { exact: true }).waitFor({ state: "detached" }) // the new ones begin further up

  // The place is kept through another conversation; what one says there is shown.
  await page.locator(".timeline").evaluate((box) => box.scrollTo(0, box.scrollHeight / 2))
  await page.getByRole("button", { name: "Newest" }).waitFor()
  const shown = await page.locator(".timeline").evaluate((box) => {
    const edge = box.getBoundingClientRect().top
    const rows = [...box.querySelectorAll<HTMLElement>(".message")]
    return rows.find((row) => row.getBoundingClientRect().top > edge)?.querySelector("p")?.textContent ?? ""
  })
  await page.getByLabel(/^Message to/).fill("a draft")
  await page.getByRole("link", { name: /Other/ }).click()
  await page.getByRole("heading", { level: 2, name: "Other" }).waitFor()
  assert.equal(await page.getByLabel(/^Message to/).inputValue(), "")
  await garden.click()
  await page.getByRole("heading", { level: 2, name: "Garden" }).waitFor()
  await untilInView(page, shown)
  assert.equal(await page.getByLabel(/^Message to/).inputValue(), "a draft")
  await say(page, "from further up")
  await untilSaid(page, "from further up")
  await page.getByRole("button", { name: "Newest" }).waitFor({ state: "detached" })
  await untilInView(page, "from further up")

  // A picture is asked about; text from a word processor, which brings a picture of itself, is text.
  await page.evaluate(paste, ["text/plain", "text/rtf", "file"])
  assert.equal(await page.getByRole("dialog").count(), 0)
  await page.evaluate(paste, ["file"])
  await page.getByRole("dialog").getByText("image.png").waitFor()
  await page.keyboard.press("Escape")
  await page.locator("dialog h2").waitFor({ state: "detached" })
  assert.equal(await page.getByRole("list", { name: "Files being sent" }).count(), 0)
  await page.evaluate(paste, ["file"])
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click()
  await tess.until(/image\.png/)

  // Too long for a message: as a file, by one press.
  await page.getByLabel(/^Message to/).fill("long ".repeat(7000))
  await page.getByRole("button", { name: "Send as a file" }).click()
  await tess.until(/message\.txt/)
  assert.equal(await page.getByLabel(/^Message to/).inputValue(), "")

  // A host that looks like another one is told.
  tess.type("see https://аррlе.example/login")
  const link = page.locator(".timeline a").last()
  await link.waitFor()
  assert.match((await link.getAttribute("data-host")) ?? "", /^xn--/)

  // A browser without room: the message is not lost, the words say what to do.
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype
    IDBObjectStore.prototype.put = function (...asked) {
      const { transaction } = this
      // As a browser does that has no room.
      if (asked[0] instanceof Uint8Array && !Reflect.get(transaction, "full")) {
        Reflect.set(transaction, "full", true)
        queueMicrotask(() => transaction.abort())
      }
      return put.apply(this, asked)
    }
  })
  await say(page, "nowhere to keep")
  await page.getByText("cannot keep more of the chat").first().waitFor()
  await until(
    async () => (await page.getByLabel(/^Message to/).inputValue()) === "nowhere to keep",
    "the message is written again",
  )
  assert.ok(!(await textsOn(page)).includes("nowhere to keep"))
  assert.deepEqual(faults, [])
  await close()
})

test("a browser that keeps nothing says so in words", { skip }, async () => {
  const { page, faults, close } = await watchedPage(browser, server.origin)
  await page.addInitScript(() => {
    const refuse = (): never => {
      throw new DOMException("denied", "SecurityError")
    }
    indexedDB.open = refuse
    Object.defineProperty(window, "localStorage", { get: refuse })
    Object.defineProperty(window, "sessionStorage", { get: refuse })
  })
  for (const path of ["/", "/sign-in", "/chat"]) {
    await page.goto(server.origin + path)
    await page.getByText("does not let the page keep its keys").waitFor()
  }
  assert.deepEqual(faults, [])
  await close()
})
