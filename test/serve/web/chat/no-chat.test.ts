import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { signInPage } from "../../../support/chat-pages.js"
import { type ChatServer, chatServer } from "../../../support/chat-server.js"
import { terminalClient } from "../../../support/chat-terminal.js"
import { openChromium, withoutChromium } from "../../../support/chromium.js"
import { watchedPage } from "../../../support/watched-page.js"

const PASSWORD = "crooked lamp under seven bridges"

let server: ChatServer
before(async () => {
  server = await chatServer({ withoutChannels: [Channel.chat] })
  await server.signUp("Ada", PASSWORD)
})
after(() => server.stop())

test("a terminal at a server without a chat ends and says so", async () => {
  const terminal = await terminalClient(server, "Ada", PASSWORD)
  await assert.rejects(terminal.quit(), (e) => hasCode(e, "chat/none") && /has no chat/.test(e.message))
})

test("a page at a server without a chat says so and asks no more", { skip: withoutChromium }, async (t) => {
  const browser = await openChromium()
  t.after(() => browser.close())
  const { page, faults } = await watchedPage(browser, server.origin)
  let links = 0
  page.on("websocket", () => links++)
  await signInPage(page, server.origin, "Ada", PASSWORD)
  await page.getByText("this server has no chat").waitFor()
  const linksThen = links
  await page.getByRole("button", { name: "Try again" }).click()
  await page.getByText("this server has no chat").waitFor()
  await page.goto(`${server.origin}/account`)
  await page.getByRole("heading", { name: "Ada" }).waitFor()
  assert.equal(links, linksThen + 1, "the page that was loaded again opened the only other link")
  assert.deepEqual(faults, [])
})
