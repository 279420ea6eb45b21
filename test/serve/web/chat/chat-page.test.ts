import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser } from "playwright-core"
import { seriousFindings } from "../../../support/axe.js"
import { chatPage, say, signInPage, storedBytes, textsOn, untilSaid } from "../../../support/chat-pages.js"
import { type ChatServer, chatServer } from "../../../support/chat-server.js"
import { terminalClient } from "../../../support/chat-terminal.js"
import { openChromium, withoutChromium } from "../../../support/chromium.js"
import { reconnected } from "../../../support/watched-page.js"

const PASSWORD = "crooked lamp under seven bridges"
const EVIL = '<img src=x onerror=alert(1)> "Eve"'
const EVIL_ROOM = "<script>alert(1)</script>{{7*7}} room"
const said = [
  "مرحبا، كيف الحال؟",
  "नमस्ते दुनिया",
  "你好，世界",
  "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}",
  "<svg onload=alert(1)> & <b>bold</b>",
  "see javascript:alert(1) or https://example.org/a?b=<c>",
]

let browser: Browser
let server: ChatServer
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  server = await chatServer()
  await Promise.all([EVIL, "Ada", "Tess"].map((name) => server.signUp(name, PASSWORD)))
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

const recordNotifications = `
  globalThis.told = []
  globalThis.Notification = class extends EventTarget {
    static permission = "default"
    static async requestPermission() {
      told.push("asked")
      return (Notification.permission = "granted")
    }
    constructor(title, { body }) {
      super()
      told.push(title + ": " + body)
    }
    close() {}
  }
  document.hasFocus = () => false
`

/** A broken socket is no fault of the page. */
const real = (faults: readonly string[]): string[] =>
  faults.filter((fault) => !/WebSocket connection to|ERR_CONNECTION_REFUSED/.test(fault))

