import assert from "node:assert/strict"
import { test } from "node:test"
import { concat, fromHex, toHex } from "@sourceprint/core/bytes.js"
import { ChunkSet } from "@sourceprint/protocol/files/chunk-set.js"
import {
  type FileDescriptor,
  fileDescriptor,
  plainType,
  shortName,
} from "@sourceprint/protocol/files/file-descriptor.js"
import { type FileRequest, fileCalls, fileState, fileUsage } from "@sourceprint/protocol/files/file-wire.js"
import fc from "fast-check"

const fileId = fromHex("000102030405060708090a0b0c0d0e0f")
const roomId = fromHex("101112131415161718191a1b1c1d1e1f")
const id = toHex(fileId)

/** Written by hand after docs/protocol.md. */
const vectors: readonly (readonly [FileRequest, string])[] = [
  [
    { kind: "begin", fileId, roomId, chunks: 2, sealedBytes: 262_200 },
    `01${id}${toHex(roomId)}000000020000000000040038`,
  ],
  [{ kind: "put", fileId, index: 258, sealed: fromHex("aabb") }, `02${id}0000010200000002aabb`],
  [{ kind: "state", fileId }, `03${id}`],
  [{ kind: "get", fileId, index: 1 }, `04${id}00000001`],
  [{ kind: "finish", fileId }, `05${id}`],
  [{ kind: "cancel", fileId }, `06${id}`],
  [{ kind: "usage" }, "07"],
]

test("requests are the bytes of the page, and nothing shorter or longer is one", () => {
  for (const [request, hex] of vectors) {
    const bytes = fromHex(hex)
    assert.equal(toHex(fileCalls.request.encode(request)), hex)
    assert.deepEqual(fileCalls.request.decode(bytes), request)
    for (let n = 0; n < bytes.length; n++) assert.equal(fileCalls.request.decode(bytes.subarray(0, n)), undefined)
    assert.equal(fileCalls.request.decode(concat([bytes, Uint8Array.of(0)])), undefined)
  }
  assert.equal(fileCalls.request.decode(Uint8Array.of(8)), undefined)
})

test("state and usage round trip; every cut and stray bit is refused", () => {
  const present = ChunkSet.empty(11)
  present.add(0)
  present.add(10)
  const state = { chunks: 11, sealedBytes: 99, finished: true, expiresAtMs: 1_800_000_000_000, present }
  const bytes = fileState.encode(state)
  assert.equal(toHex(bytes), "0000000b000000000000006301000001a3185c500000020104")
  assert.deepEqual(fileState.decode(bytes), state)
  for (let n = 0; n < bytes.length; n++) assert.equal(fileState.decode(bytes.subarray(0, n)), undefined)
  assert.equal(fileState.decode(bytes.with(bytes.length - 1, 0x0c)), undefined) // chunk 11 of 11
  assert.equal(fileState.decode(bytes.with(12, 2)), undefined)
  const usage = { bytes: 2 ** 40, bytesLimit: 2 ** 41, files: 3, filesLimit: 1000 }
  assert.deepEqual(fileUsage.decode(fileUsage.encode(usage)), usage)
})

test("a chunk set is a set", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(fc.nat(199)), (chunks, indexes) => {
      const set = ChunkSet.empty(chunks)
      const plain = new Set(indexes.filter((index) => index < chunks))
      for (const index of plain) set.add(index)
      assert.equal(set.count, plain.size)
      for (let index = 0; index < 200; index++) assert.equal(set.has(index), plain.has(index))
      assert.deepEqual(ChunkSet.from(chunks, set.bytes), set)
    }),
  )
  assert.throws(() => ChunkSet.empty(8).add(8), RangeError)
  assert.equal(ChunkSet.from(9, new Uint8Array(1)), undefined)
})

test("descriptors of any name and type round trip; every cut is refused", () => {
  const key = new Uint8Array(32).fill(1)
  const sha256 = new Uint8Array(32).fill(2)
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 100 }),
      fc.integer({ min: 0, max: 2 ** 31 }),
      (name, sizeBytes) => {
        const file = { fileId, key, sha256, name: shortName(name), type: "image/png", sizeBytes }
        assert.deepEqual(fileDescriptor.decode(fileDescriptor.encode(file)), file)
      },
    ),
  )
  const file: FileDescriptor = { fileId, key, sha256, name: "ﬁle «ü».txt", type: "", sizeBytes: 0 }
  const bytes = fileDescriptor.encode(file)
  for (let n = 0; n < bytes.length; n++) assert.equal(fileDescriptor.decode(bytes.subarray(0, n)), undefined)
  const largest = fileDescriptor.encode({ ...file, sizeBytes: 2 ** 31 })
  assert.throws(() => fileDescriptor.encode({ ...file, sizeBytes: 2 ** 31 + 1 }), RangeError)
  const large = largest.with(16 + 32 + 32 + 7, 1)
  assert.equal(fileDescriptor.decode(large), undefined)
})

test("a type is a plain one or none, a name is cut between characters", () => {
  assert.equal(plainType("Text/HTML; charset=utf-8"), "text/html")
  assert.equal(plainType("text/html\r\nx: y"), "")
  assert.equal(plainType("nonsense"), "")
  assert.equal(shortName("ü".repeat(200)), "ü".repeat(127))
  assert.equal(shortName("a\u{1f600}".repeat(100)), "a\u{1f600}".repeat(51))
})
