import { fileURLToPath } from "node:url"
import type { BrowserContext, Page } from "playwright-core"
import { build } from "vite"

const root = fileURLToPath(new URL("../../../../", import.meta.url))

/** Builds the page of `page/` as the product's pages are built. */
export async function buildFilePage(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: `${root}/bench/prove/files/page`,
    logLevel: "warn",
    // The compiled components lack their styles.
    resolve: { alias: { "@sourceprint/serve/web": `${root}src/serve/web` } },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    worker: { format: "es" },
  })
}

/** What the page offers as `window.room`. */
interface Room {
  open(token: string, room: string): Promise<void>
  show(hex: string): void
  clear(): Promise<void>
  readonly posted: readonly string[]
}
type RoomWindow = Window & { readonly room: Room }

/** A page that is in the room, and what it complained of: errors, violations of the content policy. */
export async function openRoom(
  context: BrowserContext,
  origin: string,
  token: string,
  roomId: string,
): Promise<{ readonly page: Page; readonly faults: string[] }> {
  const page = await context.newPage()
  const faults: string[] = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text())
  })
  page.on("pageerror", (error) => faults.push(error.message))
  await page.goto(`${origin}/`)
  await enterRoom(page, token, roomId)
  return { page, faults }
}

export async function enterRoom(page: Page, token: string, roomId: string): Promise<void> {
  await page.waitForFunction(() => "room" in window)
  await page.evaluate(
    ([sessionToken, room]) => (window as unknown as RoomWindow).room.open(sessionToken, room),
    [token, roomId],
  )
}

/** What the page has posted to the room so far. */
export const postedBy = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => (window as unknown as RoomWindow).room.posted)

/** What came from the room. */
export const showFile = (page: Page, hex: string): Promise<void> =>
  page.evaluate((posted) => (window as unknown as RoomWindow).room.show(posted), hex)

/** Waits for the n-th file that the page posts. */
export async function nthPosted(page: Page, n: number, timeoutMs: number): Promise<string> {
  await page.waitForFunction((least) => (window as unknown as RoomWindow).room.posted.length >= least, n, {
    timeout: timeoutMs,
  })
  return (await postedBy(page))[n - 1]
}
