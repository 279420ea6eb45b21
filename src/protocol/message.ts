import { concat, u32, u64 } from "@sourceprint/core/bytes.js"
import { ByteReader } from "./byte-reader.js"
import { type DeviceProof, encodeDeviceProof, readDeviceProof } from "./device-proof.js"
import {
  type FactorClientMessage,
  type FactorMessage,
  type FactorServerMessage,
  factorFields,
  isFactorMessage,
  readFactorMessage,
} from "./factor-messages.js"
import { blob16, blob32, readId, readName, str8, u8 } from "./message-fields.js"
import { MessageType, Modality, Outcome } from "./message-type.js"
import {
  isScannerMessage,
  readScannerMessage,
  type ScannerClientMessage,
  type ScannerMessage,
  type ScannerServerMessage,
  scannerFields,
} from "./scanner-messages.js"

export { MessageType, Modality, Outcome }

export interface CaptureMessage {
  readonly type: typeof MessageType.capture
  readonly challenge: Uint8Array // 32 bytes
  readonly modality: Modality
  /** By the device's clock, ms since 1970. */
  readonly captureTimeMs: number
  readonly sequence: number
  readonly deviceId: string
  readonly scannerId: string
  readonly imageSha256: Uint8Array // 32 bytes
  readonly signature: Uint8Array // 64 bytes
  /** A file as the scanner's driver wrote it (BMP). */
  readonly image: Uint8Array
}

export type ClientMessage =
  | {
      readonly type: typeof MessageType.signInStart
      readonly name: string
      readonly clientTimeMs: number
      readonly device: DeviceProof | undefined
      readonly ke1: Uint8Array
    }
  | { readonly type: typeof MessageType.signInFinish; readonly ke3: Uint8Array }
  | CaptureMessage
  | {
      readonly type: typeof MessageType.enrolStart
      readonly name: string
      readonly clientTimeMs: number
      readonly device: DeviceProof | undefined
      readonly enrolmentId: Uint8Array // 32 bytes
      readonly code: string
      readonly finger: string
      readonly request: Uint8Array
    }
  | { readonly type: typeof MessageType.enrolRecord; readonly record: Uint8Array }
  | {
      readonly type: typeof MessageType.clientApplication
      readonly channel: number
      readonly payload: Uint8Array
    }
  | { readonly type: typeof MessageType.addFinger; readonly finger: string }
  | {
      readonly type: typeof MessageType.resume
      readonly token: Uint8Array // 32 bytes
      readonly clientTimeMs: number
    }
  | ScannerClientMessage
  | FactorClientMessage

export type ServerMessage =
  | {
      readonly type: typeof MessageType.signInResponse
      readonly serverTimeMs: number
      readonly ke2: Uint8Array
    }
  | {
      readonly type: typeof MessageType.challenge
      readonly challenge: Uint8Array // 32 bytes
      readonly serverTimeMs: number
      readonly windowMs: number
      /** Captures that this session still allows, this one included. */
      readonly remaining: number
    }
  | {
      readonly type: typeof MessageType.decision
      readonly outcome: Outcome
      /** SHA-256 of the message that it answers. */
      readonly requestSha256: Uint8Array
      /** 32 bytes; zero unless passed. */
      readonly token: Uint8Array
      readonly expiresAtMs: number
    }
  | { readonly type: typeof MessageType.busy; readonly retryAfterMs: number }
  | { readonly type: typeof MessageType.enrolResponse; readonly response: Uint8Array }
  | {
      readonly type: typeof MessageType.serverApplication
      readonly channel: number
      readonly payload: Uint8Array
    }
  | ScannerServerMessage
  | FactorServerMessage

export type Message = ClientMessage | ServerMessage

const encodeDevice = (device: DeviceProof | undefined): Uint8Array =>
  device === undefined ? u8(0) : concat([u8(1), encodeDeviceProof(device)])

const ofFactor = (message: Message): message is FactorMessage => isFactorMessage(message.type)
const ofScanner = (message: Message): message is ScannerMessage => isScannerMessage(message.type)

