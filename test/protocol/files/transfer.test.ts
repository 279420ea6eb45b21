import assert from "node:assert/strict"
import { createHash, randomBytes } from "node:crypto"
import { test } from "node:test"
import { toHex } from "@sourceprint/core/bytes.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { CHUNK_BYTES } from "@sourceprint/protocol/files/chunk-layout.js"
import type { FileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import type { FileLink } from "@sourceprint/protocol/files/file-ports.js"
import { receiveFile } from "@sourceprint/protocol/files/file-receiver.js"
import { sendFile } from "@sourceprint/protocol/files/file-sender.js"
import { fileCalls } from "@sourceprint/protocol/files/file-wire.js"
import { MAX_CHUNKS_IN_FLIGHT } from "@sourceprint/protocol/files/flight-window.js"
import { newUpload, uploadRecord } from "@sourceprint/protocol/files/upload-record.js"
import { webCrypto as crypto } from "@sourceprint/protocol/web-crypto.js"
import fc from "fast-check"
import { type FileServer, fileServer } from "../../support/file-server.js"
import { MemorySink, memorySource } from "../../support/memory-file.js"

const roomId = new Uint8Array(randomBytes(16))
const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

async function withServer(body: (server: FileServer, link: FileLink) => Promise<void>): Promise<void> {
  const server = await fileServer()
  server.members.add(`ada ${toHex(roomId)}`)
  try {
    await body(server, server.linkOf("ada"))
  } finally {
    await server.stop()
  }
}

/** The link with a look at, or a change of, each request. */
const tapped = (link: FileLink, tap: (kind: string, index: number) => void): FileLink => ({
  async request(body, signal) {
    const request = fileCalls.request.decode(body)
    tap(request?.kind ?? "", request !== undefined && "index" in request ? request.index : -1)
    return await link.request(body, signal)
  },
})

const upload = (link: FileLink, bytes: Uint8Array): Promise<FileDescriptor> => {
  const source = memorySource(bytes)
  return sendFile({ crypto, link }, source, newUpload(crypto, source, roomId))
}

test("files of every length arrive as they were, with all of the progress", () =>
  withServer(async (_server, link) => {
    for (const size of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES + 17]) {
      const bytes = new Uint8Array(randomBytes(size))
      const file = await upload(link, bytes)
      assert.equal(toHex(file.sha256), hashOf(bytes))
      assert.deepEqual([file.name, file.type, file.sizeBytes], ["photo.jpg", "image/jpeg", size])
      const sink = new MemorySink()
      const progress: number[] = []
      await receiveFile({ crypto, link }, file, sink, { onProgress: (done) => progress.push(done) })
      assert.equal(sink.fate, "committed")
      assert.deepEqual(sink.bytes, bytes)
      assert.equal(progress[0], 0)
      assert.equal(progress.at(-1), size)
      assert.deepEqual(
        progress,
        progress.toSorted((a, b) => a - b),
      )
    }
  }))

test("no more chunks are on their way than the window holds", () =>
  withServer(async (_server, link) => {
    let now = 0
    let most = 0
    const counted: FileLink = {
      async request(body, signal) {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setImmediate(resolve))
        const answer = await link.request(body, signal)
        now--
        return answer
      },
    }
    const file = await upload(counted, new Uint8Array(randomBytes(20 * CHUNK_BYTES)))
    assert.ok(most > 1 && most <= MAX_CHUNKS_IN_FLIGHT, `${most}`)
    most = 0
    await receiveFile({ crypto, link: counted }, file, new MemorySink())
    assert.ok(most > 1 && most <= MAX_CHUNKS_IN_FLIGHT, `${most}`)
  }))

