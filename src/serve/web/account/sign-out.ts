import { systemClock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { AccountClient } from "@sourceprint/protocol/account/account-client.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { detachSession } from "../session/session-store.js"

const PATIENCE_MS = 3000

/** Ends the session here at once, and at the server where there is a connection; else it ends there when it expires. */
export async function signOut(): Promise<void> {
  const link = await detachSession()
  if (link === undefined) return
  const patient = {
    request: (channel: number, body: Uint8Array) => link.request(channel, body, PATIENCE_MS),
  }
  const account = new AccountClient(patient, webCrypto, systemClock)
  try {
    const current = (await account.overview()).sessions.find((session) => session.current)
    if (current !== undefined) await account.endSession(current.id)
  } catch (error) {
    if (!(error instanceof AppError)) throw error // the connection may end before the answer comes
  } finally {
    link.close()
  }
}
