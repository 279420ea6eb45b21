import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { type WatchedPage, watchedPage } from "./watched-page.js"

/** Signs a person in on a page and waits for the chat. */
export async function signInPage(page: Page, origin: string, name: string, password: string): Promise<void> {
  await page.goto(`${origin}/sign-in`)
  await page.getByLabel("Name").fill(name)
  await page.getByLabel("Password", { exact: true }).fill(password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL(`${origin}/chat`)
}

/** A browser profile of its own whose person has opened the chat. */
export async function chatPage(
  browser: Browser,
  origin: string,
  name: string,
  password: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const watched = await watchedPage(browser, origin, options)
  await signInPage(watched.page, origin, name, password)
  await watched.page.getByText("No conversations yet").waitFor()
  return watched
}

/** Writes a message in the open conversation. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel(/^Message to/).fill(text)
  await page.getByRole("button", { name: "Send", exact: true }).click()
}

/** Waits for a text in the open conversation. */
export const untilSaid = (page: Page, text: string): Promise<void> =>
  page.locator(".timeline").getByText(text).first().waitFor()

/** The texts of the open conversation, in order. */
export const textsOn = (page: Page): Promise<string[]> => page.locator(".timeline .message-text").allInnerTexts()

/** Everything that the page's databases hold, as one string in which each byte is a character. */
export const storedBytes = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve) => {
        request.onsuccess = () => resolve(request.result)
      })
    const parts: string[] = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)]
    const add = (value: unknown): void => {
      if (value instanceof Uint8Array) parts.push(new TextDecoder("utf-8").decode(value))
      else if (value instanceof CryptoKey) parts.push(`key, extractable: ${value.extractable}`)
      else parts.push(JSON.stringify(value))
    }
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name))
      parts.push(name)
      for (const store of database.objectStoreNames) {
        const entries = database.transaction(store).objectStore(store)
        for (const value of await done(entries.getAllKeys())) add(value)
        for (const value of await done(entries.getAll())) add(value)
      }
      database.close()
    }
    return parts.join("\n")
  })
