import { defined } from "@sourceprint/core/defined.js"

/** The bytes with the bits of `mask` turned over in one of them. */
export const flipped = (bytes: Uint8Array, at: number, mask = 1): Uint8Array =>
  bytes.with(at, defined(bytes[at], "byte") ^ mask)
