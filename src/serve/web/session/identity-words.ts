import { toHex } from "@sourceprint/core/bytes.js"

/** A server's identity key as people compare it: 16 groups of four hex digits, as `sourceprint serve` prints it. */
export const identityWords = (identity: Uint8Array): string =>
  toHex(identity)
    .replace(/(.{4})/g, "$1 ")
    .trim()
