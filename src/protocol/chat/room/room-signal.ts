import { concat, fromHex, u64 } from "@sourceprint/core/bytes.js"
import { ByteReader } from "../../byte-reader.js"
import { flag, id, struct, whole } from "../../codec.js"
import type { CryptoProvider } from "../../crypto-provider.js"
import type { MlsGroup } from "../mls/mls-group.js"

/** What members tell each other in passing: it is not stored and not ordered. `epoch u64 ‖ nonce 12 ‖ AES-256-GCM(key
 *  from the epoch's exporter secret, aad = roomId ‖ epoch, clientId 16 ‖ typing u8)`. Any member could write another
 *  member's signal: it is good for "is typing" and nothing more. */
const LABEL = "sourceprint/1 chat signal"
const NONCE_BYTES = 12

const signal = whole(struct({ clientId: id, typing: flag }))
export interface RoomSignal {
  readonly clientId: string
  readonly typing: boolean
}

const boundTo = (group: MlsGroup): Uint8Array => concat([fromHex(group.roomId), u64(group.epoch)])

export async function sealSignal(
  crypto: CryptoProvider,
  group: MlsGroup,
  value: RoomSignal,
): Promise<Uint8Array> {
  const nonce = crypto.randomBytes(NONCE_BYTES)
  const aead = await crypto.aead(await group.exportKey(LABEL))
  const sealed = await aead.seal(nonce, signal.encode(value), boundTo(group))
  return concat([u64(group.epoch), nonce, sealed])
}

/** Undefined for another epoch's and for anything that does not verify. */
export async function openSignal(
  crypto: CryptoProvider,
  group: MlsGroup,
  bytes: Uint8Array,
): Promise<RoomSignal | undefined> {
  if (bytes.length < 8 + NONCE_BYTES) return undefined
  if (new ByteReader(bytes.subarray(0, 8)).u64() !== group.epoch) return undefined
  const nonce = bytes.subarray(8, 8 + NONCE_BYTES)
  const aead = await crypto.aead(await group.exportKey(LABEL))
  const plain = await aead.open(nonce, bytes.subarray(8 + NONCE_BYTES), boundTo(group))
  return plain && signal.decode(plain)
}
