/** How a file is cut: chunks of 256 KiB of plaintext, all full but the last; an empty file is one empty chunk. A sealed
 *  chunk is `nonce 12 ‖ ciphertext ‖ tag 16`. docs/protocol.md, Files */
export const CHUNK_BYTES = 256 * 1024
export const CHUNK_OVERHEAD_BYTES = 28
export const MAX_FILE_BYTES = 2 * 1024 ** 3
export const MAX_CHUNKS = MAX_FILE_BYTES / CHUNK_BYTES

/** Chunks of a file of `sizeBytes` of plaintext, at least 1. */
export const chunksOf = (sizeBytes: number): number => Math.max(1, Math.ceil(sizeBytes / CHUNK_BYTES))

/** What all sealed chunks of the file weigh together. */
export const sealedBytesOf = (sizeBytes: number): number => sizeBytes + chunksOf(sizeBytes) * CHUNK_OVERHEAD_BYTES

/** Plaintext bytes of chunk `index` of a file of `sizeBytes`. */
export const plainChunkBytes = (sizeBytes: number, index: number): number =>
  Math.min(CHUNK_BYTES, sizeBytes - index * CHUNK_BYTES)

/** The plaintext's size, or undefined where so many chunks cannot weigh so much. */
export function sizeFromSealed(chunks: number, sealedBytes: number): number | undefined {
  const sizeBytes = sealedBytes - chunks * CHUNK_OVERHEAD_BYTES
  return chunks <= MAX_CHUNKS && sizeBytes >= 0 && chunksOf(sizeBytes) === chunks ? sizeBytes : undefined
}