function fieldsOf(message: Message): Uint8Array[] {
  if (ofFactor(message)) return factorFields(message)
  if (ofScanner(message)) return scannerFields(message)
  switch (message.type) {
    case MessageType.signInStart:
      return [
        str8(message.name),
        u64(message.clientTimeMs),
        encodeDevice(message.device),
        blob16(message.ke1),
      ]
    case MessageType.signInFinish:
      return [blob16(message.ke3)]
    case MessageType.capture:
      return [
        message.challenge,
        u8(message.modality),
        u64(message.captureTimeMs),
        u32(message.sequence),
        str8(message.deviceId),
        str8(message.scannerId),
        message.imageSha256,
        message.signature,
        blob32(message.image),
      ]
    case MessageType.enrolStart:
      return [
        str8(message.name),
        u64(message.clientTimeMs),
        encodeDevice(message.device),
        message.enrolmentId,
        str8(message.code),
        str8(message.finger),
        blob16(message.request),
      ]
    case MessageType.enrolRecord:
      return [blob16(message.record)]
    case MessageType.clientApplication:
    case MessageType.serverApplication:
      return [u8(message.channel), blob32(message.payload)]
    case MessageType.addFinger:
      return [str8(message.finger)]
    case MessageType.resume:
      return [message.token, u64(message.clientTimeMs)]
    case MessageType.signInResponse:
      return [u64(message.serverTimeMs), blob16(message.ke2)]
    case MessageType.challenge:
      return [message.challenge, u64(message.serverTimeMs), u32(message.windowMs), u8(message.remaining)]
    case MessageType.decision:
      return [u8(message.outcome), message.requestSha256, message.token, u64(message.expiresAtMs)]
    case MessageType.busy:
      return [u32(message.retryAfterMs)]
    case MessageType.enrolResponse:
      return [blob16(message.response)]
  }
}

export const encodeMessage = (message: Message): Uint8Array<ArrayBuffer> =>
  concat([u8(message.type), ...fieldsOf(message)])

function readDevice(reader: ByteReader): DeviceProof | undefined {
  const present = reader.u8()
  if (present === 0) return undefined
  reader.require(present === 1)
  return readDeviceProof(reader)
}

/** The value of a message, or undefined for anything malformed; the caller closes and says nothing. The size was
 *  bounded by the frame. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const reader = new ByteReader(bytes)
  const type = reader.u8()
  if (isFactorMessage(type)) return reader.finish(readFactorMessage(reader, type))
  if (isScannerMessage(type)) return reader.finish(readScannerMessage(reader, type))
  switch (type) {
    case MessageType.signInStart:
      return reader.finish({
        type,
        name: readName(reader),
        clientTimeMs: reader.u64(),
        device: readDevice(reader),
        ke1: reader.blob16(),
      })
    case MessageType.signInFinish:
      return reader.finish({ type, ke3: reader.blob16() })
    case MessageType.capture: {
      const challenge = reader.fixed(32)
      const modality = reader.u8()
      reader.require(modality === Modality.finger || modality === Modality.face)
      return reader.finish({
        type,
        challenge,
        modality: modality as Modality,
        captureTimeMs: reader.u64(),
        sequence: reader.u32(),
        deviceId: readId(reader),
        scannerId: readId(reader),
        imageSha256: reader.fixed(32),
        signature: reader.fixed(64),
        image: reader.blob32(),
      })
    }
    case MessageType.enrolStart:
      return reader.finish({
        type,
        name: readName(reader),
        clientTimeMs: reader.u64(),
        device: readDevice(reader),
        enrolmentId: reader.fixed(32),
        code: reader.str8(),
        finger: readId(reader),
        request: reader.blob16(),
      })
    case MessageType.enrolRecord:
      return reader.finish({ type, record: reader.blob16() })
    case MessageType.clientApplication:
    case MessageType.serverApplication:
      return reader.finish({ type, channel: reader.u8(), payload: reader.blob32() })
    case MessageType.addFinger:
      return reader.finish({ type, finger: readId(reader) })
    case MessageType.resume:
      return reader.finish({ type, token: reader.fixed(32), clientTimeMs: reader.u64() })
    case MessageType.signInResponse:
      return reader.finish({ type, serverTimeMs: reader.u64(), ke2: reader.blob16() })
    case MessageType.challenge:
      return reader.finish({
        type,
        challenge: reader.fixed(32),
        serverTimeMs: reader.u64(),
        windowMs: reader.u32(),
        remaining: reader.u8(),
      })
    case MessageType.decision: {
      const outcome = reader.u8()
      reader.require(outcome >= Outcome.pass && outcome <= Outcome.retry)
      return reader.finish({
        type,
        outcome: outcome as Outcome,
        requestSha256: reader.fixed(32),
        token: reader.fixed(32),
        expiresAtMs: reader.u64(),
      })
    }
    case MessageType.busy:
      return reader.finish({ type, retryAfterMs: reader.u32() })
    case MessageType.enrolResponse:
      return reader.finish({ type, response: reader.blob16() })
    default:
      return undefined
  }
}
