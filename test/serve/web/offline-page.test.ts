import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { builtPages } from "@sourceprint/serve/server/page-files.js"
import type { Browser, Page } from "playwright-core"
import { chatPage, say, storedBytes, textsOn, untilSaid } from "../../support/chat-pages.js"
import { type ChatServer, chatServer } from "../../support/chat-server.js"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { until } from "../../support/patience.js"
import { reconnected, watchedPage } from "../../support/watched-page.js"
import { webServer } from "../../support/web-server.js"

const PASSWORD = "crooked lamp under seven bridges"
let browser: Browser
let server: ChatServer
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  server = await chatServer()
  await server.signUp("Ada", PASSWORD)
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

/** Resolves when the worker has all files and looks after the page. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (navigator.serviceWorker.controller === null)
      await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done))
  })

/** Runs in the page, as a script of an attacker would: every kept file becomes another one. */
const poison = async (): Promise<number> => {
  let changed = 0
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) {
      await cache.put(request, new Response("document.title = 'poisoned'"))
      changed++
    }
  }
  return changed
}

test("without the server a reload shows what is on the device, and what is written goes out later; a draft stays", {
  skip: withoutChromium,
}, async () => {
  const { page, close } = await chatPage(browser, server.origin, "Ada", PASSWORD, {
    viewport: { width: 1280, height: 800 },
  })
  await page.getByRole("button", { name: "New conversation" }).click()
  await page.getByLabel("Or make a room").fill("Garden")
  await page.getByRole("button", { name: "Make the room" }).click()
  await say(page, "before")
  await untilSaid(page, "before")
  await kept(page)
  await server.restart(async () => {
    await page.reload()
    await untilSaid(page, "before")
    await page.getByText("No connection to the server").waitFor()
    await say(page, "without a server")
    await page.getByText("1 message waits").waitFor()
    const policy = await page.evaluate("fetch('/chat').then(() => 'answered', () => 'no answer')")
    assert.equal(policy, "no answer", "only documents that are opened come out of the cache, and no answers")
    const held = await page.evaluate(async () =>
      (await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys())))
        .flat()
        .map(({ url }) => new URL(url).pathname),
    )
    assert.ok(held.length > 10)
    for (const path of held) assert.match(path, /^\/(assets\/[^/]+)?$/)
    await page.getByLabel(/^Message to/).fill("half a thought")
    // Drafts are kept after a pause.
    await until(async () => (await storedBytes(page)).includes("draft/"), "the draft is kept")
    await page.goto(`${server.origin}/account`)
    await page.getByText("shown here when there is a connection again").waitFor()
    await page.getByRole("link", { name: "Chat" }).click()
    await page.getByRole("link", { name: /Garden/ }).click()
    assert.equal(await page.getByLabel(/^Message to/).inputValue(), "half a thought")
    const tried = page.waitForEvent("websocket")
    await page.getByRole("button", { name: "Try now" }).click()
    await tried
  })
  await reconnected(page)
  await page.getByText("1 message waits").waitFor({ state: "detached" })
  assert.deepEqual(await textsOn(page), ["before", "without a server"])

  // Whoever gets a script into the page cannot make it stay by the cache: changed files are not given out.
  assert.ok((await page.evaluate(poison)) > 10)
  await page.reload()
  await untilSaid(page, "without a server")
  await server.restart(async () => {
    await assert.rejects(page.reload())
    assert.notEqual(await page.title(), "poisoned")
  })

  await page.goto(`${server.origin}/chat`)
  await page.getByRole("button", { name: "Chat settings" }).click()
  await page.getByRole("button", { name: "Delete the chat" }).click()
  await page.getByRole("button", { name: "Delete and sign out" }).click()
  await page.waitForURL(`${server.origin}/sign-in`)
  const left = async () => [...(await navigator.serviceWorker.getRegistrations()), ...(await caches.keys())].length
  await until(async () => (await page.evaluate(left)) === 0, "nothing of the pages is left")
  await close()
})

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex")

test("a newer version is shown at once, and without the server too once it was seen; the policy is the server's", {
  skip: withoutChromium,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "pages-"))
  await cp(builtPages, folder, { recursive: true })
  const web = await webServer({}, {}, folder)
  const { page, close } = await watchedPage(browser, web.origin)
  try {
    await page.goto(web.origin)
    await page.evaluate("navigator.serviceWorker.register('/offline.js', { updateViaCache: 'none' })")
    await kept(page)
    const [oldPage, oldWorker] = await Promise.all(
      ["index.html", "offline.js"].map((name) => readFile(join(folder, name), "utf8")),
    )
    const newPage = oldPage.replace("<body>", '<body data-version="2">')
    const newWorker = oldWorker.replace(hashOf(oldPage), hashOf(newPage)).replace(/`[0-9a-f]{16}`/, "`version2`")
    assert.notEqual(newWorker, oldWorker)
    await writeFile(join(folder, "index.html"), newPage)
    await writeFile(join(folder, "offline.js"), newWorker)
    await page.reload()
    assert.equal(await page.locator("body").getAttribute("data-version"), "2")
    const names = () => page.evaluate<string>("caches.keys().then(String)")
    await until(async () => (await names()) === "sourceprint-pages-version2", "the newer version is kept alone")
    await web.stop()
    const answer = await page.goto(`${web.origin}/sign-in`)
    assert.equal(answer?.fromServiceWorker(), true)
    assert.match(answer?.headers()["content-security-policy"] ?? "", /default-src 'none'; script-src 'self'/)
    assert.equal(await page.locator("body").getAttribute("data-version"), "2")
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
    await page.getByRole("link", { name: "Sign up" }).first().click()
    await page.getByText("The server cannot be reached").waitFor()
    await page.getByRole("button", { name: "Ask it again" }).click()
    await page.getByText("The server cannot be reached").waitFor()
    await assert.rejects(page.goto(`${web.origin}/v1/facts`), "answers of the server are never kept")
  } finally {
    await close()
    await rm(folder, { recursive: true })
  }
})
