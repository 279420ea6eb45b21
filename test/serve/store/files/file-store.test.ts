import assert from "node:assert/strict"
import { mkdtemp, readFile, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { fileStoreBeside, openFileStore } from "@sourceprint/serve/store/files/open-file-store.js"
import Database from "libsql"
import { fileStoreContract } from "../../../contract/file-store-contract.js"
import { freshDatabase } from "../../../support/fresh-postgres.js"
import { mountSmallDisk, unmount, withoutSmallDisk } from "../../../support/small-disk.js"
import { throwawayPostgres, withoutPostgres } from "../../../support/throwaway-postgres.js"

const freshFile = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), "files-")), "deep", "f.db")

fileStoreContract("SQLite", false, freshFile)

const cluster = withoutPostgres === false ? await throwawayPostgres() : undefined
after(() => cluster?.stop())
fileStoreContract("PostgreSQL", withoutPostgres, () => freshDatabase(cluster?.url ?? ""))

const quota = { bytesPerAccount: 1e9, filesPerAccount: 9, totalBytes: 1e9, minimumFreeBytes: 0 }
const file = (id: string, sealedBytes: number) => ({
  id,
  roomId: "r",
  ownerId: "o",
  chunks: Math.ceil(sealedBytes / 262_172),
  sealedBytes,
  createdAtMs: 0,
  expiresAtMs: 1,
})

test("SQLite: a deleted file's space goes back to the disk", async () => {
  const location = await freshFile()
  const store = await openFileStore(location)
  await store.begin(file("a", 64 * 262_172), quota)
  for (let i = 0; i < 64; i++) await store.put("a", i, new Uint8Array(262_172).fill(i))
  await store.remove("a")
  while (await store.collect());
  await store.close() // the write-ahead log is folded in
  assert.ok((await stat(location)).size < 300_000)
})

test("SQLite: sealed bytes of a deleted file are in no file of the store, while it is open", async () => {
  const location = await freshFile()
  const store = await openFileStore(location)
  const planted = Buffer.from("sealed bytes that somebody stored here")
  const isThere = async (): Promise<boolean> => {
    const files = ["", "-wal", "-shm"].map((end) => readFile(location + end))
    return (await Promise.all(files)).some((bytes) => bytes.includes(planted))
  }
  try {
    await store.begin(file("a", 2 * 262_172), quota)
    for (let i = 0; i < 2; i++) await store.put("a", i, new Uint8Array(Buffer.alloc(262_172, planted)))
    assert.equal(await isThere(), true)
    await store.removeOwner("o")
    while (await store.collect());
    assert.equal(await isThere(), false)
  } finally {
    await store.close()
  }
})

test("SQLite: a full disk is said, and the store continues", { skip: withoutSmallDisk() }, async () => {
  const disk = mountSmallDisk("4m")
  try {
    const store = await openFileStore(join(disk, "f.db"))
    assert.equal(await store.begin(file("big", 50e6), quota), "full") // the disk can tell
    const small = { ...file("a", 2.5e6), chunks: 1000 }
    assert.equal(await store.begin(small, { ...quota, minimumFreeBytes: 3e6 }), "full")
    assert.equal(await store.begin(small, quota), "begun")
    let full = -1
    for (let i = 0; i < 1000 && full < 0; i++) {
      await store.put("a", i, new Uint8Array(100_000).fill(i)).catch((error: unknown) => {
        assert.ok(hasCode(error, "store/full"), String(error))
        full = i
      })
    }
    assert.ok(full > 5 && full < 40, `full at ${full}`)
    assert.deepEqual(
      await store.present("a"),
      Array.from({ length: full }, (_, i) => i),
    )
    assert.deepEqual(await store.chunk("a", full - 1), new Uint8Array(100_000).fill(full - 1))
    await store.close()
  } finally {
    unmount(disk)
  }
})

test("a store of a later version or of none is refused with its place", async () => {
  const location = await freshFile()
  await (await openFileStore(location)).close()
  const database = new Database(location)
  database.exec("insert into file_migrations values ('0099-later', '2030-01-01T00:00:00.000Z')")
  database.close()
  await assert.rejects(openFileStore(location), (e) => hasCode(e, "store/newer"))
  await assert.rejects(openFileStore("/dev/null/f.db"), (e) => hasCode(e, "store/open"))
})

test("the chunks lie beside the store", () => {
  assert.equal(fileStoreBeside("data/serve/sourceprint.db"), "data/serve/sourceprint-files.db")
  assert.equal(fileStoreBeside("data/x"), "data/x-files.db")
  assert.equal(fileStoreBeside("postgres://u@h/d"), "postgres://u@h/d")
})
