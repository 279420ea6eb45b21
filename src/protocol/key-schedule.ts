import { concat, u32, utf8 } from "@sourceprint/core/bytes.js"
import type { CryptoProvider } from "./crypto-provider.js"

/** Keys of the two directions. docs/protocol.md section 4 */
export interface DirectionKeys {
  readonly clientToServer: { readonly key: Uint8Array; readonly iv: Uint8Array } // 32 and 12 bytes
  readonly serverToClient: { readonly key: Uint8Array; readonly iv: Uint8Array }
}

const HELLO_LABEL = utf8("sourceprint/1 hello")
const HANDSHAKE_LABEL = utf8("sourceprint/1 handshake")
const SESSION_LABEL = utf8("sourceprint/1 session")

/** h0, which names the connection: signatures of the device cover it. */
export const helloHash = (
  crypto: CryptoProvider,
  clientHello: Uint8Array,
  serverHello: Uint8Array,
): Promise<Uint8Array> => crypto.sha256(concat([HELLO_LABEL, clientHello, serverHello]))

/** h(n+1) from h(n) and the next message of the handshake. */
export const extendTranscript = (crypto: CryptoProvider, hash: Uint8Array, message: Uint8Array): Promise<Uint8Array> =>
  crypto.sha256(concat([hash, u32(message.length), message]))

async function directionKeys(
  crypto: CryptoProvider,
  ikm: Uint8Array,
  salt: Uint8Array,
  label: Uint8Array,
): Promise<DirectionKeys> {
  const okm = await crypto.hkdf(ikm, salt, label, 88)
  return {
    clientToServer: { key: okm.slice(0, 32), iv: okm.slice(64, 76) },
    serverToClient: { key: okm.slice(32, 64), iv: okm.slice(76, 88) },
  }
}

/** @param dh the X25519 secret, 32 bytes @param h0 of `helloHash` */
export const handshakeKeys = (crypto: CryptoProvider, dh: Uint8Array, h0: Uint8Array): Promise<DirectionKeys> =>
  directionKeys(crypto, dh, h0, HANDSHAKE_LABEL)

/** @param transcript after signInFinish @param opaqueSessionKey 64 bytes, equal at both ends if the password was
 *  right */
export const sessionKeys = (
  crypto: CryptoProvider,
  dh: Uint8Array,
  opaqueSessionKey: Uint8Array,
  transcript: Uint8Array,
): Promise<DirectionKeys> => directionKeys(crypto, concat([dh, opaqueSessionKey]), transcript, SESSION_LABEL)
