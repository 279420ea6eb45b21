import { concat, fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { ByteReader } from "../byte-reader.js"
import type { FaceCaptureMessage } from "../factor-messages.js"
import { decodeMessage, encodeMessage, MessageType } from "../message.js"
import { blob16, blob32, str8, u8 } from "../message-fields.js"

/** Application channel 4, what a person does to their own account: request = op u8 ‖ fields, answer = JSON but for
 *  `beginFace`. docs/protocol.md, "Account channel" */
const Op = {
  overview: 1,
  newRecoveryCodes: 2,
  passkeyOptions: 3,
  addPasskey: 4,
  beginFace: 5,
  addFace: 6,
  removeFactor: 7,
  endSession: 8,
  deleteAccount: 9,
} as const

export type AccountRequest =
  | { readonly ask: "overview" | "newRecoveryCodes" | "passkeyOptions" | "beginFace" }
  /** `answer`: what navigator.credentials.create gave, JSON (RegistrationResponseJSON). */
  | { readonly ask: "addPasskey"; readonly label: string; readonly answer: Uint8Array }
  | { readonly ask: "addFace"; readonly capture: FaceCaptureMessage }
  | { readonly ask: "removeFactor" | "endSession"; readonly id: string }
  /** The name as the person typed it, so that nobody deletes by a slip. */
  | { readonly ask: "deleteAccount"; readonly name: string }

/** Something that the account can prove itself with. */
export interface FactorLine {
  readonly id: string
  readonly kind: "finger" | "face" | "passkey"
  /** Which finger, or what the passkey is called. */
  readonly label: string
  readonly createdAtMs: number
}

export interface SessionLine {
  readonly id: string
  /** What was proven: "password", "finger", "scanner", "face", "passkey", "recovery". */
  readonly factors: readonly string[]
  readonly deviceId: string | undefined
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** The one that asks. */
  readonly current: boolean
}

export interface AccountOverview {
  readonly name: string
  readonly createdAtMs: number
  readonly factors: readonly FactorLine[]
  readonly recoveryCodesLeft: number
  readonly sessions: readonly SessionLine[]
  /** Scanner devices that this account signed in from. */
  readonly devices: readonly { readonly id: string; readonly scannerId: string; readonly revoked: boolean }[]
  /** Whether this server takes passkeys, and faces. */
  readonly offers: { readonly passkey: boolean; readonly face: boolean }
  /** What changes a factor needs a sign-in younger than this; the time at which this session becomes too old. */
  readonly freshUntilMs: number
}

/** Of `addFace`: "again": not taken, or one more is needed; begin again. */
export interface AddedFace {
  readonly outcome: "added" | "again"
}

export function encodeAccountRequest(request: AccountRequest): Uint8Array {
  const op = u8(Op[request.ask])
  switch (request.ask) {
    case "addPasskey":
      return concat([op, str8(request.label), blob16(request.answer)])
    case "addFace":
      return concat([op, blob32(encodeMessage(request.capture))])
    case "removeFactor":
    case "endSession":
      return concat([op, str8(request.id)])
    case "deleteAccount":
      return concat([op, str8(request.name)])
    default:
      return op
  }
}

const bare = ["overview", "newRecoveryCodes", "passkeyOptions", "beginFace"] as const

/** Undefined for anything malformed. */
export function decodeAccountRequest(bytes: Uint8Array): AccountRequest | undefined {
  const reader = new ByteReader(bytes)
  const op = reader.u8()
  const plain = bare.find((ask) => Op[ask] === op)
  if (plain !== undefined) return reader.finish({ ask: plain })
  switch (op) {
    case Op.addPasskey:
      return reader.finish({ ask: "addPasskey", label: reader.str8(), answer: reader.blob16() })
    case Op.addFace: {
      const capture = decodeMessage(reader.blob32())
      if (capture?.type !== MessageType.faceCapture) return undefined
      return reader.finish({ ask: "addFace", capture })
    }
    case Op.removeFactor:
      return reader.finish({ ask: "removeFactor", id: reader.str8() })
    case Op.endSession:
      return reader.finish({ ask: "endSession", id: reader.str8() })
    case Op.deleteAccount:
      return reader.finish({ ask: "deleteAccount", name: reader.str8() })
    default:
      return undefined
  }
}

export const encodeAccountAnswer = (value: unknown): Uint8Array => utf8(JSON.stringify(value))

/** @throws AppError "account/answer" for what is no JSON; its shape is the pinned server's word */
export function decodeAccountAnswer<T>(bytes: Uint8Array): T {
  try {
    return JSON.parse(fromUtf8(bytes)) as T
  } catch (cause) {
    throw new AppError("account/answer", "the server's answer cannot be read", { cause })
  }
}
