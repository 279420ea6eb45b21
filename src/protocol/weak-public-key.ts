import { equalConstantTime, fromHex } from "@sourceprint/core/bytes.js"

/** The y of every Ed25519 point whose order divides 8, little-endian, canonical or not, sign bit clear: under such a
 *  key anybody can sign. Source: K. Chalkias et al., "Taming the many EdDSAs", SSR 2020, table 6. */
const SMALL_ORDER_Y = [
  `${"00".repeat(32)}`,
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
].map(fromHex)

/** Whether signatures under this Ed25519 key prove nothing. @param publicKey 32 bytes */
export function isWeakPublicKey(publicKey: Uint8Array): boolean {
  const y = publicKey.slice()
  y[31] = (y[31] ?? 0) & 0x7f
  return SMALL_ORDER_Y.some((weak) => equalConstantTime(weak, y))
}
