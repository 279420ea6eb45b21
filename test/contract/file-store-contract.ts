import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { toHex } from "@sourceprint/core/bytes.js"
import type { FileQuota, FileStore, NewFile } from "@sourceprint/serve/store/files/file-store.js"
import { openFileStore } from "@sourceprint/serve/store/files/open-file-store.js"

const NOW = 1_800_000_000_000
const hexId = (): string => toHex(randomBytes(16))
const roomy: FileQuota = {
  bytesPerAccount: 10_000,
  filesPerAccount: 10,
  totalBytes: 100_000,
  minimumFreeBytes: 0,
}

const newFile = (more: Partial<NewFile> = {}): NewFile => ({
  id: hexId(),
  roomId: hexId(),
  ownerId: "ada",
  chunks: 3,
  sealedBytes: 300,
  createdAtMs: NOW,
  expiresAtMs: NOW + 1000,
  ...more,
})

const chunk = (): Uint8Array => new Uint8Array(randomBytes(100))

async function upload(store: FileStore, more: Partial<NewFile> = {}): Promise<NewFile> {
  const file = newFile(more)
  assert.equal(await store.begin(file, roomy), "begun")
  for (let index = 0; index < file.chunks; index++) assert.equal(await store.put(file.id, index, chunk()), true)
  assert.equal(await store.finish(file.id, NOW + 5000), "finished")
  return file
}

const collectAll = async (store: FileStore): Promise<void> => {
  while (await store.collect());
}

/** Every file store keeps this. `fresh` gives the address of an empty database. */
export function fileStoreContract(kind: string, skip: false | string, fresh: () => Promise<string>): void {
  const contract = (title: string, body: (store: FileStore, location: string) => Promise<void>): void => {
    test(`${kind}: ${title}`, { skip }, async () => {
      const location = await fresh()
      const store = await openFileStore(location)
      try {
        await body(store, location)
      } finally {
        await store.close()
      }
    })
  }

  contract("chunks come back as they were put, in any order, once", async (store) => {
    const file = newFile()
    assert.equal(await store.begin(file, roomy), "begun")
    assert.deepEqual(await store.file(file.id), { ...file, finished: false })
    const [zero, two] = [chunk(), chunk()]
    assert.equal(await store.put(file.id, 2, two), true)
    assert.equal(await store.put(file.id, 0, zero), true)
    assert.equal(await store.put(file.id, 0, chunk()), true) // the first stays
    assert.deepEqual(await store.present(file.id), [0, 2])
    assert.deepEqual(await store.chunk(file.id, 0), zero)
    assert.deepEqual(await store.chunk(file.id, 2), two)
    assert.equal(await store.chunk(file.id, 1), undefined)
    assert.equal(await store.finish(file.id, NOW + 9), "incomplete")
    await store.put(file.id, 1, chunk())
    assert.equal(await store.finish(file.id, NOW + 9), "finished")
    assert.equal(await store.finish(file.id, NOW + 99), "finished")
    assert.deepEqual(await store.file(file.id), { ...file, finished: true, expiresAtMs: NOW + 9 })
    assert.equal(await store.put(hexId(), 0, zero), false)
    assert.equal(await store.finish(hexId(), NOW), "unknown")
    assert.equal(await store.file(hexId()), undefined)
  })

  contract("begin reserves, and refuses what the account or the server cannot hold", async (store) => {
    const file = newFile({ sealedBytes: 6000 })
    assert.equal(await store.begin(file, roomy), "begun")
    assert.equal(await store.begin(file, roomy), "begun")
    assert.equal(await store.begin({ ...file, sealedBytes: 6001 }, roomy), "taken")
    assert.equal(await store.begin({ ...file, ownerId: "eve" }, roomy), "taken")
    assert.equal(await store.begin(newFile({ sealedBytes: 4001 }), roomy), "quota")
    assert.equal(await store.begin(newFile({ sealedBytes: 4000 }), roomy), "begun")
    assert.deepEqual(await store.usage("ada"), { bytes: 10_000, files: 2 })
    const grace = newFile({ ownerId: "grace" })
    assert.equal(await store.begin(grace, { ...roomy, filesPerAccount: 0 }), "quota")
    assert.equal(await store.begin(grace, { ...roomy, totalBytes: 10_299 }), "full")
    assert.equal(await store.begin(grace, { ...roomy, totalBytes: 10_300 }), "begun")
    assert.equal(await store.totalBytes(), 10_300)
    assert.deepEqual((await store.owners()).sort(), ["ada", "grace"])
    await store.remove(file.id)
    assert.deepEqual(await store.usage("ada"), { bytes: 4000, files: 1 })
    assert.equal(await store.begin(file, roomy), "taken") // an id is used once
  })

  contract("of uploads begun at once no more are taken than fit, through two servers", async (store, location) => {
    const other = await openFileStore(location)
    try {
      const begun = await Promise.all(
        Array.from({ length: 8 }, (_, i) => (i % 2 ? store : other).begin(newFile({ sealedBytes: 3000 }), roomy)),
      )
      assert.equal(begun.filter((answer) => answer === "begun").length, 3)
      const file = await upload(store, { ownerId: "grace" })
      assert.equal((await other.present(file.id)).length, 3)
      const twice = newFile({ ownerId: "twin", chunks: 1, sealedBytes: 100 })
      await store.begin(twice, roomy)
      const [one, two] = [chunk(), chunk()]
      const put = await Promise.all([store.put(twice.id, 0, one), other.put(twice.id, 0, two)])
      assert.deepEqual(put, [true, true])
      const kept = toHex((await store.chunk(twice.id, 0)) ?? new Uint8Array(0))
      assert.ok(kept === toHex(one) || kept === toHex(two))
      assert.equal(toHex((await other.chunk(twice.id, 0)) ?? new Uint8Array(0)), kept)
    } finally {
      await other.close()
    }
  })

  contract("what was removed is gone at once and its space is freed by collecting", async (store) => {
    const kept = await upload(store)
    const file = await upload(store)
    const others = [await upload(store, { ownerId: "eve" }), await upload(store, { ownerId: "eve" })]
    assert.equal(await store.remove(file.id), true)
    assert.equal(await store.remove(file.id), false)
    assert.equal(await store.file(file.id), undefined)
    assert.equal(await store.put(file.id, 0, chunk()), false)
    assert.equal(await store.finish(file.id, NOW), "unknown")
    assert.equal(await store.removeOwner("eve"), 2)
    await collectAll(store)
    for (const gone of [file, ...others]) assert.equal(await store.chunk(gone.id, 0), undefined)
    assert.equal(await store.totalBytes(), 300)
    assert.equal((await store.present(kept.id)).length, 3)
  })

  contract("what has expired is removed, the unfinished by its own time", async (store) => {
    const finished = await upload(store)
    const open = newFile()
    await store.begin(open, roomy)
    assert.equal(await store.expire(NOW + 999), 0)
    assert.equal(await store.expire(NOW + 1000), 1)
    assert.equal(await store.file(open.id), undefined)
    assert.equal((await store.file(finished.id))?.finished, true)
    assert.equal(await store.expire(NOW + 5000), 1)
    await collectAll(store)
    assert.equal(await store.totalBytes(), 0)
  })

  contract("files survive the server", async (store, location) => {
    const file = await upload(store)
    const bytes = await store.chunk(file.id, 1)
    await store.close()
    const again = await openFileStore(location)
    try {
      assert.deepEqual(await again.chunk(file.id, 1), bytes)
      assert.equal((await again.file(file.id))?.finished, true)
    } finally {
      await again.close()
    }
  })
}
