import { concat, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { Aead } from "../crypto-provider.js"

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A stored value as it lies on the disk: nonce 12 ‖ AES-256-GCM(value, aad = its key). The nonce is random: one
 *  storage key is good for 2^32 writes (NIST SP 800-38D, 8.3). */
export async function sealValue(
  aead: Aead,
  randomBytes: (sizeBytes: number) => Uint8Array,
  key: string,
  value: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = randomBytes(NONCE_BYTES)
  return concat([nonce, await aead.seal(nonce, value, utf8(key))])
}

/** @throws AppError "chat/storage/damaged" when it is not what was written under this key */
export async function openValue(aead: Aead, key: string, sealed: Uint8Array): Promise<Uint8Array> {
  const opened =
    sealed.length < NONCE_BYTES + TAG_BYTES
      ? undefined
      : await aead.open(sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES), utf8(key))
  if (opened === undefined) {
    throw new AppError(
      "chat/storage/damaged",
      "what the chat keeps on this device was changed, is damaged, or was sealed with another key. To start this " +
        "device anew: on the page, delete what it keeps in the settings; in the terminal, move the chat's folder " +
        "in --state away",
    )
  }
  return opened
}
