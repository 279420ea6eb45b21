import { toHex } from "@sourceprint/core/bytes.js"
import type { AuthDeps } from "./auth-deps.js"

/** How the store knows a browser by what it shows (`knownBrowserToken`); no device has such an id. */
export const browserIdOf = async ({ crypto }: Pick<AuthDeps, "crypto">, shown: Uint8Array): Promise<string> =>
  `browser ${toHex(await crypto.sha256(shown))}`

/** Undefined for a browser in which the account has not signed in before. The look-ups are the same without one. */
export async function knownBrowserId(
  deps: Pick<AuthDeps, "crypto" | "store">,
  accountId: string | undefined,
  shown: Uint8Array | undefined,
): Promise<string | undefined> {
  if (shown === undefined) return undefined
  const id = await browserIdOf(deps, shown)
  return (await deps.store.isFamiliar(accountId ?? "", id)) ? id : undefined
}
