import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { toHex } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { silentLog } from "@sourceprint/core/log.js"
import { CHUNK_BYTES } from "@sourceprint/protocol/files/chunk-layout.js"
import type { FileLink } from "@sourceprint/protocol/files/file-ports.js"
import { type FileRefusal, type FileRequest, fileCalls } from "@sourceprint/protocol/files/file-wire.js"
import { cancelFile, fileUsage, getChunk, putChunk, requestState } from "@sourceprint/protocol/files/request-file.js"
import { FileKeeper } from "@sourceprint/serve/server/files/file-keeper.js"
import { type FileServer, fileServer } from "../../../support/file-server.js"

const full = CHUNK_BYTES + 28
const roomId = randomBytes(16)
const room = toHex(roomId)
const refused = (code: FileRefusal) => (e: unknown) => hasCode(e, `application/refused/${code}`)
const logLine = (link: FileLink, request: FileRequest) => link.request(fileCalls.request.encode(request))

async function withServer(body: (server: FileServer) => Promise<void>, rules = {}): Promise<void> {
  const server = await fileServer(rules)
  server.members.add(`ada ${room}`).add(`grace ${room}`)
  try {
    await body(server)
  } finally {
    await server.stop()
  }
}

const begin = (chunks: number, sealedBytes: number, fileId = randomBytes(16)) =>
  ({ kind: "begin", fileId, roomId, chunks, sealedBytes }) as const

test("only members of the room begin and read; only the owner writes and deletes", () =>
  withServer(async (server) => {
    const [ada, grace, eve] = ["ada", "grace", "eve"].map(server.linkOf)
    const request = begin(2, full + 30)
    const { fileId } = request
    await assert.rejects(requestState(eve, request), refused("room"))
    const state = await requestState(ada, request)
    assert.deepEqual([state.chunks, state.finished, state.present.count], [2, false, 0])
    await assert.rejects(putChunk(grace, fileId, 0, new Uint8Array(full)), refused("unknown"))
    await putChunk(ada, fileId, 0, new Uint8Array(full).fill(1))
    await assert.rejects(requestState(ada, { kind: "finish", fileId }), refused("incomplete"))
    await assert.rejects(getChunk(grace, fileId, 1), refused("missing"))
    await putChunk(ada, fileId, 1, new Uint8Array(30).fill(2))
    const finished = await requestState(ada, { kind: "finish", fileId })
    assert.equal(finished.expiresAtMs, server.clock.now + 30 * 86_400_000)
    assert.deepEqual(await getChunk(grace, fileId, 1), new Uint8Array(30).fill(2))
    await assert.rejects(getChunk(eve, fileId, 1), refused("unknown"))
    await assert.rejects(requestState(eve, { kind: "state", fileId }), refused("unknown"))
    await assert.rejects(logLine(grace, { kind: "cancel", fileId }), refused("unknown"))
    server.members.delete(`grace ${room}`)
    await assert.rejects(getChunk(grace, fileId, 0), refused("unknown"))
    await cancelFile(ada, fileId)
    await cancelFile(ada, fileId) // gone already
    await assert.rejects(getChunk(ada, fileId, 0), refused("unknown"))
    await assert.rejects(requestState(ada, request), refused("taken"))
  }))

test("sizes, indexes and bytes that do not belong to a file are refused", () =>
  withServer(
    async (server) => {
      const ada = server.linkOf("ada")
      await assert.rejects(requestState(ada, begin(2, full)), refused("size"))
      await assert.rejects(requestState(ada, begin(0, 0)), refused("size"))
      await assert.rejects(requestState(ada, begin(5, 4 * full + 29)), refused("size")) // above this server's limit
      const request = begin(4, 4 * full)
      await requestState(ada, request)
      await assert.rejects(putChunk(ada, request.fileId, 4, new Uint8Array(full)), refused("chunk"))
      await assert.rejects(putChunk(ada, request.fileId, 3, new Uint8Array(full - 1)), refused("chunk"))
      await assert.rejects(getChunk(ada, request.fileId, 4), refused("chunk"))
      await assert.rejects(ada.request(Uint8Array.of(99)), refused("malformed"))
      await assert.rejects(requestState(ada, { ...request, sealedBytes: 4 * full - 1 }), refused("taken"))
    },
    { maxFileBytes: 4 * CHUNK_BYTES },
  ))

test("an account over its quota is told so, and deleting makes room", () =>
  withServer(
    async (server) => {
      const ada = server.linkOf("ada")
      const first = begin(1, full)
      await requestState(ada, first)
      await requestState(ada, first) // once more is the same upload
      assert.deepEqual(await fileUsage(ada), { bytes: full, bytesLimit: 2 * full, files: 1, filesLimit: 2 })
      await assert.rejects(requestState(ada, begin(2, full + 29)), refused("quota"))
      await requestState(ada, begin(1, full))
      await assert.rejects(requestState(ada, begin(1, 28)), refused("quota"))
      await cancelFile(ada, first.fileId)
      await requestState(ada, begin(1, full))
      await assert.rejects(requestState(server.linkOf("grace"), begin(2, full + 29)), refused("full"))
    },
    { bytesPerAccount: 2 * full, filesPerAccount: 2, totalBytes: 3 * full },
  ))

test("the keeper deletes what expired and what belonged to deleted accounts, and frees it", () =>
  withServer(async (server) => {
    const [ada, grace] = [server.linkOf("ada"), server.linkOf("grace")]
    const stale = begin(1, 100)
    await requestState(ada, stale)
    await putChunk(ada, stale.fileId, 0, new Uint8Array(100))
    const kept = begin(1, 200)
    server.clock.now += 86_400_000
    await requestState(ada, kept)
    const orphan = begin(1, 400)
    await requestState(grace, orphan)
    server.clock.now += 86_400_000 // the first was unfinished for two days
    const account = (id: string) =>
      Promise.resolve(
        id === "grace"
          ? undefined
          : {
              id,
              name: id,
              sealedRecord: new Uint8Array(0),
              operator: false,
              disabled: false,
              createdAtMs: 0,
            },
      )
    const clock = { nowMs: () => server.clock.now, monotonicMs: () => 0 }
    const keeper = new FileKeeper({ files: server.files, store: { account }, clock, log: silentLog })
    await keeper.stop()
    const after = new FileKeeper({ files: server.files, store: { account }, clock, log: silentLog })
    while (after.heldBytes === 0) await new Promise((resolve) => setImmediate(resolve))
    await after.stop()
    assert.equal(after.heldBytes, 200)
    assert.equal(await server.files.chunk(toHex(stale.fileId), 0), undefined)
    await assert.rejects(requestState(grace, { kind: "state", fileId: orphan.fileId }), refused("unknown"))
    assert.equal((await requestState(ada, { kind: "state", fileId: kept.fileId })).chunks, 1)
  }))
