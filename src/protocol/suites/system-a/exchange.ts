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
  /** The session key's hash, for who passed. */
  readonly Hs?: string
  /** "0": wrong scanner; "-1": wrong finger. */
  readonly label?: "0" | "-1"
  /** The request's, echoed. */
  readonly Hsig: string
}

const LENGTH_DIGITS = 8
/** Ours, not its: the replaced system would wait for up to 99,999,999 bytes. */
const MAX_TOKEN_BYTES = 1024 * 1024

/** 8 ASCII digits ‖ token */
export function encodeTokenFrame(token: string): Uint8Array {
  const body = utf8(token)
  if (body.length > MAX_TOKEN_BYTES) throw new RangeError("the token is larger than a frame may be")
  return utf8(String(body.length).padStart(LENGTH_DIGITS, "0") + token)
}

/** The token at the start of `bytes`; "more" when it has not all arrived, "broken" for digits that are none or lie. */
export function decodeTokenFrame(bytes: Uint8Array): string | "more" | "broken" {
  for (const byte of bytes.subarray(0, LENGTH_DIGITS)) if (byte < 0x30 || byte > 0x39) return "broken"
  if (bytes.length < LENGTH_DIGITS) return "more"
  const length = Number(fromUtf8(bytes.subarray(0, LENGTH_DIGITS)))
  if (length === 0 || length > MAX_TOKEN_BYTES) return "broken"
  if (bytes.length < LENGTH_DIGITS + length) return "more"
  // Token letters are ASCII; any other byte becomes a letter that base64url refuses.
  return new TextDecoder("latin1").decode(bytes.subarray(LENGTH_DIGITS, LENGTH_DIGITS + length))
}

/** "YYYY-MM-DD HH:MM:SS" by the local clock, without a zone. */
export function localTimestamp(timeMs: number): string {
  const date = new Date(timeMs)
  const two = (value: number): string => String(value).padStart(2, "0")
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Milliseconds since 1970, or undefined for a text that is no such time. */
export function parseLocalTimestamp(text: string): number | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text)
  if (found === null) return undefined
  const [year = 0, month = 0, day, hour, minute, second] = found.slice(1).map(Number)
  return new Date(year, month - 1, day, hour, minute, second).getTime()
}

/** SHA-256 of the bare concatenation of the fields and the key's text: no HMAC, no separators. */
export async function signFields(
  crypto: CryptoProvider,
  fields: Omit<SystemARequest, "Hsig">,
  keyText: string,
): Promise<string> {
  const { client_id, server_id, timestamp, image } = fields
  return toHex(await crypto.sha256(utf8(client_id + server_id + timestamp + image + keyText)))
}

/** SHA-256(SHA-256(password_hash ‖ secret_hash) ‖ client time ‖ server time): derived, sent, never used. */
export async function sessionHash(
  crypto: CryptoProvider,
  passwordHash: string,
  secretHash: string,
  clientTime: string,
  serverTime: string,
): Promise<string> {
  const inner = toHex(await crypto.sha256(utf8(passwordHash + secretHash)))
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
