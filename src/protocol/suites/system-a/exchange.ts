import { fromUtf8, toHex, utf8 } from "@sourceprint/core/bytes.js"
import type { CryptoProvider } from "../../crypto-provider.js"

/** The messages of the replaced system, with its weaknesses: docs/protocol.md section 10. Fields are texts as it wrote
 *  them; the image is base64 (RFC 4648 section 4) of a BMP. */
export interface SystemARequest {
  readonly client_id: string
  readonly server_id: string
  readonly timestamp: string
  readonly image: string
  readonly Hsig: string
}

export interface SystemAReply {
  readonly client_id: string
  readonly server_id: string
  readonly timestamp: string
  /** For who passed: the account's stored secret hash; in the strict form the session hash. */
  readonly Hs?: string
  /** "0": wrong scanner; "-1": wrong finger. */
  readonly label?: "0" | "-1"
  /** The request's, echoed. */
  readonly Hsig: string
}

/** `original`: the bytes of the replaced system. `strict`: our own form, which an earlier version of this program
 *  spoke: digits with zeros in front, times in whole seconds, the key as it is, and the session hash in place of the
 *  stored one. */
export const wireForms = ["original", "strict"] as const
export type WireForm = (typeof wireForms)[number]

const LENGTH_BYTES = 8
/** Ours, not its: the replaced system would wait for up to 99,999,999 bytes. */
const MAX_TOKEN_BYTES = 1024 * 1024
/** The length's bytes, by form. The original reads a number with spaces behind it, zeros in front or not. */
const lengthText = { original: /^\d+ *$/, strict: /^\d+$/ } as const

/** length 8 ‖ token; the length in decimal digits with spaces behind them, in the strict form zeros in front */
export function encodeTokenFrame(token: string, form: WireForm = "original"): Uint8Array {
  const { length } = utf8(token)
  if (length > MAX_TOKEN_BYTES) throw new RangeError("the token is larger than a frame may be")
  const digits = String(length)
  return utf8((form === "strict" ? digits.padStart(LENGTH_BYTES, "0") : digits.padEnd(LENGTH_BYTES)) + token)
}

/** The token at the start of `bytes`; "more" when it has not all arrived, "broken" for a length that is none or
 *  lies. */
export function decodeTokenFrame(bytes: Uint8Array, form: WireForm = "original"): string | "more" | "broken" {
  // Lengths and tokens are ASCII; any other byte becomes a letter that the length's pattern or base64url refuses.
  const latin1 = new TextDecoder("latin1")
  const text = latin1.decode(bytes.subarray(0, LENGTH_BYTES))
  if (text.length > 0 && !lengthText[form].test(text)) return "broken"
  if (bytes.length < LENGTH_BYTES) return "more"
  const length = Number(text)
  if (length === 0 || length > MAX_TOKEN_BYTES) return "broken"
  if (bytes.length < LENGTH_BYTES + length) return "more"
  return latin1.decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length))
}

/** The time by the local clock, without a zone: "YYYY-MM-DDTHH:MM:SS.ffffff" as Python's isoformat writes it, the
 *  fraction left out where it is zero; in the strict form "YYYY-MM-DD HH:MM:SS". */
export function localTimestamp(timeMs: number, form: WireForm = "original"): string {
  const date = new Date(timeMs)
  const two = (value: number): string => String(value).padStart(2, "0")
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  if (form === "strict") return `${day} ${time}`
  const fractionMs = date.getMilliseconds()
  return `${day}T${time}${fractionMs === 0 ? "" : `.${String(fractionMs).padStart(3, "0")}000`}`
}

const timeText = {
  original: /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{6})?$/,
  strict: /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/,
} as const

/** Milliseconds since 1970, or undefined for a text that is no such time. */
export function parseLocalTimestamp(text: string, form: WireForm = "original"): number | undefined {
  const found = timeText[form].exec(text)
  if (found === null) return undefined
  const [year = 0, month = 0, day, hour, minute, second, fraction = 0] = found.slice(1).map((part) => Number(part ?? 0))
  return new Date(year, month - 1, day, hour, minute, second).getTime() + 1000 * fraction
}

/** SHA-256 of the bare concatenation of the fields and the key as Python prints bytes (in the strict form the key's
 *  text): no HMAC, no separators. */
export async function signFields(
  crypto: CryptoProvider,
  fields: Omit<SystemARequest, "Hsig">,
  keyText: string,
  form: WireForm = "original",
): Promise<string> {
  const { client_id, server_id, timestamp, image } = fields
  const key = form === "strict" ? keyText : `b'${keyText}'`
  return toHex(await crypto.sha256(utf8(client_id + server_id + timestamp + image + key)))
}

/** What the client keeps to check a password with: hex SHA-256 of the password's hash and the stored secret hash,
 *  both as hex. */
export const passwordVerifier = async (
  crypto: CryptoProvider,
  passwordHash: string,
  secretHash: string,
): Promise<string> => toHex(await crypto.sha256(utf8(passwordHash + secretHash)))

/** SHA-256(SHA-256(password_hash ‖ secret_hash) ‖ client time ‖ server time): derived, sent, never used. */
export async function sessionHash(
  crypto: CryptoProvider,
  passwordHash: string,
  secretHash: string,
  clientTime: string,
  serverTime: string,
): Promise<string> {
  const inner = await passwordVerifier(crypto, passwordHash, secretHash)
  return toHex(await crypto.sha256(utf8(inner + clientTime + serverTime)))
}

type Texts<Key extends string> = Record<Key, string> & Partial<Record<string, string>>

function texts<Key extends string>(bytes: Uint8Array, required: readonly Key[]): Texts<Key> | undefined {
  const isTexts = (value: unknown): value is Texts<Key> =>
    typeof value === "object" &&
    value !== null &&
    required.every((key) => Object.hasOwn(value, key)) &&
    Object.values(value).every((text) => typeof text === "string")
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes))
    return isTexts(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

export function parseRequest(bytes: Uint8Array): SystemARequest | undefined {
  const fields = texts(bytes, ["client_id", "server_id", "timestamp", "image", "Hsig"])
  if (fields === undefined) return undefined
  const { client_id, server_id, timestamp, image, Hsig } = fields
  return { client_id, server_id, timestamp, image, Hsig }
}

export function parseReply(bytes: Uint8Array): SystemAReply | undefined {
  const fields = texts(bytes, ["client_id", "server_id", "timestamp", "Hsig"])
  if (fields === undefined) return undefined
  const { client_id, server_id, timestamp, Hs, label, Hsig } = fields
  if (label !== undefined && label !== "0" && label !== "-1") return undefined
  return {
    client_id,
    server_id,
    timestamp,
    Hsig,
    ...(Hs === undefined ? {} : { Hs }),
    ...(label === undefined ? {} : { label }),
  }
}
