import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { put } from "@sourceprint/protocol/chat/chat-storage.js"
import { openFileChatStorage } from "@sourceprint/serve/client/chat/file-chat-storage.js"
import Database from "libsql"
import { chatStorageContract } from "../../../support/chat-storage-contract.js"

let root: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), "chat-storage-"))
})
after(() => rm(root, { recursive: true }))
const folder = (): string => join(root, randomUUID())

for (const { name, run } of chatStorageContract) {
  test(name, () => {
    const place = folder()
    return run({ open: () => openFileChatStorage(place) })
  })
}

test("nothing that was written can be read in the files, and others may not open them", async () => {
  const place = folder()
  const storage = await openFileChatStorage(place)
  await storage.write([put("a", utf8("planted plaintext"))], [])
  storage.close()
  let read = 0
  for (const name of await readdir(place)) {
    const path = join(place, name)
    const [bytes, mode] = await Promise.all([readFile(path), stat(path)]).then(
      ([bytes, { mode }]) => [bytes, mode] as const,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" && /-(wal|shm)$/.test(name)) return [undefined, 0] as const
        throw error
      },
    )
    if (bytes === undefined) continue
    read++
    assert.ok(!bytes.includes("planted"), name)
    assert.equal(mode & 0o077, 0, name)
  }
  assert.ok(read > 0)
})

test("one program at a time; the folder is free again when the first is done", async () => {
  const place = folder()
  const first = await openFileChatStorage(place)
  await assert.rejects(openFileChatStorage(place), (e) => hasCode(e, "chat/storage/held"))
  await first.write([put("a", utf8("1"))], [])
  first.close()
  const second = await openFileChatStorage(place)
  assert.equal((await second.read("a"))?.length, 1)
  await second.wipe()
  assert.deepEqual(await readdir(place), [])
})

test("a value under another key, a changed value and a damaged key file are refused in words", async () => {
  const place = folder()
  const storage = await openFileChatStorage(place)
  await storage.write([put("a", utf8("1")), put("b", utf8("2"))], [])
  storage.close()
  const database = new Database(join(place, "chat.db"))
  database.exec("update entries set value = (select value from entries where key = 'a') where key = 'b'")
  database.close()
  const again = await openFileChatStorage(place)
  assert.equal((await again.read("a"))?.length, 1)
  await assert.rejects(again.read("b"), (e) => hasCode(e, "chat/storage/damaged"))
  again.close()
  const key = await readFile(join(place, "chat.key"))
  await rm(join(place, "chat.key"))
  await assert.rejects(
    openFileChatStorage(place),
    (e) => hasCode(e, "chat/storage/key") && /chat\.key is missing.*put the key back/.test(e.message),
  )
  await writeFile(join(place, "chat.key"), key)
  ;(await openFileChatStorage(place)).close()
  await writeFile(join(place, "chat.key"), "not a key")
  await assert.rejects(openFileChatStorage(place), (e) => hasCode(e, "chat/storage/key"))
})
