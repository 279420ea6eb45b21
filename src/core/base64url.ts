/** base64url (RFC 4648 section 5), strict: one text for each byte string. Runs in Node and in the browser. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const VALUE = new Map([...ALPHABET].map((letter, value) => [letter, value]))

/** `padding` writes the "=" that Fernet wants; OPAQUE and JOSE leave it out. */
export function toBase64Url(bytes: Uint8Array, { padding = false } = {}): string {
  const parts: string[] = []
  for (let i = 0; i < bytes.length; i += 3) {
    const left = Math.min(3, bytes.length - i)
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    let quad = ""
    for (let k = 0; k <= left; k++) quad += ALPHABET[(word >>> (18 - 6 * k)) & 63]
    parts.push(padding ? quad.padEnd(4, "=") : quad)
  }
  return parts.join("")
}

/** Undefined for a letter outside the alphabet, a wrong length, missing or misplaced padding, or stray low bits. */
export function fromBase64Url(text: string, { padding = false } = {}): Uint8Array<ArrayBuffer> | undefined {
  if (padding && text.length % 4 !== 0) return undefined
  const body = padding ? text.replace(/={1,2}$/, "") : text
  if (body.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4))
  let word = 0
  let bits = 0
  let at = 0
  for (const letter of body) {
    const value = VALUE.get(letter)
    if (value === undefined) return undefined
    word = ((word << 6) | value) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (word >>> bits) & 0xff
    }
  }
  return (word & ((1 << bits) - 1)) === 0 ? bytes : undefined
}
