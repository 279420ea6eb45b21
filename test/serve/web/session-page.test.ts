import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { toHex } from "@sourceprint/core/bytes.js"
import type { Browser, Page } from "playwright-core"
import { openChromium, withoutChromium } from "../../support/chromium.js"
import { type PageServer, pageServer } from "../../support/page-server.js"
import { watchedPage } from "../../support/watched-page.js"

const PASSWORD = "crooked lamp under seven bridges"
let browser: Browser
let web: PageServer
before(async () => {
  if (withoutChromium) return
  browser = await openChromium()
  web = await pageServer()
  const { page, close } = await watchedPage(browser, web.origin)
  await page.goto(`${web.origin}/sign-up`)
  await page.getByLabel("Name").fill("Ada")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("Password again", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign up" }).click()
  await page.getByText("Your account is made.").waitFor()
  await close()
})
after(async () => {
  await browser?.close()
  await web?.stop()
})

async function signIn(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("Ada")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByRole("button", { name: "Sign in" }).click()
}

/** Runs in the page: all that this origin's own database holds, keys as whether they can be read out. */
const dump = () =>
  new Promise<string>((resolve, reject) => {
    const opening = indexedDB.open("sourceprint-pages")
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const stores = [...opening.result.objectStoreNames]
      const transaction = opening.result.transaction(stores)
      const told: string[] = []
      for (const store of stores) {
        transaction.objectStore(store).getAll().onsuccess = (event) => {
          for (const value of (event.target as IDBRequest<unknown[]>).result) {
            told.push(value instanceof CryptoKey ? `key ${value.extractable}` : JSON.stringify(value))
          }
        }
      }
      transaction.oncomplete = () => resolve(told.join("\n"))
    }
  })

test("closing the tab signs out, unless the person asked to stay; the key is never readable", {
  skip: withoutChromium,
}, async () => {
  const { page, faults, close } = await watchedPage(browser, web.origin)
  await page.goto(`${web.origin}/sign-in`)
  await signIn(page)
  await page.waitForURL(`${web.origin}/chat`)
  const second = await page.context().newPage()
  await second.goto(`${web.origin}/account`)
  await second.waitForURL(`${web.origin}/sign-in`)
  await second.getByLabel("Stay signed in on this computer").check()
  await signIn(second)
  await second.waitForURL(`${web.origin}/chat`)
  const third = await page.context().newPage()
  await third.goto(`${web.origin}/account`)
  await third.getByRole("heading", { level: 1, name: "Ada" }).waitFor()
  const stored = await third.evaluate(dump)
  assert.match(stored, /key false/)
  assert.doesNotMatch(stored, /key true/)
  await third.getByRole("button", { name: "Sign out", exact: true }).click()
  await third.waitForURL(`${web.origin}/sign-in`)
  assert.doesNotMatch(await third.evaluate(dump), /"sealedToken"/)
  assert.deepEqual(faults, [])
  await close()
})

test("a server with another identity is refused until the operator's word is typed", {
  skip: withoutChromium,
}, async () => {
  const { page, faults, close } = await watchedPage(browser, web.origin)
  await page.goto(`${web.origin}/sign-in`)
  await signIn(page)
  await page.waitForURL(`${web.origin}/chat`)
  await page.getByRole("button", { name: "Sign out", exact: true }).click()
  await page.waitForURL(`${web.origin}/sign-in`)
  const identity = await page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const opening = indexedDB.open("sourceprint-pages")
        opening.onsuccess = () => {
          const identities = opening.result.transaction("identities", "readwrite").objectStore("identities")
          identities.get(location.host).onsuccess = (event) => {
            const known = (event.target as IDBRequest<Uint8Array>).result
            // As if this browser had met another server at this address.
            identities.put(new Uint8Array(32).fill(7), location.host).onsuccess = () => resolve([...known])
          }
        }
      }),
  )
  await signIn(page)
  await page.getByText("This server has another identity than before").waitFor()
  await page.getByRole("button", { name: "I have asked the operator…" }).click()
  const accept = page.getByRole("button", { name: "Remember the new identity" })
  await page.getByLabel(/First 16 digits/).fill("0707 0707 0707 0707")
  await page.getByText("This is not what the server shows").waitFor()
  assert.ok(await accept.isDisabled())
  await page.getByLabel(/First 16 digits/).fill(toHex(Uint8Array.from(identity)).slice(0, 16).toUpperCase())
  await accept.click()
  await signIn(page)
  await page.waitForURL(`${web.origin}/chat`)
  assert.deepEqual(faults, [])
  await close()
})

test("the password is changed on the account page: a wrong one is said, other sessions end, the new one signs in", {
  skip: withoutChromium,
}, async () => {
  const NEW = "seven lamps under one bridge"
  const [here, there] = [await watchedPage(browser, web.origin), await watchedPage(browser, web.origin)]
  for (const { page } of [here, there]) {
    await page.goto(`${web.origin}/sign-in`)
    await signIn(page)
    await page.waitForURL(`${web.origin}/chat`)
    await page.getByRole("navigation").getByRole("link", { name: "Account" }).click()
  }
  const { page } = here
  await page.getByRole("button", { name: "Change the password" }).click()
  const fill = async (present: string): Promise<void> => {
    await page.getByLabel("Present password", { exact: true }).fill(present)
    await page.getByLabel("New password", { exact: true }).fill(NEW)
    await page.getByLabel("New password again", { exact: true }).fill(NEW)
    await page.getByRole("button", { name: "Change it" }).click()
  }
  await fill("not the password")
  await page.getByText("That is not the present password of this account").first().waitFor()
  await fill(PASSWORD)
  await page.getByText("The password is changed; all other sessions have ended.").waitFor()
  await there.page.getByText("Your session has ended").waitFor()
  await there.page.getByLabel("Name").fill("Ada")
  await there.page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await there.page.getByRole("button", { name: "Sign in" }).click()
  await there.page.getByText("do not belong together").waitFor()
  await there.page.getByLabel("Password", { exact: true }).fill(NEW)
  await there.page.getByRole("button", { name: "Sign in" }).click()
  await there.page.waitForURL(`${web.origin}/chat`)
  await page.getByText("This page").waitFor() // who changed it is still signed in
  assert.deepEqual([...here.faults, ...there.faults], [])
  await here.close()
  await there.close()
})
