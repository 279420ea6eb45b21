import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { PATIENCE_MS, until } from "./patience.js"

/** Waits until the page has its connection again; its next try comes at once, as when the browser says that the network
 *  is back. */
export const reconnected = (page: Page): Promise<void> =>
  until(async () => {
    await page.evaluate(() => void dispatchEvent(new Event("online")))
    return (await page.getByText("No connection to the server").count()) === 0
  }, "the page has its connection again")

/** A page of a fresh browser profile that keeps what must never happen: errors on the console, violations of the
 *  content policy, requests to elsewhere. */
export interface WatchedPage {
  readonly page: Page
  readonly faults: string[]
  close(): Promise<void>
}

export async function watchedPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const faults: string[] = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      faults.push(`console ${message.type()}: ${message.text()}`)
  })
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`))
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on("request", (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) faults.push(`request to ${url}`)
  })
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      console.error(`content policy: ${violatedDirective} ${blockedURI}`)
    })
  })
  return { page, faults, close: () => context.close() }
}
