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

/** The address of the browser that a run of the tests shares; a test has contexts of its own in it. */
const SHARED = "SOURCEPRINT_TEST_CHROMIUM"

/** Starts the browser that `openChromium` of this process and its children then uses. @returns what ends it */
export async function shareChromium(): Promise<() => Promise<void>> {
  if (withoutChromium !== false) return () => Promise.resolve()
  const server = await chromium.launchServer({ ...launching([]), host: "127.0.0.1" })
  process.env[SHARED] = server.wsEndpoint()
  return () => server.close()
}

/** A browser; one with switches of its own is not shared. */
export function openChromium(switches: readonly string[] = []): Promise<Browser> {
  const shared = switches.length === 0 ? process.env[SHARED] : undefined
  return shared === undefined
    ? chromium.launch(launching(switches))
    : chromium.connect(shared, { timeout: PATIENCE_MS })
}

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
