import { openChromium } from "../../../test/support/chromium.js"
import { pageServer } from "../../../test/support/page-server.js"
import { PATIENCE_MS } from "../../../test/support/patience.js"
import type { Figure } from "../claim.js"
import { atMost } from "../figure.js"

const MOST_KB = 100
/** What people see first; the chat's own code comes after the sign-in. */
const paths = ["/", "/sign-up", "/sign-in"] as const

/** What comes over the network, headers included, until a page of a fresh browser is at rest. */
export async function weight(logLine: (text: string) => void): Promise<readonly Figure[]> {
  const web = await pageServer()
  const browser = await openChromium()
  const figures: Figure[] = []
  try {
    for (const path of paths) {
      const context = await browser.newContext()
      const page = await context.newPage()
      const devTools = await context.newCDPSession(page)
      await devTools.send("Network.enable")
      let sentBytes = 0
      let requests = 0
      devTools.on("Network.loadingFinished", ({ encodedDataLength }) => {
        sentBytes += encodedDataLength
        requests++
      })
      await page.goto(web.origin + path, { waitUntil: "networkidle", timeout: PATIENCE_MS })
      await page.getByRole("heading", { level: 1 }).waitFor({ timeout: PATIENCE_MS })
      figures.push(atMost(`first load of ${path}`, sentBytes / 1000, MOST_KB, "kB", `${requests} requests`))
      logLine(`${path}: ${(sentBytes / 1000).toFixed(1)} kB`)
      await context.close()
    }
  } finally {
    await browser.close()
    await web.stop()
  }
  return figures
}
