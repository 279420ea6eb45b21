import { readFile } from "node:fs/promises"
import { extname, join } from "node:path"
import type { Page } from "playwright-core"
import { say, signInPage } from "../../../test/support/chat-pages.js"
import { chatServer } from "../../../test/support/chat-server.js"
import { terminalClient } from "../../../test/support/chat-terminal.js"
import { openChromium } from "../../../test/support/chromium.js"
import { PATIENCE_MS, until } from "../../../test/support/patience.js"

const PASSWORD = "crooked lamp under seven bridges"
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".bin": "application/octet-stream",
}

export interface QueueResult {
  /** Messages that the other person has, when all are there or the time is over. */
  readonly delivered: number
  /** From the first that arrived to then. */
  readonly seconds: number
  /** They are the first so many, each once, in the order in which they were written. */
  readonly inOrder: boolean
  /** The most messages that the page had in its document. */
  readonly mostRows: number
  /** What the page said of the sending. */
  readonly said: readonly string[]
}

/** Sends the files of other pages in place of the server's, from their built folder. */
async function withPages(page: Page, folder: string, origin: string): Promise<void> {
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname.startsWith("/v1/")) return route.fallback()
    const path = pathname.startsWith("/assets/") || pathname === "/icon.svg" ? pathname : "/index.html"
    await route.fulfill({ body: await readFile(join(folder, path)), contentType: types[extname(path)] ?? "" })
  })
}

/** Somebody writes `messages` while the server is away; it comes back. @param pagesFolder the built pages of another
 *  version, else those of this one */
export async function longQueue(
  { messages, mostSeconds, pagesFolder }: { messages: number; mostSeconds: number; pagesFolder?: string | undefined },
  logLine: (text: string) => void,
): Promise<QueueResult> {
  const server = await chatServer()
  const browser = await openChromium()
  try {
    for (const name of ["Ada", "Tess"]) await server.signUp(name, PASSWORD)
    const tess = await terminalClient(server, "Tess", PASSWORD)
    const context = await browser.newContext({ serviceWorkers: "block", reducedMotion: "reduce" })
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    if (pagesFolder !== undefined) await withPages(page, pagesFolder, server.origin)
    await signInPage(page, server.origin, "Ada", PASSWORD)
    await page.getByText("No conversations yet").waitFor()
    await page.getByRole("button", { name: "New conversation" }).click()
    await page.getByLabel("Talk to a person").fill("Tes")
    await page.getByRole("option", { name: "Tess" }).click()
    await say(page, "first")
    await tess.until(/Ada\] Ada: first/)
    await page.evaluate(watchPage)
    await server.restart(async () => {
      await page.getByText("No connection to the server").waitFor()
      await page.evaluate(`writeMany(${messages})`)
      await page.getByText(`${messages} messages wait until there is a connection.`).waitFor()
      logLine(`${messages} messages wait`)
    })
    const arrived = (): string[] => [...tess.output.matchAll(/line (\d+) end/g)].map(([, n = ""]) => n)
    await until(() => arrived().length > 0, "the first message arrives")
    const startMs = performance.now()
    const elapsed = (): number => (performance.now() - startMs) / 1000
    await until(() => arrived().length >= messages || elapsed() > mostSeconds, "all arrive, or the time is over")
    const seconds = elapsed()
    const got = arrived()
    const watched: { mostRows: number; said: string[] } = await page.evaluate("watched")
    await context.close()
    await tess.quit()
    return { delivered: got.length, seconds, inOrder: got.every((n, at) => n === String(at)), ...watched }
  } finally {
    await browser.close()
    await server.stop()
  }
}

/** In the page: what is in the document from then on, and a way to write many messages as the composer takes them. */
const watchPage = `
  globalThis.watched = { mostRows: 0, said: [] }
  new MutationObserver(() => {
    watched.mostRows = Math.max(watched.mostRows, document.querySelectorAll(".timeline .message").length)
    const said = document.querySelector(".conversation-foot [role=status]")?.textContent ?? ""
    if (/^Sending/.test(said) && watched.said.at(-1) !== said) watched.said.push(said)
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
  globalThis.writeMany = async (count) => {
    const area = document.querySelector(".composer textarea")
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set
    for (let n = 0; n < count; n++) {
      set.call(area, "line " + n + " end")
      area.dispatchEvent(new Event("input", { bubbles: true }))
      await new Promise((resolve) => setTimeout(resolve))
      area.form.requestSubmit()
      await new Promise((resolve) => setTimeout(resolve))
    }
  }
`
