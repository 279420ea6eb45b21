import { toHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { ClientState } from "./client-state.js"

/** Trust on first use, or a key that the operator gave: the identity that a server shows is compared with the pinned
 *  one, and the first one seen is kept, with its fingerprint told.
 *  @throws AppError "client/server-key" for a key that is none */
export function trustServer(
  state: ClientState,
  server: string,
  given: string | undefined,
  logLine: (text: string) => void,
): (identity: Uint8Array) => Promise<boolean> {
  if (given !== undefined && !/^[0-9a-f]{64}$/i.test(given)) {
    throw new AppError("client/server-key", "a server key is 64 hex digits, as `sourceprint serve` prints it")
  }
  return async (identity) => {
    const shown = toHex(identity)
    const known = given?.toLowerCase() ?? (await state.pin(server))
    if (known !== undefined) return known === shown
    await state.setPin(server, shown)
    logLine(`first meeting with ${server}, whose identity is ${shown}: compare it with the operator's`)
    return true
  }
}