test("an upload that was cut continues where the server is, under the stored record", () =>
  withServer(async (_server, link) => {
    const bytes = new Uint8Array(randomBytes(12 * CHUNK_BYTES + 5))
    const source = memorySource(bytes)
    const record = newUpload(crypto, source, roomId)
    let puts = 0
    const dying = tapped(link, (kind) => {
      if (kind === "put" && ++puts > 5) throw new AppError("files/unreachable", "gone")
    })
    await assert.rejects(sendFile({ crypto, link: dying }, source, record), (e) => hasCode(e, "files/unreachable"))
    const stored = uploadRecord.decode(uploadRecord.encode(record))
    assert.ok(stored !== undefined)
    assert.deepEqual(stored, record)
    const again: number[] = []
    const progress: number[] = []
    const watched = tapped(link, (kind, index) => void (kind === "put" && again.push(index)))
    const file = await sendFile({ crypto, link: watched }, memorySource(bytes), stored, {
      onProgress: (done) => progress.push(done),
    })
    assert.deepEqual(again, [5, 6, 7, 8, 9, 10, 11, 12])
    assert.equal(progress.at(-1), bytes.length)
    assert.equal(toHex(file.sha256), hashOf(bytes))
    const sink = new MemorySink()
    await receiveFile({ crypto, link }, file, sink)
    assert.deepEqual(sink.bytes, bytes)
  }))

test("another file, or one that shrank, is not taken for the one that was begun", () =>
  withServer(async (_server, link) => {
    const bytes = new Uint8Array(randomBytes(CHUNK_BYTES + 1))
    const record = newUpload(crypto, memorySource(bytes), roomId)
    const others = [
      memorySource(bytes, "other.jpg"),
      memorySource(bytes, "photo.jpg", 8),
      memorySource(bytes.slice(1)),
      { ...memorySource(bytes), read: () => Promise.resolve(new Uint8Array(3)) },
    ]
    for (const other of others) {
      await assert.rejects(sendFile({ crypto, link }, other, record), (e) => hasCode(e, "files/changed"))
    }
    const huge = { ...memorySource(bytes), sizeBytes: 2 ** 31 + 1 }
    assert.throws(
      () => newUpload(crypto, huge, roomId),
      (e) => hasCode(e, "files/size"),
    )
  }))

test("a server that lost confirmed chunks is given them again", () =>
  withServer(async (_server, link) => {
    const bytes = new Uint8Array(randomBytes(4 * CHUNK_BYTES))
    let lost = 2
    const forgetful: FileLink = {
      request(body, signal) {
        const request = fileCalls.request.decode(body)
        if (request?.kind === "put" && request.index === 2 && lost-- > 0) return Promise.resolve(new Uint8Array(0))
        return link.request(body, signal)
      },
    }
    const file = await upload(forgetful, bytes)
    const sink = new MemorySink()
    await receiveFile({ crypto, link }, file, sink)
    assert.deepEqual(sink.bytes, bytes)
    lost = 99
    await assert.rejects(upload(forgetful, bytes), (e) => hasCode(e, "application/refused/incomplete"))
  }))

test("a download continues from what the sink has; a damaged part is fetched again", () =>
  withServer(async (_server, link) => {
    const bytes = new Uint8Array(randomBytes(9 * CHUNK_BYTES + 5))
    const file = await upload(link, bytes)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length + 5 }), fc.boolean(), async (there, damaged) => {
        const sink = new MemorySink()
        sink.bytes = new Uint8Array(there)
        sink.bytes.set(bytes.subarray(0, there))
        const wholeChunks = there === bytes.length ? 10 : there > bytes.length ? 0 : Math.floor(there / CHUNK_BYTES)
        if (damaged && there > 0) sink.bytes[0] ^= 1
        const asked: number[] = []
        const watched = tapped(link, (kind, index) => void (kind === "get" && asked.push(index)))
        await receiveFile({ crypto, link: watched }, file, sink)
        assert.equal(sink.fate, "committed")
        assert.equal(hashOf(sink.bytes), hashOf(bytes))
        assert.equal(asked.length, damaged && wholeChunks > 0 ? 20 - wholeChunks : 10 - wholeChunks)
      }),
      { numRuns: 12 },
    )
  }))

