import { concat, u16, u32, u64, utf8 } from "../shared/bytes.js"
import { canonicalName, isId } from "./account-name.js"
import { ByteReader } from "./byte-reader.js"

/** Codes of docs/protocol.md section 6. A code never changes its meaning. */
export const MessageType = {
  signInStart: 0x11,
  signInFinish: 0x12,
  capture: 0x13,
  enrolStart: 0x14,
  enrolRecord: 0x15,
  clientApplication: 0x16,
  addFinger: 0x17,
  signInResponse: 0x21,
  challenge: 0x22,
  decision: 0x23,
  busy: 0x24,
  enrolResponse: 0x25,
  serverApplication: 0x26,
} as const

export const Outcome = { pass: 1, fail: 2, retry: 3 } as const
export type Outcome = (typeof Outcome)[keyof typeof Outcome]

export const Modality = { finger: 1, face: 2 } as const
export type Modality = (typeof Modality)[keyof typeof Modality]

/** A device's claim and its Ed25519 signature over the connection (64 bytes). */
export interface DeviceProof {
  readonly deviceId: string
  readonly scannerId: string
  readonly signature: Uint8Array
}

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

export type Message = ClientMessage | ServerMessage

const u8 = (value: number): Uint8Array => Uint8Array.of(value)
const blob16 = (bytes: Uint8Array): Uint8Array => concat([u16(bytes.length), bytes])
const blob32 = (bytes: Uint8Array): Uint8Array => concat([u32(bytes.length), bytes])

/** At most 255 bytes of UTF-8. */
export const str8 = (text: string): Uint8Array => {
  const bytes = utf8(text)
  if (bytes.length > 255) throw new RangeError("a str8 holds at most 255 bytes")
  return concat([u8(bytes.length), bytes])
}

const encodeDevice = (device: DeviceProof | undefined): Uint8Array =>
  device === undefined
    ? u8(0)
    : concat([u8(1), str8(device.deviceId), str8(device.scannerId), device.signature])

function fieldsOf(message: Message): Uint8Array[] {
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
  const device = { deviceId: readId(reader), scannerId: readId(reader), signature: reader.fixed(64) }
  return device
}

function readId(reader: ByteReader): string {
  const id = reader.str8()
  reader.require(isId(id))
  return id
}

/** Only the canonical form travels, so that one name has one spelling in every signature and transcript. */
function readName(reader: ByteReader): string {
  const name = reader.str8()
  reader.require(canonicalName(name) === name)
  return name
}

/** The value of a message, or undefined for anything malformed; the caller closes and says nothing. The size was
 *  bounded by the frame. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const reader = new ByteReader(bytes)
  const type = reader.u8()
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
