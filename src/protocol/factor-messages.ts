import { u32, u64 } from "@sourceprint/core/bytes.js"
import type { ByteReader } from "./byte-reader.js"
import { type FaceAction, isFaceAction } from "./face-action.js"
import { decodeFaceBundle } from "./face-bundle.js"
import { encodeFaceProgress, type FaceProgress, readFaceProgress } from "./face-progress.js"
import { decodeFactorSet, encodeFactorSet, type FactorSet } from "./factor-set.js"
import { blob16, blob32, str8, u8 } from "./message-fields.js"
import { MessageType } from "./message-type.js"

/** Messages by which factors beside the scanner's finger are chosen and proven. docs/protocol.md section 6 */
export interface FaceCaptureMessage {
  readonly type: typeof MessageType.faceCapture
  readonly challenge: Uint8Array // 32 bytes
  /** When the first frame was taken, by this end's clock, ms since 1970. */
  readonly captureTimeMs: number
  readonly sequence: number
  readonly bundleSha256: Uint8Array // 32 bytes
  /** See `face-bundle.ts`. */
  readonly bundle: Uint8Array
}

export type FactorClientMessage =
  | FaceCaptureMessage
  /** The browser's answer, JSON (WebAuthn AuthenticationResponseJSON). */
  | { readonly type: typeof MessageType.passkeyAnswer; readonly answer: Uint8Array }
  | { readonly type: typeof MessageType.recovery; readonly code: string }
  /** One of the ways that `factors` named, or several together. */
  | { readonly type: typeof MessageType.chooseFactors; readonly chosen: FactorSet }

export type FactorServerMessage =
  | {
      readonly type: typeof MessageType.faceChallenge
      readonly challenge: Uint8Array // 32 bytes
      readonly serverTimeMs: number
      readonly windowMs: number
      /** Face captures that this session still allows or needs, this one included. */
      readonly remaining: number
      /** To be done in this order, from and back to a look straight ahead. */
      readonly actions: readonly FaceAction[]
    }
  /** What the browser's WebAuthn call is given, JSON (PublicKeyCredentialRequestOptionsJSON). */
  | { readonly type: typeof MessageType.passkeyChallenge; readonly options: Uint8Array }
  | { readonly type: typeof MessageType.factors; readonly ways: readonly FactorSet[] }
  | { readonly type: typeof MessageType.faceProgress; readonly progress: FaceProgress }

export type FactorMessage = FactorClientMessage | FactorServerMessage

export function factorFields(message: FactorMessage): Uint8Array[] {
  switch (message.type) {
    case MessageType.faceCapture:
      return [
        message.challenge,
        u64(message.captureTimeMs),
        u32(message.sequence),
        message.bundleSha256,
        blob32(message.bundle),
      ]
    case MessageType.passkeyAnswer:
      return [blob16(message.answer)]
    case MessageType.recovery:
      return [str8(message.code)]
    case MessageType.chooseFactors:
      return [u8(encodeFactorSet(message.chosen))]
    case MessageType.faceChallenge:
      return [
        message.challenge,
        u64(message.serverTimeMs),
        u32(message.windowMs),
        u8(message.remaining),
        u8(message.actions.length),
        Uint8Array.from(message.actions),
      ]
    case MessageType.passkeyChallenge:
      return [blob16(message.options)]
    case MessageType.factors:
      return [u8(message.ways.length), Uint8Array.from(message.ways.map(encodeFactorSet))]
    case MessageType.faceProgress:
      return encodeFaceProgress(message.progress)
  }
}

/** The fields of a message of this group; the caller asks the reader whether they were all there. */
export function readFactorMessage(reader: ByteReader, type: FactorMessage["type"]): FactorMessage {
  switch (type) {
    case MessageType.faceCapture:
      return {
        type,
        challenge: reader.fixed(32),
        captureTimeMs: reader.u64(),
        sequence: reader.u32(),
        bundleSha256: reader.fixed(32),
        bundle: readBundle(reader),
      }
    case MessageType.passkeyAnswer:
      return { type, answer: reader.blob16() }
    case MessageType.recovery:
      return { type, code: reader.str8() }
    case MessageType.chooseFactors:
      return { type, chosen: readFactorSet(reader) }
    case MessageType.faceChallenge:
      return {
        type,
        challenge: reader.fixed(32),
        serverTimeMs: reader.u64(),
        windowMs: reader.u32(),
        remaining: reader.u8(),
        actions: readActions(reader),
      }
    case MessageType.passkeyChallenge:
      return { type, options: reader.blob16() }
    case MessageType.factors:
      return { type, ways: readWays(reader) }
    case MessageType.faceProgress:
      return { type, progress: readFaceProgress(reader) }
  }
}

function readBundle(reader: ByteReader): Uint8Array {
  const bundle = reader.blob32()
  reader.require(decodeFaceBundle(bundle) !== undefined)
  return bundle
}

function readFactorSet(reader: ByteReader): FactorSet {
  const set = decodeFactorSet(reader.u8())
  reader.require(set !== undefined)
  return set ?? []
}

function readWays(reader: ByteReader): readonly FactorSet[] {
  const count = reader.u8()
  reader.require(count >= 1)
  return Array.from(reader.fixed(count), (byte) => {
    const way = decodeFactorSet(byte)
    reader.require(way !== undefined)
    return way ?? []
  })
}

function readActions(reader: ByteReader): readonly FaceAction[] {
  const actions = [...reader.fixed(reader.u8())].filter((code): code is FaceAction => {
    reader.require(isFaceAction(code))
    return isFaceAction(code)
  })
  return actions
}

export const isFactorMessage = (type: number): type is FactorMessage["type"] =>
  type === MessageType.faceCapture ||
  type === MessageType.passkeyAnswer ||
  type === MessageType.recovery ||
  type === MessageType.chooseFactors ||
  type === MessageType.faceChallenge ||
  type === MessageType.passkeyChallenge ||
  type === MessageType.factors ||
  type === MessageType.faceProgress