test("whatever a server does to a file, it is not presented as the file", () =>
  withServer(async (server, link) => {
    const bytes = new Uint8Array(randomBytes(3 * CHUNK_BYTES))
    const file = await upload(link, bytes)
    const other = await upload(link, bytes)
    const answering = (change: (sealed: Uint8Array, index: number) => Promise<Uint8Array> | Uint8Array): FileLink => ({
      async request(body, signal) {
        const answer = await link.request(body, signal)
        const request = fileCalls.request.decode(body)
        return request?.kind === "get" ? change(answer, request.index) : answer
      },
    })
    const chunkOf = async (of: FileDescriptor, index: number): Promise<Uint8Array> =>
      (await server.files.chunk(toHex(of.fileId), index)) ?? new Uint8Array(0)
    const attacks: readonly (readonly [string, FileLink, FileDescriptor])[] = [
      ["flipped bit", answering((sealed) => sealed.with(40, sealed[40] ^ 1)), file],
      ["swapped chunks", answering((sealed, index) => (index < 2 ? chunkOf(file, 1 - index) : sealed)), file],
      ["cut chunk", answering((sealed, index) => (index === 2 ? sealed.slice(0, -1) : sealed)), file],
      ["another file's chunk", answering((sealed, index) => (index === 1 ? chunkOf(other, 1) : sealed)), file],
      ["cut file", link, { ...file, sizeBytes: 2 * CHUNK_BYTES }],
      ["extended file", link, { ...file, sizeBytes: 4 * CHUNK_BYTES }],
      ["wrong key", link, { ...file, key: randomBytes(32) }],
      ["another file under this name", link, { ...file, fileId: other.fileId }],
      ["wrong hash", link, { ...file, sha256: randomBytes(32) }],
    ]
    for (const [title, hostile, asked] of attacks) {
      const sink = new MemorySink()
      await assert.rejects(
        receiveFile({ crypto, link: hostile }, asked, sink),
        (e) => hasCode(e, "files/altered"),
        title,
      )
      assert.notEqual(sink.fate, "committed", title)
      assert.ok(sink.closed > 0, title)
      if (title === "wrong hash") assert.equal(sink.fate, "discarded")
    }
    const sink = new MemorySink()
    await receiveFile({ crypto, link }, file, sink) // the file itself is still good
    assert.deepEqual(sink.bytes, bytes)
  }))

test("a cut server copy opens nowhere as a whole file", () =>
  withServer(async (_server, link) => {
    const bytes = new Uint8Array(randomBytes(2 * CHUNK_BYTES))
    const file = await upload(link, bytes)
    // Even whoever may write the message's size cannot make the first chunk pass for the last.
    const cut: FileLink = {
      async request(body, signal) {
        const answer = await link.request(body, signal)
        if (fileCalls.request.decode(body)?.kind !== "state") return answer
        const state = answer.slice()
        state[3] = 1
        new DataView(state.buffer).setBigUint64(4, BigInt(CHUNK_BYTES + 28))
        state[state.length - 1] = 1
        return state
      },
    }
    const shorter = {
      ...file,
      sizeBytes: CHUNK_BYTES,
      sha256: Buffer.from(hashOf(bytes.subarray(0, CHUNK_BYTES)), "hex"),
    }
    await assert.rejects(receiveFile({ crypto, link: cut }, shorter, new MemorySink()), (e) =>
      hasCode(e, "files/altered"),
    )
  }))

test("a stop ends both ways at once, and what is gone is said", () =>
  withServer(async (_server, link) => {
    const bytes = new Uint8Array(randomBytes(10 * CHUNK_BYTES))
    const stop = new AbortController()
    const source = memorySource(bytes)
    const sending = sendFile({ crypto, link }, source, newUpload(crypto, source, roomId), {
      signal: stop.signal,
      onProgress: (done) => void (done > 2 * CHUNK_BYTES && stop.abort()),
    })
    await assert.rejects(sending, (e) => hasCode(e, "files/stopped"))
    const file = await upload(link, bytes)
    const halt = new AbortController()
    const sink = new MemorySink()
    const receiving = receiveFile({ crypto, link }, file, sink, {
      signal: halt.signal,
      onProgress: (done) => void (done > 2 * CHUNK_BYTES && halt.abort()),
    })
    await assert.rejects(receiving, (e) => hasCode(e, "files/stopped"))
    assert.equal(sink.fate, "open")
    await receiveFile({ crypto, link }, file, sink)
    assert.deepEqual(sink.bytes, bytes)
    const gone = { ...file, fileId: randomBytes(16) }
    await assert.rejects(receiveFile({ crypto, link }, gone, new MemorySink()), (e) => hasCode(e, "files/gone"))
  }))
