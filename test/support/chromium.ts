import { existsSync } from "node:fs"
import { type Browser, type BrowserContext, chromium } from "playwright-core"
import { PATIENCE_MS } from "./patience.js"

const PATH = "/usr/bin/chromium"

/** For `test(name, { skip: withoutChromium }, …)`: false, or the reason to print. */
export const withoutChromium: false | string = !existsSync(PATH) && `there is no ${PATH} on this machine`

/** Debian's chromium, headless, kept from any traffic of its own. */
const launching = (switches: readonly string[]) => ({
  executablePath: PATH,
  timeout: PATIENCE_MS,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    ...switches,
  ],
})

export const openChromium = (switches: readonly string[] = []): Promise<Browser> =>
  chromium.launch(launching(switches))

/** The same with a profile on the disk, as people have them: in a private one the private file system lies in
 *  memory. */
export const openProfile = (
  profile: string,
  { bypassCSP = false }: { bypassCSP?: boolean } = {},
): Promise<BrowserContext> =>
  chromium.launchPersistentContext(profile, {
    ...launching([]),
    reducedMotion: "reduce",
    acceptDownloads: true,
    bypassCSP,
  })
