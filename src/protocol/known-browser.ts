import { concat, utf8 } from "@sourceprint/core/bytes.js"
import type { CryptoProvider } from "./crypto-provider.js"

const LABEL = utf8("sourceprint/1 known browser")

/** What a browser keeps of a session that passed and shows at its next sign-in, so that it does not wait behind
 *  strangers' guesses. The session's token does not follow from it. docs/protocol.md section 9
 *  @param token of the session, 32 bytes @returns 32 bytes */
export const knownBrowserToken = (crypto: CryptoProvider, token: Uint8Array): Promise<Uint8Array> =>
  crypto.sha256(concat([LABEL, token]))
