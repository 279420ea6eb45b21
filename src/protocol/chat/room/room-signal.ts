import { u64 as bytesOfU64, concat, fromHex } from "@sourceprint/core/bytes.js"
import { fixed, flag, id, rest, struct, u64, type Values, whole } from "../../codec.js"
import type { CryptoProvider } from "../../crypto-provider.js"
import type { MlsGroup } from "../mls/mls-group.js"

/** What members tell each other in passing: it is not stored and not ordered. `epoch u64 ‖ nonce 12 ‖ AES-256-GCM(key
 *  from the epoch's exporter secret, aad = roomId ‖ epoch, clientId 16 ‖ typing u8)`. Any member could write another
 *  member's signal: it is good for "is typing" and nothing more. */
const LABEL = "sourceprint/1 chat signal"

const signalFields = { clientId: id, typing: flag } as const
export type RoomSignal = Values<typeof signalFields>
const signal = whole(struct(signalFields))
const sealedSignal = whole(struct({ epoch: u64, nonce: fixed(12), sealed: rest }))

const boundTo = (group: MlsGroup): Uint8Array => concat([fromHex(group.roomId), bytesOfU64(group.epoch)])

export async function sealSignal(crypto: CryptoProvider, group: MlsGroup, value: RoomSignal): Promise<Uint8Array> {
  const nonce = crypto.randomBytes(12)
  const aead = await crypto.aead(await group.exportKey(LABEL))
  const sealed = await aead.seal(nonce, signal.encode(value), boundTo(group))
  return sealedSignal.encode({ epoch: group.epoch, nonce, sealed })
}

/** Undefined for another epoch's and for anything that does not verify. */
export async function openSignal(
  crypto: CryptoProvider,
  group: MlsGroup,
  bytes: Uint8Array,
): Promise<RoomSignal | undefined> {
  const outer = sealedSignal.decode(bytes)
  if (outer === undefined || outer.epoch !== group.epoch) return undefined
  const aead = await crypto.aead(await group.exportKey(LABEL))
  const plain = await aead.open(outer.nonce, outer.sealed, boundTo(group))
  return plain && signal.decode(plain)
}