test("two pages and a terminal: rooms, scripts, order, unread, delivery, files, removal, nothing readable stored", {
  skip: withoutChromium,
}, async (t) => {
  const { origin } = server
  const wide = { viewport: { width: 1280, height: 800 } }
  const narrow = { viewport: { width: 390, height: 844 }, colorScheme: "dark" } as const
  const ada = await chatPage(browser, origin, "Ada", PASSWORD, wide)
  const eve = await chatPage(browser, origin, EVIL, PASSWORD, narrow)
  const tess = await terminalClient(server, "Tess", PASSWORD)
  t.after(() => Promise.all([tess.quit(), ada.close(), eve.close()]))

  await ada.page.getByRole("button", { name: "New conversation" }).click()
  await ada.page.getByLabel("Or make a room").fill(EVIL_ROOM)
  await ada.page.getByRole("button", { name: "Make the room" }).click()
  await ada.page.getByRole("button", { name: "Members" }).click()
  for (const name of ["Tess", EVIL]) {
    await ada.page.getByRole("button", { name: "Invite a person" }).click()
    await ada.page.getByLabel("Name", { exact: true }).fill(name.slice(0, 4))
    await ada.page.getByRole("option", { name }).click()
    await ada.page.locator(".member-name").getByText(name, { exact: true }).waitFor()
  }
  assert.equal(await ada.page.locator(".proof").getByText("password only").count(), 3)
  await ada.page.getByText("3 of 3 here").waitFor()

  // Who is elsewhere sees what is new in the list.
  await tess.until("is called")
  tess.type(`/join ${EVIL_ROOM}`, said[0], said[1])
  await eve.page.getByText("2 unread").waitFor()
  await eve.page.getByText(new RegExp(`Tess.*${said[1]}`)).waitFor()
  assert.deepEqual(await seriousFindings(eve.page), [], "the list, dark, narrow")
  await eve.page.getByRole("link", { name: "room" }).last().click()
  await eve.page.getByText("New", { exact: true }).waitFor()
  await say(eve.page, said[2])
  await say(eve.page, said[3])
  await untilSaid(ada.page, said[2])
  await eve.page.getByLabel(/^Message to/).pressSequentially("…")
  await ada.page.locator(".typing-words").getByText("is typing").waitFor()
  await eve.page.getByLabel(/^Message to/).fill("")
  await say(ada.page, said[4])
  await say(ada.page, said[5])
  await tess.until("example.org")
  await untilSaid(eve.page, "example.org")
  await ada.page.getByText("Delivered to 2 of 2").last().waitFor({ state: "attached" })

  // The same everywhere, in one order, as text and nothing else.
  for (const { page } of [ada, eve]) {
    await untilSaid(page, "example.org")
    assert.deepEqual(await textsOn(page), said)
    assert.equal(await page.locator("img, .timeline script, .timeline svg[onload], .timeline b").count(), 0)
    const links = await page.locator(".timeline a").all()
    assert.equal(links.length, 1)
    assert.equal(await links[0].getAttribute("href"), "https://example.org/a?b=")
    assert.match((await links[0].getAttribute("rel")) ?? "", /noopener/)
  }
  const inTerminal = said.map((text) => tess.output.indexOf(text))
  assert.deepEqual(
    inTerminal,
    inTerminal.toSorted((a, b) => a - b),
  )
  assert.ok(inTerminal.every((at) => at >= 0))
  assert.deepEqual(await seriousFindings(eve.page), [], "conversation, dark, narrow")
  assert.deepEqual(await seriousFindings(ada.page), [], "all three panes, light, wide")

  // A file, and the search on this device.
  await ada.page.locator('input[type="file"]').setInputFiles({
    name: "planted <b>name.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("planted content"),
  })
  tess.type("/wait planted", "/files", "/get 1")
  await tess.until("verified")
  await eve.page.getByRole("button", { name: /^Fetch/ }).click()
  await eve.page.getByText("✓ verified").waitFor()
  await eve.page.reload()
  await eve.page.getByRole("button", { name: /^Save/ }).waitFor() // what was fetched is not fetched again
  const unfetched = { name: "planted later.txt", mimeType: "text/plain", buffer: Buffer.from("planted too") }
  await ada.page.locator('input[type="file"]').setInputFiles(unfetched)
  await eve.page.getByRole("button", { name: "Fetch planted later.txt" }).waitFor()
  await ada.page.getByRole("button", { name: "Search messages" }).click()
  await ada.page.getByLabel("Words").fill("नमस्ते")
  await ada.page.getByText("1 found.").waitFor()
  assert.deepEqual(await seriousFindings(ada.page), [], "search")
  await ada.page.locator(".found button").click()
  await ada.page.locator(".marked").getByText(said[1]).waitFor()

  // Safety numbers are the same at both ends.
  tess.type("/verify Ada")
  const number = /with Ada: ([\d ]+)/.exec(await tess.until(/with Ada: [\d ]+\n/))?.[1] ?? ""
  await ada.page.getByRole("button", { name: "Safety number of Tess" }).click()
  await ada.page.getByText(number.slice(-5)).waitFor()
  assert.equal((await ada.page.locator(".safety-number span").allInnerTexts()).join(" "), number)
  await ada.page.getByRole("button", { name: "They are the same" }).click()
  await ada.page.getByText("Safety number compared").waitFor()

  // Who is removed reads nothing that is said later.
  await ada.page.getByRole("button", { name: `Remove ${EVIL}` }).click()
  await ada.page.getByRole("button", { name: "Remove", exact: true }).click()
  await untilSaid(eve.page, "removed this device")
  await say(ada.page, "planted after the removal")
  await tess.until("planted after the removal")
  await eve.page.getByText("You are no longer a member").first().waitFor()
  await eve.page.getByText("Not fetched while you were in this conversation").waitFor()
  assert.equal(await eve.page.getByRole("button", { name: /^Fetch/ }).count(), 0)
  assert.ok(!(await eve.page.locator("body").innerText()).includes("planted after"))

  // Nothing of it lies readable in the browsers.
  for (const { page } of [ada, eve]) {
    const stored = await storedBytes(page)
    assert.match(stored, /message\/[0-9a-f]{32}\//, "the dump reaches the messages")
    assert.match(stored, /key, extractable: false/)
    assert.doesNotMatch(stored, /key, extractable: true/)
    for (const text of [...said, "planted", EVIL_ROOM, "Tess"]) assert.ok(!stored.includes(text), text)
  }
  assert.ok(await tess.quit())
  assert.deepEqual(real([...ada.faults, ...eve.faults]), [])
})

test("offline: what is said waits, and arrives once and in order; a reload and another tab continue", {
  skip: withoutChromium,
}, async (t) => {
  const { origin } = server
  await server.signUp("Olga", PASSWORD)
  const olga = await chatPage(browser, origin, "Olga", PASSWORD, { viewport: { width: 1280, height: 800 } })
  const { page } = olga
  const tess = await terminalClient(server, "Tess", PASSWORD)
  t.after(() => Promise.all([tess.quit(), olga.close()]))
  await page.getByRole("button", { name: "New conversation" }).click()
  await page.getByLabel("Talk to a person").fill("Tes")
  await page.getByRole("option", { name: "Tess" }).click()
  await say(page, "first")
  await tess.until(/Olga\] Olga: first/)
  tess.type("/join Olga", "back to you")
  await untilSaid(page, "back to you")
  // The list counts it as unread, where it was not marked as read before that, until it is.
  await page.locator(".room-last").getByText("back to you").waitFor()
  await page.locator(".unread-count").waitFor({ state: "detached" })

  // Notifications: nothing before a click, then as chosen. The browser's own are recorded, not shown.
  await page.evaluate(recordNotifications)
  const told = async (least = 0): Promise<string[]> => {
    await page.waitForFunction(`told.length >= ${least}`)
    return page.evaluate("told")
  }
  tess.type("unseen 1")
  await page.getByText("1 unread").waitFor()
  assert.deepEqual(await told(), [])
  await page.getByRole("button", { name: "Chat settings" }).click()
  await page.getByLabel("Without words").click()
  await page.getByRole("button", { name: "Done" }).click()
  tess.type("unseen 2")
  await page.getByText("2 unread").waitFor()
  assert.deepEqual(await told(2), ["asked", "sourceprint: A new message"])
  await page.getByRole("button", { name: "Chat settings" }).click()
  await page.getByLabel("With name and text").click()
  await page.getByRole("button", { name: "Done" }).click()
  tess.type("unseen 3")
  await page.getByText("3 unread").waitFor()
  assert.deepEqual((await told(3)).slice(2), ["Tess: unseen 3"])
  await page.evaluate("delete document.hasFocus; dispatchEvent(new Event('focus'))")
  await page.getByText("3 unread").waitFor({ state: "detached" })

  await server.restart(async () => {
    await page.getByText("No connection to the server").waitFor()
    await say(page, "while away 1")
    await say(page, "while away 2")
    await page.getByText("2 messages wait").waitFor()
    assert.deepEqual(await seriousFindings(page), [], "offline")
    tess.type("from the other end")
    await untilSaid(page, "while away 2")
  })
  await reconnected(page)
  await tess.until("while away 2")
  await untilSaid(page, "from the other end")
  await page.getByText("2 messages wait").waitFor({ state: "detached" })
  await page.reload()
  await untilSaid(page, "while away 2")
  const texts = await textsOn(page)
  const expected = [
    "back to you",
    "first",
    "from the other end",
    "unseen 1",
    "unseen 2",
    "unseen 3",
    "while away 1",
    "while away 2",
  ]
  assert.deepEqual(texts.toSorted(), expected)
  assert.ok(texts.indexOf("while away 1") < texts.indexOf("while away 2"))
  assert.equal(tess.output.split("while away 1").length, 2, "printed once")

  // The same chat in a second tab: told, taken over, given back.
  const second = await page.context().newPage()
  await signInPage(second, origin, "Olga", PASSWORD)
  await second.getByRole("heading", { name: "The chat is open in another tab" }).waitFor()
  assert.deepEqual(await seriousFindings(second), [], "elsewhere")
  await second.getByRole("button", { name: "Use it here" }).click()
  await second.getByRole("link", { name: /Tess/ }).click()
  await page.getByRole("heading", { name: "The chat is open in another tab" }).waitFor()
  await say(second, "from the second tab")
  await tess.until("from the second tab")

  // Deleting the chat from this browser leaves nothing of it.
  await second.getByRole("button", { name: "Chat settings" }).click()
  assert.deepEqual(await seriousFindings(second), [], "settings")
  await second.getByRole("button", { name: "Delete the chat" }).click()
  await second.getByRole("button", { name: "Delete and sign out" }).click()
  await second.waitForURL(`${origin}/sign-in`)
  const left = await second.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
  assert.deepEqual(left, ["sourceprint-pages"])
  assert.ok(await tess.quit())
  assert.deepEqual(real(olga.faults), [])
})
