import assert from "node:assert/strict"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { fileStoreBeside, openFileStore } from "@sourceprint/serve/store/files/open-file-store.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
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

test("SQLite: an upload whose space others took stops, and sign-ins and the audit log go on", {
  skip: withoutSmallDisk(),
}, async () => {
  const disk = mountSmallDisk("8m")
  const { store, auditKey } = await openStore(join(disk, "s.db"), KeyRing.random())
  const files = await openFileStore(join(disk, "s-files.db"))
  try {
    const mine = { ...quota, minimumFreeBytes: 2e6 }
    assert.equal(await files.begin({ ...file("a", 4e6), chunks: 400 }, mine), "begun")
    await writeFile(join(disk, "others"), new Uint8Array(4e6))
    const puts = async () => {
      for (let i = 0; i < 400; i++) await files.put("a", i, new Uint8Array(20_000).fill(i), mine.minimumFreeBytes)
    }
    await assert.rejects(puts(), (error) => hasCode(error, "store/full"))
    const event = { atMs: 1, event: "sign-in", reason: "passed", detail: { pad: "x".repeat(500) } }
    for (let i = 0; i < 20; i++) await store.appendAudit([event])
    assert.equal(await store.consumeNonce("nonce", 1), true)
    assert.equal((await verifyAudit(store, auditKey)).ok, true)
    await rm(join(disk, "others"))
    assert.equal(await files.put("a", 399, new Uint8Array(20_000), mine.minimumFreeBytes), true)
  } finally {
    await files.close()
    await store.close()
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
