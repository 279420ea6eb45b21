import { fromBase64Url, toBase64Url } from "@sourceprint/core/base64url.js"
import { concat, equalConstantTime, u64 } from "@sourceprint/core/bytes.js"
import type { CryptoProvider } from "../../crypto-provider.js"

const VERSION = 0x80
const HEADER_BYTES = 25 // version 1, time 8, IV 16
const MAC_BYTES = 32
const BLOCK_BYTES = 16
/** How far ahead of the reader's clock a token may be dated. Source: Fernet specification, "Verifying". */
const MAX_CLOCK_SKEW_S = 60

/** The two halves of a Fernet key: 16 bytes sign, 16 encrypt. */
export interface FernetKey {
  readonly signing: Uint8Array
  readonly encryption: Uint8Array
}

/** Undefined unless `text` is base64url, with padding, of 32 bytes. */
export function fernetKey(text: string): FernetKey | undefined {
  const bytes = fromBase64Url(text, { padding: true })
  return bytes?.length === 32 ? { signing: bytes.subarray(0, 16), encryption: bytes.subarray(16) } : undefined
}

/** A token for `plain`. @param timeS whole seconds since 1970 @param iv 16 random bytes, given only by tests */
export async function fernetSeal(
  crypto: CryptoProvider,
  key: FernetKey,
  plain: Uint8Array,
  timeS: number,
  iv: Uint8Array = crypto.randomBytes(16),
): Promise<string> {
  const sealed = await crypto.aesCbcEncrypt(key.encryption, iv, plain)
  const signed = concat([Uint8Array.of(VERSION), u64(timeS), iv, sealed])
  return toBase64Url(concat([signed, await crypto.hmacSha256(key.signing, signed)]), { padding: true })
}

/** The plaintext, or undefined for a token that is malformed, forged, expired or dated ahead of `nowS` by over a
 *  minute. The MAC is checked, in constant time, before anything is decrypted. @param ttlS absent: never expires */
export async function fernetOpen(
  crypto: CryptoProvider,
  key: FernetKey,
  token: string,
  nowS: number,
  ttlS?: number,
): Promise<Uint8Array | undefined> {
  const bytes = fromBase64Url(token, { padding: true })
  if (bytes === undefined || bytes.length < HEADER_BYTES + BLOCK_BYTES + MAC_BYTES) return undefined
  const signed = bytes.subarray(0, bytes.length - MAC_BYTES)
  const sealed = signed.subarray(HEADER_BYTES)
  if (bytes[0] !== VERSION || sealed.length % BLOCK_BYTES !== 0) return undefined
  const mac = await crypto.hmacSha256(key.signing, signed)
  if (!equalConstantTime(mac, bytes.subarray(signed.length))) return undefined
  const timeS = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1))
  if (timeS > nowS + MAX_CLOCK_SKEW_S) return undefined
  if (ttlS !== undefined && timeS + ttlS < nowS) return undefined
  return crypto.aesCbcDecrypt(key.encryption, signed.subarray(9, HEADER_BYTES), sealed)
}
