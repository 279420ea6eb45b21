import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { concat, fromHex, utf8 } from "@sourceprint/core/bytes.js"
import { ChunkCipher } from "@sourceprint/protocol/files/chunk-cipher.js"
import {
  CHUNK_BYTES,
  CHUNK_OVERHEAD_BYTES,
  chunksOf,
  MAX_CHUNKS,
  MAX_FILE_BYTES,
  plainChunkBytes,
  sealedBytesOf,
  sizeFromSealed,
} from "@sourceprint/protocol/files/chunk-layout.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import fc from "fast-check"

const fileId = randomBytes(16)
const key = randomBytes(32)

test("a chunk opens in its place and in no other", async () => {
  const cipher = await ChunkCipher.create(webCrypto, fileId, key)
  const plain = randomBytes(1000)
  const sealed = await cipher.seal(3, false, plain)
  assert.equal(sealed.length, plain.length + CHUNK_OVERHEAD_BYTES)
  assert.deepEqual(await cipher.open(3, false, sealed), new Uint8Array(plain))
  assert.equal(await cipher.open(2, false, sealed), undefined) // swapped
  assert.equal(await cipher.open(3, true, sealed), undefined) // the file cut after it
  const otherFile = await ChunkCipher.create(webCrypto, randomBytes(16), key)
  assert.equal(await otherFile.open(3, false, sealed), undefined)
  const otherKey = await ChunkCipher.create(webCrypto, fileId, randomBytes(32))
  assert.equal(await otherKey.open(3, false, sealed), undefined)
})

test("the last chunk does not open as one that is followed by more", async () => {
  const cipher = await ChunkCipher.create(webCrypto, fileId, key)
  const sealed = await cipher.seal(0, true, new Uint8Array(0))
  assert.deepEqual(await cipher.open(0, true, sealed), new Uint8Array(0))
  assert.equal(await cipher.open(0, false, sealed), undefined)
})

test("every cut and every flipped bit is refused", async () => {
  const cipher = await ChunkCipher.create(webCrypto, fileId, key)
  const sealed = await cipher.seal(0, true, utf8("short"))
  for (let n = 0; n < sealed.length; n++) {
    assert.equal(await cipher.open(0, true, sealed.subarray(0, n)), undefined)
    assert.equal(await cipher.open(0, true, sealed.with(n, sealed[n] ^ 0x10)), undefined)
  }
})

test("one chunk sealed twice has two nonces, and both open", async () => {
  const cipher = await ChunkCipher.create(webCrypto, fileId, key)
  const [one, two] = [await cipher.seal(0, true, utf8("same")), await cipher.seal(0, true, utf8("same"))]
  assert.notDeepEqual(one.subarray(0, 12), two.subarray(0, 12))
  assert.deepEqual(await cipher.open(0, true, one), await cipher.open(0, true, two))
})

test("a chunk is AES-256-GCM as Web Crypto does it, the place as associated data", async () => {
  const cipher = await ChunkCipher.create(webCrypto, fileId, key)
  const sealed = await cipher.seal(258, true, utf8("by hand"))
  const imported = await crypto.subtle.importKey("raw", new Uint8Array(key), "AES-GCM", false, ["decrypt"])
  const place = concat([utf8("sourceprint/1 file chunk"), fileId, fromHex("0000010201")])
  const opened = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: sealed.slice(0, 12), additionalData: place },
    imported,
    sealed.slice(12),
  )
  assert.deepEqual(new Uint8Array(opened), utf8("by hand"))
})

test("layout: chunks, their sizes and the sealed size belong together", () => {
  assert.equal(chunksOf(0), 1)
  assert.equal(chunksOf(CHUNK_BYTES), 1)
  assert.equal(chunksOf(CHUNK_BYTES + 1), 2)
  assert.equal(chunksOf(MAX_FILE_BYTES), MAX_CHUNKS)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_FILE_BYTES }), (size) => {
      const chunks = chunksOf(size)
      assert.equal(sizeFromSealed(chunks, sealedBytesOf(size)), size)
      const last = plainChunkBytes(size, chunks - 1)
      assert.equal((chunks - 1) * CHUNK_BYTES + last, size)
      assert.ok(last >= (size === 0 ? 0 : 1) && last <= CHUNK_BYTES)
      assert.notEqual(sizeFromSealed(chunks + 1, sealedBytesOf(size)), size)
    }),
  )
  assert.equal(sizeFromSealed(MAX_CHUNKS + 1, sealedBytesOf(MAX_FILE_BYTES + 1)), undefined)
  assert.equal(sizeFromSealed(0, 0), undefined)
  assert.equal(sizeFromSealed(1, 27), undefined)
})
