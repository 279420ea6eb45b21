import { existsSync } from "node:fs"
import { type Browser, chromium } from "playwright-core"
import { PATIENCE_MS } from "./patience.js"

const PATH = "/usr/bin/chromium"

/** For `test(name, { skip: withoutChromium }, …)`: false, or the reason to print. */
export const withoutChromium: false | string = !existsSync(PATH) && `there is no ${PATH} on this machine`

/** Debian's chromium, headless, kept from any traffic of its own. */
export const openChromium = (switches: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
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
