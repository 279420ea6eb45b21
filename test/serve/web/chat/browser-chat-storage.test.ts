import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { browserBundle } from "../../../support/browser-bundle.js"
import { chatStorageContract } from "../../../support/chat-storage-contract.js"
import { openChromium, withoutChromium } from "../../../support/chromium.js"
import { PATIENCE_MS } from "../../../support/patience.js"

const CODE = `
import { chatStorageContract } from "/test/support/chat-storage-contract.ts"
import { openBrowserChatStorage } from "/src/serve/web/chat/browser-chat-storage.ts"
const bytes = (text) => new TextEncoder().encode(text)
globalThis.page = {
  runCase: async (index) => {
    await chatStorageContract[index].run({ open: () => openBrowserChatStorage("case " + index) })
  },
  open: async (takeOver) => {
    const storage = await openBrowserChatStorage("ada", takeOver)
    if (storage === undefined) return false
    globalThis.storage = storage
    globalThis.lost = false
    storage.lost.then(() => { globalThis.lost = true })
    return true
  },
  write: (key, text) => storage.write([{ key, value: bytes(text) }], []).then(() => "ok", (error) => error.code),
  read: (key) => storage.read(key).then((value) => value && new TextDecoder().decode(value), (error) => error.code),
  wipe: () => storage.wipe(),
  dump: async () => {
    const parts = []
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((done) => {
        const r = indexedDB.open(name); r.onsuccess = () => done(r.result)
      })
      for (const store of database.objectStoreNames) {
        const all = (what) => new Promise((done) => {
          const r = database.transaction(store).objectStore(store)[what](); r.onsuccess = () => done(r.result)
        })
        for (const value of [...(await all("getAllKeys")), ...(await all("getAll"))]) {
          if (value instanceof CryptoKey) {
            const out = await crypto.subtle.exportKey("raw", value).catch((error) => error.name)
            parts.push("key:" + out)
          } else parts.push(value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : String(value))
        }
      }
      database.close()
      parts.push(name)
    }
    return parts
  },
  forge: async () => {
    const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("chat-"))
    const database = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result) })
    const store = database.transaction("entries", "readwrite").objectStore("entries")
    store.get("a").onsuccess = ({ target }) => store.put(target.result, "b")
    await new Promise((done) => { store.transaction.oncomplete = done })
    database.close()
  },
}
`
interface PageApi {
  runCase(index: number): Promise<void>
  open(takeOver: boolean): Promise<boolean>
  write(key: string, text: string): Promise<string>
  read(key: string): Promise<string | undefined>
  wipe(): Promise<void>
  dump(): Promise<string[]>
  forge(): Promise<void>
}
declare const page: PageApi

let browser: Browser
let code: string
before(async () => {
  if (withoutChromium !== false) return
  code = await browserBundle(CODE)
  browser = await openChromium()
})
after(() => browser?.close())

const opened: BrowserContext[] = []
after(() => Promise.all(opened.map((context) => context.close())))

async function profile(): Promise<{ tab(): Promise<Page> }> {
  const context = await browser.newContext()
  context.setDefaultTimeout(PATIENCE_MS)
  opened.push(context)
  await context.route("http://localhost/**", (route) => {
    const script = route.request().url().endsWith(".js")
    return route.fulfill(
      script
        ? { contentType: "text/javascript", body: code }
        : { contentType: "text/html", body: "<!doctype html><script type=module src=/entry.js></script>" },
    )
  })
  return {
    async tab() {
      const tab = await context.newPage()
      await tab.goto("http://localhost/")
      await tab.waitForFunction("globalThis.page !== undefined")
      return tab
    },
  }
}

test("the storage contract holds in the browser", { skip: withoutChromium }, async (t) => {
  const tab = await (await profile()).tab()
  for (const [index, { name }] of chatStorageContract.entries()) {
    await t.test(name, () => tab.evaluate((n) => page.runCase(n), index))
  }
})

test("nothing written is readable in a dump; the key cannot be read out; a moved value is refused; wiping " +
  "leaves nothing", {
  skip: withoutChromium,
}, async () => {
  const tab = await (await profile()).tab()
  assert.ok(await tab.evaluate(() => page.open(false)))
  assert.equal(await tab.evaluate(() => page.write("a", "planted plaintext")), "ok")
  const dump = await tab.evaluate(() => page.dump())
  assert.ok(dump.includes("a"), "the dump reaches the entries")
  assert.ok(dump.includes("key:InvalidAccessError"), "the key does not export")
  for (const part of dump) assert.ok(!/planted|ada/.test(part), part)
  await tab.evaluate(() => page.forge())
  assert.equal(await tab.evaluate(() => page.read("a")), "planted plaintext")
  assert.equal(await tab.evaluate(() => page.read("b")), "chat/storage/damaged")
  await tab.evaluate(() => page.wipe())
  assert.deepEqual(await tab.evaluate(() => page.dump()), [])
  assert.equal(await tab.evaluate(() => page.read("a")), "chat/storage/lost")
})

test("one tab at a time: a second is told, may take over, and the first can write no more", {
  skip: withoutChromium,
}, async () => {
  const { tab } = await profile()
  const [first, second] = [await tab(), await tab()]
  assert.ok(await first.evaluate(() => page.open(false)))
  await first.evaluate(() => page.write("a", "first"))
  assert.equal(await second.evaluate(() => page.open(false)), false)
  // Writes that are under way while the other tab takes over take effect before it opens, or not at all.
  const racing = first.evaluate(() => Promise.all(Array.from({ length: 40 }, (_, n) => page.write("a", `first ${n}`))))
  assert.ok(await second.evaluate(() => page.open(true)))
  const seen = await second.evaluate(() => page.read("a"))
  const results = await racing
  assert.match(results.join(" "), /^(ok ?)*(chat\/storage\/lost ?)*$/)
  assert.equal(await second.evaluate(() => page.read("a")), seen)
  await first.waitForFunction("globalThis.lost === true")
  assert.equal(await first.evaluate(() => page.write("a", "late")), "chat/storage/lost")
  assert.equal(await second.evaluate(() => page.write("a", "second")), "ok")
  // A tab that is closed lets go.
  await second.close()
  const third = await tab()
  assert.ok(await third.evaluate(() => page.open(false)))
  assert.equal(await third.evaluate(() => page.read("a")), "second")
})
