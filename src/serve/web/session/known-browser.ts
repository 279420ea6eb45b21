import { fromBase64Url, toBase64Url } from "@sourceprint/core/base64url.js"
import { utf8 } from "@sourceprint/core/bytes.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { knownBrowserToken } from "@sourceprint/protocol/known-browser.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"

const PLACE = "sourceprint-known-browser "
/** By the name's hash: a shared computer does not list who has signed in at it. */
const placeOf = async (name: string): Promise<string> =>
  `${PLACE}${toBase64Url(await webCrypto.sha256(utf8(nameKey(name))))}`

/** Undefined where this browser keeps nothing for the page. */
function ofBrowser<T>(use: (kept: Storage) => T): T | undefined {
  try {
    return use(localStorage)
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

/** After a pass: from now on this browser does not wait behind guesses of strangers at this name. */
export async function rememberBrowser(name: string, token: Uint8Array): Promise<void> {
  const [place, shown] = [await placeOf(name), toBase64Url(await knownBrowserToken(webCrypto, token))]
  ofBrowser((kept) => kept.setItem(place, shown))
}

/** What this browser shows at a sign-in; undefined where the name has not signed in here before. */
export async function knownBrowser(name: string): Promise<Uint8Array | undefined> {
  const place = await placeOf(name)
  const shown = fromBase64Url(ofBrowser((kept) => kept.getItem(place)) ?? "")
  return shown?.length === 32 ? shown : undefined
}

/** True where somebody has signed in with this browser before. */
export const isKnownToSomebody = (): boolean =>
  ofBrowser((kept) => Object.keys(kept).some((place) => place.startsWith(PLACE))) === true
