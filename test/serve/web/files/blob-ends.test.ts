import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { BlobSink, MAX_BLOB_BYTES } from "@sourceprint/serve/web/files/blob-sink.js"
import { BlobSource } from "@sourceprint/serve/web/files/blob-source.js"

test("a chosen file is read by slices; one that is gone is said", async () => {
  const bytes = new Uint8Array(randomBytes(1000))
  const source = new BlobSource(new File([bytes], "a.bin", { type: "x/y", lastModified: 5 }))
  assert.deepEqual([source.name, source.type, source.sizeBytes, source.lastModifiedMs], ["a.bin", "x/y", 1000, 5])
  assert.deepEqual(await source.read(100, 50), bytes.slice(100, 150))
  const gone = new File([bytes], "b.bin")
  gone.slice = () => {
    throw new DOMException("gone", "NotReadableError")
  }
  await assert.rejects(new BlobSource(gone).read(0, 1), (e) => hasCode(e, "files/changed"))
})

test("a file in memory is there only when it is verified, and only when it is small", async () => {
  const sink = new BlobSink(6)
  const fileNow = (): Blob | undefined => sink.file
  await sink.append(Uint8Array.of(1, 2, 3))
  await sink.append(Uint8Array.of(4, 5))
  assert.deepEqual(await sink.read(1, 3), Uint8Array.of(2, 3, 4))
  await sink.truncate(4)
  await sink.append(Uint8Array.of(9))
  assert.equal(await sink.size(), 5)
  assert.equal(fileNow(), undefined)
  await sink.commit()
  assert.deepEqual(new Uint8Array((await fileNow()?.arrayBuffer()) ?? []), Uint8Array.of(1, 2, 3, 4, 9))
  assert.throws(
    () => new BlobSink(MAX_BLOB_BYTES + 1),
    (e) => hasCode(e, "files/browser-space"),
  )
})
